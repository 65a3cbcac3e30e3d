"""The line that has the focus after the key for panes: it says which keys follow, and hears them.

A key that means nothing here ends it, and goes to where one writes.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from typing_extensions import override

from chat_tui.keys import bindings
from chat_tui.views.footer import Chip, clicked, footer
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Bar
from chat_tui.widgets.ordered import carry_out_all


class PaneBar(Bar, can_focus=True):
    """Keys and what they do to the panes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("panes")]

    DEFAULT_CSS = """
    PaneBar { display: none; width: 100%; height: 1; background: $panel; }
    """

    class Clicked(Message):
        """Somebody clicked what a key does."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name
            """Name of the chip."""

    class Left(Message):
        """The focus went elsewhere, or is to."""

    def __init__(self, keys: Container[str], *, id: str | None = None) -> None:
        """Make one.

        Args:
            keys: those that mean something here, as the toolkit spells them.
            id: the widget's.
        """
        super().__init__(id=id)
        self._keys = keys
        self._chips: Sequence[Chip] = ()
        self._last: Sequence[Chip] = ()

    def show(self, chips: Sequence[Chip], last: Sequence[Chip]) -> None:
        """Show what can be done: `chips` as many as fit, `last` in any case."""
        self._chips, self._last = chips, last
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return footer(self._chips, self._last, width)

    async def _on_key(self, event: events.Key) -> None:
        """See Widget."""
        if event.key not in self._keys and self.has_focus and self.screen.AUTO_FOCUS:
            self.screen.set_focus(self.screen.query(self.screen.AUTO_FOCUS).first(), scroll_visible=False)
        await carry_out_all(self, event)

    def on_blur(self) -> None:
        """Say that something else has the focus now, unless the whole window has lost it."""
        if self.app.app_focus:
            self.post_message(self.Left())

    async def on_click(self, event: events.Click) -> None:
        """See Bar: do what was clicked."""
        event.stop()
        event.prevent_default()
        name = clicked(self._chips, self._last, self.size.width, event.x)
        if name:
            self.post_message(self.Clicked(name))
