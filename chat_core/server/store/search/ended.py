"""Hits in conversations that end for the asker: what changed behind the end must not show, not even by a cursor.

An index knows messages as they are now. Where a word of a later text would move a cursor, or a rank, whoever has left
could guess that text word by word, or letter by letter where a word may go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from chat_core.server.store.keys import MAX_SEQ, conversation_of
from chat_core.server.store.search.cursors import Mark
from chat_core.server.store.search.facts import indexed_text
from chat_core.server.store.search.matching import spans_in
from chat_core.server.store.searching import ReadMessages, Search

_AT_ONCE: Final = 50
"""Proposals that are looked at together."""


class Ended:
    """See the module's head.

    Args:
        search: what is looked for, and where.
        messages: reads messages as they stood where their conversation ends.
    """

    def __init__(self, search: Search, messages: ReadMessages) -> None:
        self._search = search
        self._messages = messages
        self._there = {int(reach.conversation) for reach in search.reaches if reach.last < MAX_SEQ}

    def only_hits(self, marks: Iterator[Mark]) -> Iterator[Mark]:
        """Pass proposals on; of these conversations, those only that are hits as they stood."""
        return self._checked(marks) if self._there else marks

    def texts(self, keys: Sequence[int]) -> dict[int, str]:
        """Return what an index would have of messages of these conversations, as they stood; others are left out."""
        ended = self._of(keys)
        found = self._messages(ended) if ended else {}
        return {key: indexed_text(message.author, message.body) for key, message in found.items()}

    def _checked(self, marks: Iterator[Mark]) -> Iterator[Mark]:
        while some := list(islice(marks, _AT_ONCE)):
            keys = self._of([mark.id for mark in some])
            found = self._messages(keys) if keys else {}
            told = {key for key, message in found.items() if spans_in(self._search, message) is not None}
            ended = set(keys)
            yield from (mark for mark in some if mark.id in told or mark.id not in ended)

    def _of(self, keys: Sequence[int]) -> list[int]:
        return [key for key in keys if conversation_of(key) in self._there]
