"""Searching in SQLite: the index proposes, the messages as they stand now decide. One of these for each thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Final

from chat_core.base.ids import ConversationId
from chat_core.protocol.limits import PAGE_BYTES
from chat_core.server.store.keys import conversation_of
from chat_core.server.store.search import cursors
from chat_core.server.store.search.alarm import Alarm
from chat_core.server.store.search.cursors import Behind, Mark, Rank
from chat_core.server.store.search.ended import Ended
from chat_core.server.store.search.fts5_file import connect_reader
from chat_core.server.store.search.fts5_find import OutOfTime, Proposals, indexed_texts
from chat_core.server.store.search.matching import spans_in
from chat_core.server.store.search.ranking import score
from chat_core.server.store.searching import Found, Hit, ReadMessages, Search

WITHIN_S: Final = 0.25
"""Time for one search, in seconds; what was found until then is the answer."""
RANKED: Final = 10_000
"""Hits, the newest, among which the best are chosen."""
_LOOKS: Final = 500
"""Hits ranked between two looks at the clock."""


class Fts5:
    """An `Index`; see the module's head.

    Args:
        path: of the index.
        within_s: time for one search, in seconds.
    """

    def __init__(self, path: Path, within_s: float = WITHIN_S) -> None:
        self._index = connect_reader(path)
        self._within_s = within_s
        self._alarm = Alarm(self._index.interrupt, within_s)

    def search(self, search: Search, messages: ReadMessages) -> Found:
        """Return what is found. Raises: BadCursor; sqlite3.Error: the index cannot be read."""
        cursor = cursors.unpack(search.cursor, ranked=search.ranked)
        self._index.execute("BEGIN")
        try:
            with self._alarm as alarm:
                if search.ranked:
                    assert not isinstance(cursor, Behind), "as it was unpacked"
                    return self._best(search, cursor, messages, alarm)
                assert not isinstance(cursor, Rank), "as it was unpacked"
                return self._newest(search, cursor, messages, alarm)
        finally:
            self._index.execute("ROLLBACK")

    def close(self) -> None:
        """Close the index."""
        self._alarm.close()
        self._index.close()

    def _newest(self, search: Search, cursor: Behind | None, messages: ReadMessages, alarm: Alarm) -> Found:
        page = _Page(search, messages, self._within_s)
        proposals = Proposals(self._index, search, None if cursor is None else cursor.mark)
        timely = _Timely(proposals.newest(), alarm)
        marks = Ended(search, messages).only_hits(timely)
        while not (page.full or page.late) and (some := list(islice(marks, search.limit + 1))):
            page.look_at(some)
        partial = (timely.late or page.late) and not page.full
        more = page.full or partial
        mark = page.last or (cursor.mark if cursor is not None else None)
        return Found(
            hits=page.hits,
            cursor=cursors.pack(Behind(mark)) if more and mark is not None else b"",
            partial=partial,
            behind=proposals.behind,
        )

    def _best(self, search: Search, cursor: Rank | None, messages: ReadMessages, alarm: Alarm) -> Found:
        # The first page counts itself in: its newest hit is the newest for all pages.
        before = None if cursor is None else Mark(cursor.newest.stamp, cursor.newest.id + 1)
        proposals = Proposals(self._index, search, before)
        timely = _Timely(proposals.newest(), alarm)
        ended = Ended(search, messages)
        marks = list(islice(ended.only_hits(timely), RANKED))
        partial = timely.late
        ranked, complete = self._ranked(search, marks, ended, alarm)
        skip = 0 if cursor is None else cursor.skip
        page = _Page(search, messages, self._within_s)
        rest = iter(ranked[skip:])
        while not (page.full or page.late) and (some := list(islice(rest, search.limit + 1))):
            page.look_at(some)
        more = (page.full or page.late) and bool(marks)
        return Found(
            hits=page.hits,
            cursor=cursors.pack(Rank(marks[0], skip + page.looked_at)) if more else b"",
            partial=partial or page.late or not complete,
            behind=proposals.behind,
        )

    def _ranked(self, search: Search, marks: Sequence[Mark], ended: Ended, alarm: Alarm) -> tuple[list[Mark], bool]:
        """Return hits, the best first, and of equal ones the newest; and whether there was time for all of them."""
        scored: list[tuple[float, int]] = []
        try:
            for start in range(0, len(marks), _LOOKS):
                if alarm.over:
                    break
                keys = [mark.id for mark in marks[start : start + _LOOKS]]
                texts = indexed_texts(self._index, keys) | ended.texts(keys)
                scored += ((-score(texts.get(key, ""), search.any_phrases), at) for at, key in enumerate(keys, start))
        except sqlite3.OperationalError:
            if not alarm.over:
                raise
        complete = len(scored) == len(marks)
        rest = [marks[at] for at in range(len(scored), len(marks))]
        return [marks[at] for _, at in sorted(scored)] + rest, complete


class _Timely(Iterator[Mark]):
    """Hits as long as there is time."""

    def __init__(self, marks: Iterator[Mark], alarm: Alarm) -> None:
        self._marks = marks
        self._alarm = alarm
        self.late = False
        """Whether time ran out before they did."""

    def __next__(self) -> Mark:
        # An alarm that rings while no statement runs interrupts none.
        self.late = self.late or self._alarm.over
        if self.late:
            raise StopIteration
        try:
            return next(self._marks)
        except OutOfTime:
            self.late = True
            raise StopIteration from None


class _Page:
    """The hits of an answer, as they are found to be ones. A message with many of many words takes its time, too."""

    def __init__(self, search: Search, messages: ReadMessages, within_s: float) -> None:
        self._search = search
        self._messages = messages
        self._until = monotonic() + within_s
        self._room = PAGE_BYTES
        self.hits: list[Hit] = []
        self.last: Mark | None = None
        """The last proposal that is dealt with."""
        self.looked_at = 0
        """Proposals that are dealt with."""
        self.full = False
        """Whether there are more hits than fit in."""
        self.late = False
        """Whether time ran out before all that it was given was dealt with."""

    def look_at(self, marks: Sequence[Mark]) -> None:
        """Take what is a hit, until the page is full or time is over; one at least is dealt with."""
        found = self._messages([mark.id for mark in marks])
        for mark in marks:
            if self.looked_at and monotonic() > self._until:
                self.late = True
                return
            message = found.get(mark.id)
            spans = None if message is None else spans_in(self._search, message)
            if message is not None and spans is not None:
                self._room -= len(message.body.encode())
                if len(self.hits) == self._search.limit or (self._room < 0 and self.hits):
                    self.full = True
                    return
                self.hits.append(Hit(ConversationId(conversation_of(mark.id)), message, spans))
            self.last = mark
            self.looked_at += 1
