"""At the right of the composer: the few keys that matter, or how much more a message can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from textual.geometry import Size
from typing_extensions import override

from chat_tui.views.columns import WIDE_FROM
from chat_tui.views.lines import Line, Span
from chat_tui.widgets.bars import Bar

KEYS: Final = ("Enter send", "Ctrl+J line", "Alt+A unread", "F1 help")
"""With much room; with little, the last one only. Keys and words are those of `chat_tui.keys`, shortened."""
_INVITES: Final = "/invite asks friends in"
WELCOME: Final = (
    *("Enter sends", "Ctrl+K goes anywhere", "Ctrl+S picks a message"),
    *(_INVITES, "F1 help, Ctrl+Q quits"),
)
"""For the beginning of a channel."""
WELCOME_ALONE: Final = tuple(words for words in WELCOME if words != _INVITES)
"""The same where nobody else can come: on this computer's own server."""
_LEAST: Final = 60
ACTS: Final[Mapping[str, str]] = {"Alt+A unread": "next_unread", "F1 help": "help"}
"""What a click on some of them does; the others are for the hands on the keyboard."""


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

    _room: int | None = None

    def show_room(self, room: int | None) -> None:
        """Say how many bytes a message may still grow by (negative: it is too long); None: plenty, show the keys."""
        if room != self._room:
            self._room = room
            self.refresh(layout=True)

    def _spans(self, terminal: int) -> tuple[Span, ...]:
        if self._room is None:
            return tuple(
                Span(words, "chip", act=ACTS.get(words, "")) for words in re.split(r"( · )", hints(terminal)) if words
            )
        if self._room < 0:
            return (Span(f"{-self._room:,} bytes too long", "chip-key"),)
        return (Span(f"{self._room:,} bytes left", "chip"),)

    @override
    def get_content_width(self, container: Size, viewport: Size) -> int:
        """See Widget."""
        return Line(self._spans(viewport.width)).width + 1

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return Line(self._spans(self.app.size.width), ground="panel")
