"""Pages of lines that scroll over whatever was there; the help is one of them. What it says: `help_lines`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_tui.keys import KEYS, Key
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.help_lines import help_lines
from chat_tui.views.lines import Line, Span, cropped, spread
from chat_tui.views.pressing import pressing
from chat_tui.views.wrap import wrap
from chat_tui.widgets.bars import Rows

_LEAST: Final = 16
"""Cells without which a text is not broken into lines."""
_BELOW: Final = "      "
"""Stands before a text below its term, where it has no room beside it."""


class Page(Rows, can_focus=False):
    """Lines that scroll."""

    DEFAULT_CSS = """
    Page { width: 100%; height: 1fr; background: $background; }
    """

    keys = "Esc closes"
    """What the last line says of keys."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = lines

    def laid(self, width: int) -> Sequence[Line]:
        """Return all lines, laid out; for subclasses."""
        return [piece for line in self._lines for piece in fitted(line, width)]

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        wrapped = self.laid(width)
        self.first = max(0, min(self.first, len(wrapped) - height + 1))
        shown = wrapped[self.first : self.first + height - 1]
        left = len(wrapped) - self.first - len(shown)
        words = f"{left} more lines, PgDn · {self.keys}" if left > 0 else self.keys
        foot = Line(spread((), (*pressing(words, "quiet"), Span(" ")), width), ground="surface")
        return [*shown, *[Line()] * (height - 1 - len(shown)), foot]

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.first = max(0, self.first + by)
        self.changed()


def fitted(line: Line, width: int) -> list[Line]:
    """Return a line, its last span broken where it is too long, what follows under it; with little room, all of it."""
    if line.width <= width or not line.spans:
        return [line]
    *lead, last = line.spans
    indent = Line(tuple(lead)).width + (2 if lead and last.text.startswith("  ") else 0)
    room = width - indent
    if room < _LEAST:
        below = Line((Span(_BELOW), last._replace(text=last.text.lstrip())))
        if len(lead) < 2 or width - len(_BELOW) < _LEAST:
            return [Line(cropped(line.spans, width))]
        term = lead[-1]._replace(text=lead[-1].text.rstrip())
        return [*fitted(Line((*lead[:-1], term)), width), *fitted(below, width)]
    text = last.text.lstrip()
    broken = [last._replace(text=text[piece.start : piece.end]) for piece in wrap(text, room)]
    first = Line((*lead, last._replace(text=" " * (len(last.text) - len(text)) + broken[0].text)))
    return [first, *(Line((Span(" " * indent), span)) for span in broken[1:])]


class HelpScreen(BaseScreen):
    """The help over whatever was there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("up", "scroll_lines(-1)", show=False),
        Binding("down", "scroll_lines(1)", show=False),
        Binding("pageup", "scroll_pages(-1)", show=False),
        Binding("pagedown,space", "scroll_pages(1)", show=False),
        Binding("home,ctrl+home", "scroll_lines(-100000)", show=False),
        Binding("end,ctrl+end", "scroll_lines(100000)", show=False),
    ]

    def __init__(self, topic: str = "", keys: Sequence[Key] = KEYS) -> None:
        super().__init__()
        self._page = Page(help_lines(topic, keys))

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        yield self._page
        yield self.cover()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_scroll_lines(self, by: int) -> None:
        """Scroll by lines."""
        self._page.scrolled(by)

    def action_scroll_pages(self, by: int) -> None:
        """Scroll by pages; two lines stay."""
        self._page.scrolled(by * max(1, self._page.size.height - 3))

    @override
    def action_help(self, topic: str = "") -> None:
        """See BaseScreen: it is there already."""
        self.dismiss()

    @override
    def action_cancel(self) -> None:
        """See BaseScreen."""
        self.dismiss()
