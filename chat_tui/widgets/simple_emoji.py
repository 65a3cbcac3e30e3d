"""The last gate for emoji that this terminal draws in another width than the client counts: their simple forms.

They are as wide as the emoji were, so that nothing moves and no view has to know.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override

from chat_tui.views.emoji_kinds import Kind, simple


class SimpleEmoji(LineFilter):
    """Draws emoji of some kinds in simple forms; for `App.get_line_filters`.

    Args:
        kinds: which.
    """

    def __init__(self, kinds: frozenset[Kind]) -> None:
        super().__init__()
        self._kinds = kinds

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with simple forms."""
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [
            segment
            if segment.text.isascii()
            else Segment(simple(segment.text, self._kinds), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=8)
def filter_of(kinds: frozenset[Kind]) -> SimpleEmoji:
    """Return the one filter for some kinds: the toolkit remembers what it made of a line, by its identity."""
    return SimpleEmoji(kinds)
