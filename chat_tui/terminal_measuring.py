"""Asks a terminal how wide it draws something: draws it, asks where its cursor is, and draws what stood there again.

Owns the question and its answers, whatever they are asked for. An answer that comes too late, or that nobody asked for,
ends here: it is no key, and nobody's text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from typing_extensions import override

from chat_tui.messages import WidthsMeasured
from chat_tui.terminal_cells import OVER

ANSWERS_WITHIN_S: Final = 10.0
"""For so long an answer is waited for, in seconds. Nothing waits meanwhile."""
ROW: Final = 2
"""Where it is drawn if it does not matter; a place in the first line can be told from some keys by no terminal."""
_BEGIN: Final = "\x1b[?2026h"
_END: Final = "\x1b[?2026l"


class _Question:
    """Some texts that are drawn at the beginning of a row, one over another."""

    def __init__(self, texts: Sequence[str], row: int) -> None:
        self._texts = texts
        self._row = row
        self._widths: list[int] = []
        self._until = time.monotonic() + ANSWERS_WITHIN_S
        self.sequence = "".join(f"\x1b[{row};1H{text}\x1b[6n" for text in ("", *texts))
        """What asks it. The first place is known, so an answer that is another one tells of a terminal that guesses."""

    def take(self, event: events.CursorPosition) -> list[int] | None:
        """Take an answer; return the widths in cells when it was the last one. None: it was not, or means nothing."""
        if event.y != self._row - 1 or time.monotonic() > self._until:
            return None
        self._widths.append(event.x)
        if len(self._widths) <= len(self._texts):
            return None
        first, *widths = self._widths
        return widths if first == 0 else None


class Measuring(LinuxDriver):
    """A driver that can do so."""

    _asked: _Question | None = None

    def measure(self, texts: Sequence[str], *, synchronized: bool) -> bool:
        """Ask how wide some texts are drawn; `WidthsMeasured` tells, unless the terminal does not.

        Args:
            texts: single emoji, at most some columns wide each.
            synchronized: whether the terminal can show what is written to it all at once.

        Returns:
            Whether everything stands there again that stood there before.
        """

        def draw(row: int) -> str:
            self._asked = _Question(texts, row)
            return self._asked.sequence

        return self.draw_over(draw, *((_BEGIN, _END) if synchronized else ("", "")))

    def draw_over(self, draw: Callable[[int], str], begin: str, end: str) -> bool:
        """Draw something into a row, between two other sequences.

        Args:
            draw: returns what draws it into a row, counted from 1.

        Returns:
            Whether the row was drawn again as it was.
        """
        self.write(f"{begin}{draw(ROW)}\x1b[{ROW};1H{' ' * OVER}{end}")
        return False

    @override
    def process_message(self, message: Message) -> None:
        """See Driver, in whose thread this runs."""
        if not isinstance(message, events.CursorPosition):
            super().process_message(message)
        elif self._asked is not None and (widths := self._asked.take(message)) is not None:
            self._asked = None
            super().process_message(WidthsMeasured(widths))
