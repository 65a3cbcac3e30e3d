"""Hits in conversations that end for the asker: what changed behind the end must not show, not even by a cursor.

An index knows messages as they are now. Where a word of a later text would move a cursor, or a rank, whoever has left
could guess that text word by word, or letter by letter where a word may go on. So of a message whose text is another
one since, nothing that the index has counts: it is looked at as it stood. That is dear, so it is done for the newest of
them only, and in a part of the time; what lies behind them is then not looked for at all.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import Final

from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.search.cursors import Mark
from chat_core.server.store.search.facts import indexed_text
from chat_core.server.store.search.fts5_find import Proposals
from chat_core.server.store.search.matching import spans_in
from chat_core.server.store.searching import Reach, ReadEdited, ReadMessages, Search

EDITED: Final = 1000
"""Messages of a conversation with another text since that are looked at for a page, the newest."""
_AT_ONCE: Final = 50
"""Of these, so many are read together."""


class Ended:
    """See the module's head.

    Args:
        search: what is looked for, and where.
        before: nothing but what is older than this; None: everything.
        messages: reads messages as they stood where their conversation ends.
        edited: tells which have another text since.
        within_s: time for looking at these, in seconds.
    """

    def __init__(
        self, search: Search, before: Mark | None, messages: ReadMessages, edited: ReadEdited, within_s: float
    ) -> None:
        self._search = search
        self._before = before
        self._messages = messages
        self._read_edited = edited
        self._until = monotonic() + within_s
        self._edited: set[int] = set()
        self._hits: list[int] = []
        self._there = {int(reach.conversation) for reach in search.reaches if reach.last < MAX_SEQ}
        self.cut = False
        """Whether there was too much to look at."""
        self.search = replace(search, reaches=tuple(map(self._narrowed, search.reaches))) if self._there else search
        """The same for an index, without what lies behind what was looked at."""

    def has(self, mark: Mark) -> bool:
        """Return whether a message is of a conversation that ends."""
        return conversation_of(mark.id) in self._there

    def only_hits(self, proposals: Proposals) -> Iterator[Mark]:
        """Iterate over what an index has, and instead of what has another text since, over what was a hit then.

        Raises: OutOfTime.
        """
        return self._put_right(proposals) if self._there else proposals.newest()

    def _put_right(self, proposals: Proposals) -> Iterator[Mark]:
        others = (mark for mark in proposals.newest() if mark.id not in self._edited)
        yield from heapq.merge(others, proposals.marks_of(self._hits), reverse=True)

    def texts(self, keys: Sequence[int]) -> dict[int, str]:
        """Return what an index would have of messages with another text since; others are left out."""
        some = [key for key in keys if key in self._edited]
        found = self._messages(some) if some else {}
        return {
            key: indexed_text(message.author, message.body, " ".join(map(str, message.mentions)), message.everyone)
            for key, message in found.items()
        }

    def _narrowed(self, reach: Reach) -> Reach:
        """Look at what has another text since; return where that was done."""
        number = reach.conversation
        low, high = row_id(number, reach.first), row_id(number, reach.last)
        if self._before is not None and conversation_of(self._before.id) == number:
            high = min(high, self._before.id - 1)
        if number not in self._there or low > high:
            return reach
        keys = self._read_edited(low, high, EDITED + 1)
        self._edited.update(keys)
        looked_at = self._look_at(keys[:EDITED])
        if looked_at == len(keys):
            return reach
        self.cut = True
        return reach._replace(first=seq_of(keys[looked_at]) + 1)

    def _look_at(self, keys: Sequence[int]) -> int:
        """Look at messages as they stood, as long as there is time; return at how many."""
        for start in range(0, len(keys), _AT_ONCE):
            found = self._messages(keys[start : start + _AT_ONCE])
            for at, key in enumerate(keys[start : start + _AT_ONCE], start):
                if monotonic() > self._until:
                    return at
                message = found.get(key)
                if message is not None and spans_in(self._search, message) is not None:
                    self._hits.append(key)
        return len(keys)
