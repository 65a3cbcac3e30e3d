"""What has the focus while a message is selected: it says what can be done, and hears the keys for that.

It is one line, or two in a narrow terminal that is high enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from typing_extensions import override

from chat_tui.keys import bindings
from chat_tui.views.columns import TINY_BELOW
from chat_tui.views.footer import MORE, Chip, clicked_in, divided, fitting_count, footer_rows
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Rows
from chat_tui.widgets.ordered import carry_out_all


class SelectBar(Rows, can_focus=True):
    """Keys and what they do to the selected message."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("select")]

    DEFAULT_CSS = """
    SelectBar { display: none; width: 100%; height: 1; background: $panel; }
    ChatView.-tiny.-tall SelectBar, ChatView.-tiny.-high SelectBar { height: 2; }
    """

    FOCUS_ON_CLICK = False

    class Clicked(Message):
        """Somebody clicked what a key does."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name
            """Name of the chip."""

    class Left(Message):
        """The focus went elsewhere."""

    _chips: Sequence[Chip] = ()
    _last: Sequence[Chip] = ()
    _first = 0

    def show(self, chips: Sequence[Chip], last: Sequence[Chip]) -> None:
        """Show what can be done: `chips` as many as fit, `last` in any case."""
        if [each.name for each in chips] != [each.name for each in self._chips]:
            self._first = 0
        self._chips, self._last = chips, last
        self.changed()

    @property
    def _turned(self) -> Sequence[Chip]:
        first = self._first % max(1, len(self._chips))
        return (*self._chips[first:], *self._chips[:first])

    def _ends(self, width: int, height: int) -> Sequence[Chip]:
        """Return what stands there in any case; without words where these would take the room of all else."""
        return [each.short for each in self._last] if height == 1 and width < TINY_BELOW else self._last

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        return footer_rows(self._turned, self._ends(width, height), width, height)

    async def _on_key(self, event: events.Key) -> None:
        """See Widget."""
        await carry_out_all(self, event)

    def on_blur(self) -> None:
        """Say that something else has the focus now, unless the whole window has lost it."""
        if self.app.app_focus:
            self.post_message(self.Left())

    @override
    async def on_click(self, event: events.Click) -> None:
        """See Rows: do what was clicked; where there is no room for all, let the others have it."""
        event.stop()
        event.prevent_default()
        width, height = self.size
        last = self._ends(width, height)
        name = clicked_in(self._turned, last, width, height, (event.x, event.y))
        if name == MORE:
            *above, rest = divided(self._turned, width, height)
            self._first += sum(map(len, above)) + fitting_count(rest, last, width)
            self.changed()
        elif name:
            self.post_message(self.Clicked(name))
