"""A pseudo-terminal: a real one for the program in it, and every byte that it is given can be read.

`strays` says what in those bytes the full-screen client's driver does not mean.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final

WAIT_S = 20.0
"""Longest wait for something to be written, in seconds; only a failing test ever waits that long."""

_STEERS = r"\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufffe\uffff"
_COLOUR = r"2;\d{1,3};\d{1,3};\d{1,3}"
_PART = rf"(?:[1-9]|2[2-9]|[34]9|[34]8;{_COLOUR})"
_MEANT: Final = re.compile(
    r"\x1b\[\d+;\d+H|\x1b\[\d+G|\x1b\[\d*C"  # to a row and column, to a column, past cells that stay
    r"|\x1b\[(?:\d+;\d+)?r|\x1b\[\d+[LM]"  # lines that move: between which rows, how many, all rows again
    rf"|\x1b\[(?:0|(?:{_PART};)*{_PART})m"  # a style of true colours, its end, or the end of a part of it
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]"  # modes: mouse, focus, paste, screen, cursor
    r"|\x1b\[\?(?:2026|2048)\$p"  # which of them are there
    r"|\x1b\[6n|\x1b\[K"  # where the cursor is, behind what is measured; the end of what was measured
    r"|\x1b\[(?:>25|<)u"  # how keys are told
    r"|\x1b\]22;[a-z-]+\x07"  # shape of the pointer
    r"|\x1b\[2[23];0t"  # the title is kept, and brought back
    rf"|\x1b\]0;[^{_STEERS}]*\x07"  # a title
    r"|\x1b\]8;id=\d+;https?://[\x21-\x7e]+\x1b\\|\x1b\]8;;\x1b\\"  # a link, and its end
    r"|\r\n"
)
"""All that the driver says beside text."""
_STEERING: Final = re.compile(f"[{_STEERS}]")


def strays(written: str) -> list[str]:
    """Return what steers a terminal though the driver did not mean it, each with what stands around it."""
    text = _MEANT.sub("", written)
    return [text[max(0, found.start() - 20) : found.end() + 20] for found in _STEERING.finditer(text)]


def strays_in_lines(written: str) -> list[str]:
    """Return what steers a terminal in the output of a command that prints lines and nothing else.

    Marks of direction, which reach no further than the letters beside them, may be there: some languages need them.
    So may bold type, in which `search` shows what was looked for.
    """
    text = re.sub("\r\n|[\u200e\u200f\u061c]|\x1b\\[(?:1|22)m", "", written)
    return [text[max(0, found.start() - 20) : found.end() + 20] for found in _STEERING.finditer(text)]


def meant_end(written: str) -> int:
    """Return where the last thing that the driver meant ends: what lies behind may be half of one."""
    return max((found.end() for found in _MEANT.finditer(written)), default=0)


def words(written: str) -> str:
    """Return what is written without what steers."""
    return _MEANT.sub("", written)


class Pty:
    """A program in a terminal of its own.

    Args:
        command: what runs in it.
        width: columns.
        height: rows.
        env: added to the environment.
    """

    def __init__(
        self, command: Sequence[str], *, width: int = 200, height: int = 50, env: Mapping[str, str] | None = None
    ) -> None:
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        variables = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={
                **variables,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                "TEXTUAL_ANIMATIONS": "none",
                **(env or {}),
            },
        )
        os.close(theirs)
        self._bytes = bytearray()
        self._more = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Pty:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program, if it still runs."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        os.close(self._ours)

    def type(self, text: str) -> None:
        """Type text; a carriage return is Enter."""
        os.write(self._ours, text.encode())

    @property
    def attributes(self) -> list[Any]:
        """What the terminal does with keys and lines."""
        return termios.tcgetattr(self._ours)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return len(self._bytes)

    def written(self, since: int = 0) -> str:
        """Return what was written behind a number of bytes, up to the last whole character.

        Raises:
            UnicodeDecodeError: it is no UTF-8.
        """
        with self._more:
            return codecs.getincrementaldecoder("utf-8")().decode(bytes(self._bytes[since:]))

    def wait_for(self, *texts: str, since: int = 0) -> str:
        """Wait until all the texts were written behind a number of bytes; return what was written there."""
        return self.until(lambda said: all(text in said for text in texts), f"{texts} did not appear", since=since)

    def until(self, condition: Callable[[str], bool], complaint: str, *, since: int = 0) -> str:
        """Wait until what was written fulfils a condition; return it, without what steers."""
        deadline = time.monotonic() + WAIT_S
        with self._more:
            while True:
                said = words(bytes(self._bytes[since:]).decode(errors="ignore"))
                if condition(said):
                    return said
                if self._ended or not self._more.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{complaint}; written was {said[-3000:]!r}")

    def wait_exit(self) -> int:
        """Wait until the program has ended and all it wrote was read; return its exit code."""
        code = self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        return code

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._ours, 65536)
            except OSError:  # Linux says so at the end
                data = b""
            with self._more:
                self._bytes += data
                self._ended = not data
                self._more.notify_all()
            if not data:
                return
