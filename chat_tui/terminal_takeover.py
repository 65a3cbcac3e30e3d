"""The toolkit's driver as it takes a terminal over on which the screen as it was left is shown already.

The terminal keeps what it shows, and of the first frames only what differs is written. What is given back in the end,
or for a while, are the attributes that the terminal had before anything was shown. Keys that were typed meanwhile wait
until there is a screen that takes them: the toolkit would hand them to nobody. While the terminal is given back, Ctrl+C
is a signal again, and does nothing: it would leave the terminal as it is half-way.
"""

from __future__ import annotations

import signal
import threading
from typing import Any

from textual import events
from textual.geometry import Size
from textual.message import Message
from typing_extensions import override

from chat_tui.glance.terminal import ENTER, Glance, restore, taken_over
from chat_tui.terminal_driver import SparingDriver


class TakingOver(SparingDriver):
    """It."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        holds: bool = getattr(self._app, "lets_keys_in", False)
        self._waiting: list[Message] | None = [] if holds else None
        self._one_at_a_time = threading.Lock()

    _found: Glance | None = None
    _interrupted: Any = None
    """Who hears of Ctrl+C otherwise, while nobody does."""
    found: Size | None = None
    """The size of what was on the terminal, if it was as large then; None: there was nothing."""

    @override
    def start_application_mode(self) -> None:
        """See Driver."""
        self._found = glance = taken_over()
        if glance is None:
            super().start_application_mode()  # type: ignore[no-untyped-call]  # of the toolkit
            return
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]  # of the toolkit
        except BaseException:
            restore(glance)
            raise
        if self._writer_thread is None:  # it may not write, being in the background
            restore(glance)
        self.attrs_before = glance.attributes
        self._found = None

    @override
    def stop_application_mode(self) -> None:
        """See Driver."""
        if self._interrupted is None and threading.current_thread() is threading.main_thread():
            self._interrupted = signal.getsignal(signal.SIGINT)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        super().stop_application_mode()

    @override
    def close(self) -> None:
        """See Driver."""
        try:
            super().close()
        finally:
            before, self._interrupted = self._interrupted, None
            if before is not None:
                signal.signal(signal.SIGINT, before)

    @override
    def send_message(self, message: Message) -> None:
        """See Driver; called by the thread that reads keys."""
        with self._one_at_a_time:
            if self._waiting is not None and isinstance(message, events.Key | events.Paste):
                self._waiting.append(message)
                return
        super().send_message(message)

    def let_keys_in(self) -> None:
        """Send what waits, and from now on all at once."""
        with self._one_at_a_time:
            waiting, self._waiting = self._waiting or (), None
            for each in waiting:
                super().send_message(each)

    @override
    def write(self, data: str) -> None:
        """See Driver; a screen that is shown is not entered once more, for terminals would clear it."""
        glance = self._found
        if glance is None or data != ENTER:
            super().write(data)
        elif self._get_terminal_size() == (size := Size(glance.picture.width, glance.picture.height)):
            self.found = size
            self.know(glance.picture.frame())
