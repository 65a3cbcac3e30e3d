"""A message as it was sent, over whatever was there, and below it everything that is known of it. It scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_core.base.text import for_terminal
from chat_tui.commands.tables import pair_lines
from chat_tui.screens.help import HelpScreen, Page, fitted
from chat_tui.views.columns import TEXT_MAX
from chat_tui.views.found import title_line
from chat_tui.views.lines import Line, Span
from chat_tui.views.source import Source, source_lines
from chat_tui.widgets.bars import Bar

_MARGIN: Final = 2
_LEAST: Final = 8


class _Title(Bar):
    """Where it stands."""

    DEFAULT_CSS = "_Title { width: 100%; height: 1; }"

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return title_line(self._address, "as it was sent", width)


class _Text(Page):
    """The text, and what is known besides."""

    keys = "y copies · Esc closes"

    def __init__(self, source: Source) -> None:
        super().__init__([])
        self._source = source

    @override
    def laid(self, width: int) -> Sequence[Line]:
        """See Page."""
        cells = max(_LEAST, min(TEXT_MAX, width - 2 * _MARGIN))
        pairs = [piece for line in pair_lines(self._source.pairs) for piece in fitted(line, cells)]
        rule = Line((Span("─" * cells, "rule"),))
        margin = Span(" " * _MARGIN)
        lines = [Line(), *source_lines(self._source, cells), Line(), rule, Line(), *pairs]
        return [line._replace(spans=(margin, *line.spans)) for line in lines]


class SourceScreen(HelpScreen):
    """One message.

    Args:
        source: it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "close", show=False),
        Binding("y", "copy", show=False),
    ]

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._title = _Title(source.address)
        self._body = source.body
        self._page = _Text(source)

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        yield self._title
        yield self._page
        yield self.cover()

    def action_copy(self) -> None:
        """Copy the text, as it was written."""
        self.app.copy_to_clipboard(for_terminal(self._body))
