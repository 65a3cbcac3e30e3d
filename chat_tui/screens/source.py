"""A message as it was sent, over whatever was there, and below it everything that is known of it. It scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_tui.commands.tables import pair_lines
from chat_tui.screens.help import Page, fitted
from chat_tui.screens.one_message import KEYS, OneMessageScreen
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

    keys = KEYS

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


class SourceScreen(OneMessageScreen):
    """One message.

    Args:
        source: it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("S", "close", show=False)]

    def __init__(self, source: Source) -> None:
        super().__init__(_Title(source.address), _Text(source), source.body)
