"""The line above the composer that says what is written there. Not there when it is a plain message."""

from __future__ import annotations

from typing_extensions import override

from chat_tui.views.banner import banner
from chat_tui.views.lines import Line, Span
from chat_tui.widgets.bars import Bar


class Banner(Bar, can_focus=False):
    """It."""

    DEFAULT_CSS = """
    Banner { display: none; width: 100%; height: 1; background: $surface; }
    """

    _words: tuple[Span, ...] = ()
    _keys = ""

    def show(self, words: tuple[Span, ...], keys: str) -> None:
        """Show some words; none: go away.

        Args:
            words: what is written.
            keys: what ends it.
        """
        if (words, keys) == (self._words, self._keys):
            return
        self._words, self._keys = words, keys
        self.display = bool(words)
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return banner(self._words, self._keys, width)
