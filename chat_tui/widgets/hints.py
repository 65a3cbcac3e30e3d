"""The few keys that matter, at the right of the composer, as many as there is room for."""

from __future__ import annotations

from typing import Final

from textual.geometry import Size
from typing_extensions import override

from chat_tui.views.columns import WIDE_FROM
from chat_tui.views.lines import Line, Span
from chat_tui.widgets.bars import Bar

KEYS: Final = ("Enter send", "Ctrl+J line", "Alt+A unread", "F1 help")
"""With much room; with little, the last one only. Keys and words are those of `chat_tui.keys`, shortened."""
WELCOME: Final = ("Enter sends", "Alt+Up/Down switch conversation", "PgUp reads back", "F1 help, Ctrl+Q quits")
"""For the beginning of a channel."""
_LEAST: Final = 60


def hints(terminal: int) -> str:
    """Return the hints for a terminal of some cells; Pure."""
    if terminal >= WIDE_FROM:
        return " · ".join(KEYS)
    return KEYS[-1] if terminal >= _LEAST else ""


class Hints(Bar, can_focus=False):
    """They."""

    DEFAULT_CSS = """
    Hints { width: auto; height: 1; background: $panel; }
    """

    @override
    def get_content_width(self, container: Size, viewport: Size) -> int:
        """See Widget."""
        return len(hints(viewport.width)) + 1

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return Line((Span(hints(self.app.size.width), "chip"),), ground="panel")
