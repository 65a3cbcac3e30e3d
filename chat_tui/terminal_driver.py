"""The toolkit's driver for terminals, which writes of a frame only what changes. What that is, `terminal_cells` knows.

It leans on little of the toolkit: that a frame is one call of `write`, and that a new size of the window is looked up
or reported through the methods below. Where a frame is written otherwise, it is written whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from textual import events
from textual.message import Message
from textual.messages import InBandWindowResize
from typing_extensions import override

from chat_tui.terminal_cells import Cells
from chat_tui.terminal_measuring import Measuring

SHIFTING_S: Final = 0.5
"""For so long after a change of the window's size frames are written whole: some may have been made for the old one."""


class SparingDriver(Measuring):
    """It."""

    _cells: Cells | None = None
    _settled = 0.0

    @override
    def write(self, data: str) -> None:
        """See Driver."""
        if self._cells is None:
            self._cells = Cells()
        if time.monotonic() < self._settled:
            self._cells.forget()
        needed = self._cells.changed(data)
        if needed:
            super().write(needed)

    def know(self, frame: str) -> None:
        """Take note of a frame that the terminal shows already, in the size that it has."""
        self._cells = Cells()
        self._cells.changed(frame)
        self._settled = 0.0

    def forget(self) -> None:
        """Write the next frame whole: the terminal may show something else than was written."""
        if self._cells is not None:
            self._cells.forget()

    @override
    def draw_over(self, draw: Callable[[int], str], begin: str, end: str) -> bool:
        """See Measuring; a row of which all is known is drawn again at once."""
        over = self._cells.over(draw) if self._cells is not None else ""
        if not over:
            return super().draw_over(draw, begin, end)
        super().write(begin + over + end)
        return True

    @override
    def _get_terminal_size(self) -> tuple[int, int]:
        """See LinuxDriver: asked at the start, and each time the window has changed."""
        self._settled = time.monotonic() + SHIFTING_S
        return super()._get_terminal_size()

    @override
    def process_message(self, message: Message) -> None:
        """See Driver; some terminals tell their size between the keys."""
        if isinstance(message, events.Resize | InBandWindowResize):
            self._settled = time.monotonic() + SHIFTING_S
        super().process_message(message)
