"""What screens over one message have in common: a title, a page, and `y`, which copies the text as it was written."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_core.base.text import for_terminal
from chat_tui.screens.help import HelpScreen, Page
from chat_tui.widgets.bars import Bar

KEYS = "y copies · Esc closes"
"""What such a page says of keys."""


class OneMessageScreen(HelpScreen):
    """It.

    Args:
        title: where it stands.
        page: the message, in the way that this screen shows it.
        body: its text, as stored.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", show=False)]

    def __init__(self, title: Bar, page: Page, body: str) -> None:
        super().__init__()
        self._title, self._page, self._body = title, page, body

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        yield self._title
        yield self._page
        yield self.cover()

    def action_copy(self) -> None:
        """Copy all of the text, as it was written."""
        self.app.copy_to_clipboard(for_terminal(self._body))
