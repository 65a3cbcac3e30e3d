"""The terminal while a picture is on it and the program is still being loaded: taken, and given back come what may.

Whatever ends the start - a signal, a fault, a sentence on standard error - gives it back first: attributes, screen and
cursor. The driver takes it over as it is, and gives it back itself then. Keys that are typed meanwhile wait for it.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TextIO

    from chat_tui.glance.picture import Picture

ENTER: Final = "\x1b[?1049h"
"""Shows the other screen, which is empty; the driver writes the same."""
_BEGIN: Final = ENTER + "\x1b[?25l\x1b[?7l\x1b[?2004h"
"""Besides: no cursor, no line goes on in the next one, and what is pasted meanwhile comes as such."""
_GIVE_BACK: Final = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"
_INPUT, _LOCAL, _LETTERS = 0, 3, 6
"""Places in the attributes of a terminal."""
_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)

_taken: Glance | None = None
_left: Final[list[Glance]] = []
"""Those that are gone, but whose handlers still stand."""
_watched: Final[list[tuple[str, _Watched]]] = []
"""The streams while they are watched. They are never let go of: Python itself holds none while it prints to it."""


class Glance:
    """A picture that is on the terminal.

    Args:
        picture: it.
        attributes: of the terminal, as they were before.
    """

    __slots__ = ("_handlers", "attributes", "picture")

    def __init__(self, picture: Picture, attributes: list[Any]) -> None:
        self.picture = picture
        self.attributes = attributes
        self._handlers: dict[int, Any] = {}

    def watch(self) -> None:
        """See to it that whatever ends the start, or says something, gives the terminal back first."""
        for number in _ENDS:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:
                self._handlers[number] = before
                signal.signal(number, _end)
        for name in ("stdout", "stderr"):
            watched = _Watched(getattr(sys, name))
            _watched.append((name, watched))
            setattr(sys, name, watched)
        atexit.register(give_back)

    def leave(self) -> None:
        """Watch no longer."""
        for name, watched in _watched:
            if getattr(sys, name) is watched:
                setattr(sys, name, watched.stream)
        atexit.unregister(give_back)
        try:
            for number, before in self._handlers.items():
                if signal.getsignal(number) is _end:
                    signal.signal(number, before)
        except ValueError:  # only the main thread may: the next signal, which comes there, does it
            _left.append(self)


class _Watched:
    """A stream that gives the terminal back before anything is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """See TextIO."""
        give_back()
        return self.stream.write(text)

    def writelines(self, lines: Any) -> None:
        """See TextIO."""
        give_back()
        self.stream.writelines(lines)

    def __getattr__(self, name: str) -> Any:
        """Return what the stream has."""
        if name in ("buffer", "detach", "reconfigure"):
            give_back()
        return getattr(self.stream, name)


def show(picture: Picture) -> None:
    """Show a picture on the terminal, which is one. Nothing is done where it does not let itself be taken."""
    global _taken
    try:
        before = termios.tcgetattr(0)
    except (OSError, termios.error):
        return
    _taken = glance = Glance(picture, before)
    glance.watch()
    try:
        termios.tcsetattr(0, termios.TCSANOW, _quiet(termios.tcgetattr(0)))
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTSTP,))  # what is half drawn cannot be given back
        _write(_BEGIN + picture.drawing())
    except (OSError, termios.error):
        give_back()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTSTP,))


def shown() -> Glance | None:
    """Return what is on the terminal, and is to be taken over; None: nothing."""
    return _taken


def taken_over() -> Glance | None:
    """Let somebody else answer for the terminal from now on; return what is on it, None: nothing."""
    global _taken
    glance, _taken = _taken, None
    if glance is not None:
        glance.leave()
    return glance


def give_back() -> None:
    """Leave the terminal as it was before, if a picture is on it; what was typed is dropped: it was for the program."""
    global _taken
    glance, _taken = _taken, None
    if glance is not None:
        restore(glance)
        glance.leave()


def restore(glance: Glance) -> None:
    """Put the terminal back."""
    try:
        termios.tcflush(0, termios.TCIFLUSH)
        termios.tcsetattr(0, termios.TCSANOW, glance.attributes)
    except (OSError, termios.error):
        pass  # it is gone
    try:
        if select.select((), (2,), (), 0)[1]:  # else it takes nothing, and would hold us up for ever
            _write(_GIVE_BACK)
    except (OSError, ValueError):
        pass


def end_by(number: int) -> None:
    """Give the terminal back, and end or stop as if nobody had listened to a signal. Returns after a stop."""
    give_back()
    try:
        before = signal.signal(number, signal.SIG_DFL)
    except ValueError:  # not in the main thread, which alone may do that, and may be busy for long
        os._exit(128 + number)
    os.kill(os.getpid(), number)
    signal.signal(number, before)


def _end(number: int, _frame: object) -> None:
    if _taken is None and _left:
        while _left:
            _left.pop().leave()
        signal.raise_signal(number)  # to whom it was for before
    else:
        end_by(number)


def _write(text: str) -> None:
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(2, data) :]


def _quiet(attributes: list[Any]) -> list[Any]:
    """Return attributes as the driver has them, but that Ctrl+C ends the start, and what stops or aborts are keys."""
    attributes[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    attributes[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    letters = attributes[_LETTERS] = attributes[_LETTERS][:]
    letters[termios.VMIN], letters[termios.VTIME] = 1, 0
    letters[termios.VSUSP] = letters[termios.VQUIT] = os.fpathconf(0, "PC_VDISABLE").to_bytes(1, "little")
    return attributes
