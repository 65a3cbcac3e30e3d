"""The bare view: a conversation as plain text over the whole width, for copying with the terminal's own selection.

The terminal has the mouse while it is open. It shows what was there when it was opened, and scrolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_tui.screens.help import HelpScreen, Page
from chat_tui.views.lines import Line, Span
from chat_tui.views.wrap import wrap
from chat_tui.widgets.mouse import mouse_is_on, switch_mouse

AROUND: Final = 500
"""Items above and below what is in view that can be scrolled to."""


class _Text(Page):
    """The text, at first with a given piece of it at the bottom.

    Args:
        texts: pieces, safe for a terminal; empty ones are left out.
        last: index of the piece that is to be seen first.
    """

    keys = "Esc closes · the mouse is the terminal's"

    def __init__(self, texts: Sequence[str], last: int) -> None:
        super().__init__([])
        self._texts, self._last = texts, last
        self._laid: tuple[int, Sequence[Line]] = (0, ())

    @override
    def laid(self, width: int) -> Sequence[Line]:
        """See Page."""
        if self._laid[0] != width:
            first, lines = not self._laid[0], list[Line]()
            for index, text in enumerate(self._texts):
                if text:
                    lines += [Line((Span(text[piece.start : piece.end]),)) for piece in wrap(text, max(2, width))]
                if first and index == self._last:
                    self.first = max(0, len(lines) - max(1, self.size.height - 1))
            self._laid = (width, lines)
        return self._laid[1]


class BareScreen(HelpScreen):
    """The text over whatever was there; closing it gives the mouse back as it was.

    Args:
        texts: pieces of it, safe for a terminal.
        last: index of the piece that is to be seen first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("alt+l", "close", show=False)]

    def __init__(self, texts: Sequence[str], last: int) -> None:
        super().__init__()
        self._page = _Text(texts, last)
        self._had_mouse = True

    @override
    def compose(self) -> ComposeResult:
        """See Widget: nothing but the text."""
        yield self._page
        yield self.cover()

    def on_mount(self) -> None:
        """Leave the mouse to the terminal."""
        self._had_mouse = mouse_is_on(self.app)
        switch_mouse(self.app, on=False)

    def on_unmount(self) -> None:
        """Take it back."""
        switch_mouse(self.app, on=self._had_mouse)
