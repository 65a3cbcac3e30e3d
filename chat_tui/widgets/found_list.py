"""The list of what a search found: which hit is chosen, and which part of the list is in view. Asks nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo

from textual.message import Message
from typing_extensions import override

from chat_core.protocol.values import SearchHit
from chat_tui.views.found import HIT_LINES, foot_line, hit_lines, title_line
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Rows


class FoundList(Rows, can_focus=False):
    """Hits between a title and a line of keys."""

    DEFAULT_CSS = """
    FoundList { width: 100%; height: 1fr; background: $background; }
    """

    class Chosen(Message):
        """The user wants to see a hit where it was said."""

        def __init__(self, hit: SearchHit) -> None:
            super().__init__()
            self.hit = hit
            """It."""

    class AtEnd(Message):
        """The last hit is chosen: if there are more, they are wanted."""

    def __init__(
        self, query: str, *, me: int | None, zone: tzinfo | None = None, ignored: Collection[int] = ()
    ) -> None:
        """Make an empty list.

        Args:
            query: what was looked for.
            me: own account.
            zone: time zone; None: the computer's own.
            ignored: accounts whose words are folded away.
        """
        super().__init__()
        self._ignored = ignored
        self._query = query
        self._me = me
        self._zone = zone
        self._hits: Sequence[SearchHit] = ()
        self._title = ""
        self._foot = ""
        self._fault = False
        self.index = 0
        """Which hit is chosen."""

    @property
    def hit(self) -> SearchHit | None:
        """The chosen one."""
        return self._hits[self.index] if self._hits else None

    def show(self, hits: Sequence[SearchHit], title: str) -> None:
        """Show these; the same one stays chosen."""
        self._hits, self._title = hits, title
        self.index = min(self.index, max(0, len(hits) - 1))
        self.changed()

    def say(self, words: str, *, fault: bool = False) -> None:
        """Put words into the line at the bottom."""
        self._foot, self._fault = words, fault
        self.changed()

    def choose(self, index: int) -> None:
        """Choose a hit, or the nearest that there is."""
        self.index = max(0, min(index, len(self._hits) - 1))
        if self.index == len(self._hits) - 1:
            self.post_message(self.AtEnd())
        self.changed()

    @property
    def page(self) -> int:
        """Hits that are in view at once."""
        return max(1, (self.size.height - 2) // HIT_LINES)

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows; the chosen one is always in view."""
        count = max(1, (height - 2) // HIT_LINES)
        self.first = max(self.index - count + 1, min(self.first, self.index))
        lines = [title_line(self._query, self._title, width)]
        for at, hit in enumerate(self._hits[self.first : self.first + count], self.first):
            chosen = at == self.index
            lines += hit_lines(hit, width, chosen=chosen, me=self._me, zone=self._zone, ignored=self._ignored)
        lines += [Line()] * (height - 1 - len(lines))
        return [*lines[: height - 1], foot_line(self._foot, width, fault=self._fault)]

    @override
    def chosen(self, y: int) -> None:
        """See Rows: a click on the chosen hit goes there."""
        at = self.first + (y - 1) // HIT_LINES
        if not 0 < y < self.size.height - 1 or at >= len(self._hits):
            return
        if at == self.index:
            self.post_message(self.Chosen(self._hits[at]))
        else:
            self.choose(at)

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.choose(self.index + (1 if by > 0 else -1))
