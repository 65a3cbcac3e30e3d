"""All of one message over whatever was there: what the timeline cuts off, and what is hidden. It scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_tui.messages import LinkChosen
from chat_tui.screens.help import Page
from chat_tui.screens.one_message import KEYS, OneMessageScreen
from chat_tui.views.columns import TEXT_MAX, Columns
from chat_tui.views.drawing import whole
from chat_tui.views.formatting import Looks
from chat_tui.views.found import title_line
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Bar, span_at

_MARGIN: Final = 2
_LEAST: Final = 8


class _Title(Bar):
    """Whose message it is, and where it stands."""

    DEFAULT_CSS = "_Title { width: 100%; height: 1; }"

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self._words = (name, words)

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return title_line(*self._words, width)


class _Text(Page):
    """The message's text."""

    keys = KEYS

    def __init__(self, body: str, looks: Looks) -> None:
        super().__init__([])
        self._body, self._looks = body, looks
        self._laid: tuple[int, Sequence[Line]] = (0, ())

    @override
    def laid(self, width: int) -> Sequence[Line]:
        """See Page."""
        if self._laid[0] != width:
            cells = max(_LEAST, min(TEXT_MAX, width - 2 * _MARGIN))
            self._laid = (width, whole(self._body, Columns(width, False, 0, _MARGIN, cells), self._looks))
        return self._laid[1]

    @override
    async def on_click(self, event: events.Click) -> None:
        """Follow a link; what else one can click, Rows knows."""
        event.stop()
        lines = self.rows(self.size.width, self.size.height)
        if event.y < len(lines):
            span = span_at(lines[event.y], event.x)
            if span is not None and (link := lines[event.y].spans[span].link):
                event.prevent_default()
                self.post_message(LinkChosen(link))


class WholeScreen(OneMessageScreen):
    """One message.

    Args:
        name: who wrote it; safe to draw.
        words: where it stands; safe to draw.
        body: its text, as stored.
        looks: how it is looked at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("v", "close", show=False)]

    def __init__(self, name: str, words: str, body: str, looks: Looks) -> None:
        super().__init__(_Title(name, words), _Text(body, looks), body)

    def on_link_chosen(self, event: LinkChosen) -> None:
        """Copy the address."""
        event.stop()
        self.app.copy_to_clipboard(event.url)
