"""The last gate for emoji that this terminal draws in another width than the client counts: their simple forms.

They are as wide as the emoji were, so that nothing moves and no view has to know.
"""

from __future__ import annotations

from functools import lru_cache

from typing_extensions import override

from chat_tui.views.emoji_kinds import Kind, simple
from chat_tui.widgets.replacing import ReplacingFilter


class SimpleEmoji(ReplacingFilter):
    """Draws emoji of some kinds in simple forms; for `App.get_line_filters`.

    Args:
        kinds: which.
    """

    def __init__(self, kinds: frozenset[Kind]) -> None:
        super().__init__()
        self._kinds = kinds

    @override
    def replaced(self, text: str) -> str:
        """See ReplacingFilter."""
        return simple(text, self._kinds)


@lru_cache(maxsize=8)
def filter_of(kinds: frozenset[Kind]) -> SimpleEmoji:
    """Return the one filter for some kinds: the toolkit remembers what it made of a line, by its identity."""
    return SimpleEmoji(kinds)
