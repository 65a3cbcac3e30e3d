"""Searching in SQLite: the index proposes, the messages as they stand now decide. One of these for each thread."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

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
from chat_core.server.store.searching import Found, Hit, ReadEdited, ReadMessages, Search

WITHIN_S: Final = 0.25
"""Time for one search, in seconds; what was found until then is the answer."""
FOR_EDITED: Final = 0.5
"""The part of it for what has another text since its conversation ended for the asker."""
FOR_GATHERING: Final = 0.6
"""The part of it for gathering what is ranked then."""
RANKED: Final = 10_000
"""Hits, the newest, among which the best are chosen."""
_LOOKS: Final = 500
"""Hits gathered, and ranked, between two looks at the clock."""


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

    def search(self, search: Search, messages: ReadMessages, edited: ReadEdited) -> Found:
        """Return what is found. Raises: BadCursor; sqlite3.Error: the index cannot be read."""
        cursor = cursors.unpack(search.cursor, ranked=search.ranked)
        self._index.execute("BEGIN")
        try:
            with self._alarm as alarm:
                looking = self._looking(search, cursor, messages, edited, alarm)
                if search.ranked:
                    assert not isinstance(cursor, Behind), "as it was unpacked"
                    return self._best(looking, cursor)
                return self._newest(looking)
        finally:
            self._index.execute("ROLLBACK")

    def close(self) -> None:
        """Close the index."""
        self._alarm.close()
        self._index.close()

    def _looking(
        self, search: Search, cursor: Behind | Rank | None, messages: ReadMessages, edited: ReadEdited, alarm: Alarm
    ) -> _Looking:
        before = _before(cursor)
        ended = Ended(search, before, messages, edited, self._within_s * FOR_EDITED)
        proposals = Proposals(self._index, ended.search, before)
        page = _Page(search, messages, self._within_s, ended)
        return _Looking(search, ended, proposals, _Timely(ended.only_hits(proposals), alarm), alarm, page)

    def _newest(self, looking: _Looking) -> Found:
        page, timely = looking.page, looking.marks
        page.fill(timely)
        partial = (timely.late or page.late or looking.ended.cut) and not page.full
        # Where there was no step further, the next page would be this one again: rather none.
        last = page.last if page.full or partial else None
        return Found(
            hits=page.hits,
            cursor=b"" if last is None else cursors.pack(Behind(last)),
            partial=partial,
            behind=looking.proposals.behind,
        )

    def _best(self, looking: _Looking, cursor: Rank | None) -> Found:
        page, timely = looking.page, looking.marks
        marks, whole = self._gathered(timely, RANKED if cursor is None else min(cursor.among, RANKED))
        ranked = self._ranked(looking, marks)
        start = 0 if cursor is None else bisect_right(ranked, _Ranked.of(cursor.worth, cursor.last))
        # Where there was no time to rank any, the newest are better than none; but nothing can follow those.
        only_newest = not ranked and cursor is None
        page.fill(iter(marks) if only_newest else (each.mark for each in ranked[start:]))
        more = (page.full or page.late) and not only_newest
        last = ranked[start + page.looked_at - 1] if more else None
        among = len(ranked) if cursor is None else cursor.among
        return Found(
            hits=page.hits,
            cursor=b"" if last is None else cursors.pack(Rank(marks[0], among, -last.worth, last.mark)),
            partial=not whole or timely.late or page.late or looking.ended.cut or len(ranked) < len(marks),
            behind=looking.proposals.behind,
        )

    def _gathered(self, timely: _Timely, most: int) -> tuple[list[Mark], bool]:
        """Return hits, as many as leave time to rank them, and whether that did not cut them short."""
        until = monotonic() + self._within_s * FOR_GATHERING
        marks: list[Mark] = []
        while some := list(islice(timely, min(_LOOKS, most - len(marks)))):
            marks += some
            if len(some) == _LOOKS and monotonic() > until:
                return marks, False
        return marks, True

    def _ranked(self, looking: _Looking, marks: Sequence[Mark]) -> list[_Ranked]:
        """Return hits, the best first, and of equal ones the newest: the newest ones for which there was time."""
        found: list[_Ranked] = []
        try:
            for start in range(0, len(marks), _LOOKS):
                if looking.alarm.over:
                    break
                some = marks[start : start + _LOOKS]
                keys = [mark.id for mark in some]
                texts = indexed_texts(self._index, keys) | looking.ended.texts(keys)
                phrases = looking.search.any_phrases
                found += (_Ranked.of(score(texts.get(mark.id, ""), phrases), mark) for mark in some)
        except sqlite3.OperationalError:
            if not looking.alarm.over:
                raise
        return sorted(found)


def _before(cursor: Behind | Rank | None) -> Mark | None:
    """Return what all hits are older than; None: there is no such bound."""
    if isinstance(cursor, Behind):
        return cursor.mark
    # The first page counts itself in: its newest hit is the newest for all pages.
    return None if cursor is None else Mark(cursor.newest.stamp, cursor.newest.id + 1)


class _Ranked(NamedTuple):
    """A hit in the order of how good they are."""

    worth: float
    """The less, the better."""
    stamp: int
    id: int
    """Both below zero: the newest come first."""

    @classmethod
    def of(cls, score: float, mark: Mark) -> _Ranked:
        """Return where a hit stands."""
        return cls(-score, -mark.stamp, -mark.id)

    @property
    def mark(self) -> Mark:
        """Where it stands by time."""
        return Mark(-self.stamp, -self.id)


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

    def __init__(self, search: Search, messages: ReadMessages, within_s: float, ended: Ended) -> None:
        self._search = search
        self._ended = ended
        self._messages = messages
        self._within_s = within_s
        self._room = PAGE_BYTES
        self.hits: list[Hit] = []
        self.last: Mark | None = None
        """The last proposal that is dealt with; one that is no hit is not told of where a conversation ends."""
        self.looked_at = 0
        """Proposals that are dealt with."""
        self.full = False
        """Whether there are more hits than fit in."""
        self.late = False
        """Whether time ran out before all that it was given was dealt with."""

    def fill(self, marks: Iterator[Mark]) -> None:
        """Take what is a hit, until the page is full or time is over; one at least is dealt with."""
        until = monotonic() + self._within_s
        while not (self.full or self.late) and (some := list(islice(marks, self._search.limit + 1))):
            self._look_at(some, until)

    def _look_at(self, marks: Sequence[Mark], until: float) -> None:
        found = self._messages([mark.id for mark in marks])
        for mark in marks:
            if self.looked_at and monotonic() > until:
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
            if spans is not None or not self._ended.has(mark):
                self.last = mark
            self.looked_at += 1


class _Looking(NamedTuple):
    """A search that has begun."""

    search: Search
    ended: Ended
    proposals: Proposals
    marks: _Timely
    """The hits that are proposed, the newest first."""
    alarm: Alarm
    page: _Page
