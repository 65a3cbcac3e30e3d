"""Rows with a cursor, which they have while they have the focus. What is in a row is the business of subclasses.

The mouse gives them no focus: whoever clicks a conversation goes on writing. What is typed into them goes there, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from chat_tui.keys import bindings
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Rows
from chat_tui.widgets.ordered import carry_out_all


class Listing(Rows, can_focus=True):
    """See the module's head."""

    FOCUS_ON_CLICK = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list")]

    cursor = 0
    """Index of the row that would be chosen, among those that can be."""

    reveals = False
    """Whether the cursor is to be scrolled into view: once it moved, not while the wheel leads elsewhere."""

    def count(self) -> int:
        """Return how many rows can be chosen; for subclasses."""
        raise NotImplementedError

    def begin(self) -> None:
        """Put the cursor where it begins; for subclasses."""

    def choose(self) -> None:
        """Choose the row of the cursor; for subclasses."""
        raise NotImplementedError

    def action_move(self, by: int) -> None:
        """Move the cursor down (1) or up (-1)."""
        self.cursor = max(0, min(self.cursor + by, self.count() - 1))
        self.reveals = True
        self.changed()

    def action_choose(self) -> None:
        """Choose what the cursor is on, and go on writing."""
        if 0 <= self.cursor < self.count():
            self.choose()
        self.action_leave()

    def action_leave(self) -> None:
        """Go on writing: at once, so that what is typed next is not lost on the way."""
        if self.screen.AUTO_FOCUS:
            self.screen.set_focus(self.screen.query(self.screen.AUTO_FOCUS).first(), scroll_visible=False)

    async def _on_key(self, event: events.Key) -> None:
        """See Widget."""
        if event.is_printable and not event.key.startswith("alt+"):
            self.action_leave()
        await carry_out_all(self, event)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.begin()
        self.reveals = True
        self.changed()

    def on_blur(self) -> None:
        """Show none."""
        self.changed()


def under_cursor(lines: Sequence[Line], at: int | None) -> tuple[Line, ...]:
    """Return lines with one of them drawn as that of the cursor; None: none of them."""
    return tuple(line._replace(ground="panel") if index == at else line for index, line in enumerate(lines))
