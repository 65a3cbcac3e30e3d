"""What the index proposes for a search: ids of messages, newest first across conversations. Looks at no message.

Each conversation is a stream of its own; the streams are merged by time, and read from their newest hit backwards as
far as is needed. Where there are few hits in all, and many conversations, all hits are read at once and dealt out to
the streams; where there are many, each stream asks for its own.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.search.cursors import Mark
from chat_core.server.store.search.facts import EVERYONE, LINK, by, naming
from chat_core.server.store.search.fts5_index import DAY_MS
from chat_core.server.store.searching import Choice, Phrase, Search

SCANNED: Final = 10_000
"""Hits up to which all of them are read at once: so many cost less than a question for each of 20 conversations."""
SCANNED_PREFIXES: Final = 200_000
"""The same where a word may go on: then each question gathers all hits of all its words, whatever its range."""
MANY: Final = 8
"""Conversations from which on that is tried."""

# Two statements that give one row however much is found: between rows a thread has to wait its turn in Python.
_SCAN: Final = (
    "SELECT json_group_array(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? "
    "ORDER BY rowid DESC LIMIT ?)"
)
_HEADS: Final = (
    "SELECT json_group_array((SELECT {key} FROM {table} WHERE {match} {key} BETWEEN json_extract(value, '$[0]') AND "
    "json_extract(value, '$[1]') ORDER BY {key} DESC LIMIT 1)) FROM json_each(?)"
)
_MATCHING_HEADS: Final = _HEADS.format(key="rowid", table="words", match="words MATCH ? AND")
_ALL_HEADS: Final = _HEADS.format(key="id", table="texts", match="")
_MATCHING: Final = (
    "SELECT texts.stamp, texts.id FROM words JOIN texts ON texts.id = words.rowid "
    "WHERE words MATCH ? AND words.rowid BETWEEN ? AND ? ORDER BY words.rowid DESC"
)
_ALL: Final = "SELECT stamp, id FROM texts WHERE id BETWEEN ? AND ? ORDER BY id DESC"
_STAMPS: Final = "SELECT stamp, id FROM texts WHERE id IN ({}) ORDER BY id DESC"
_TEXTS: Final = "SELECT id, text FROM texts WHERE id IN ({})"
_DONE: Final = "SELECT conversation, seq FROM done WHERE conversation IN ({})"
# `days` goes by the messages' own times, so what lies outside of `first` and `last` has another day.
_DAYS: Final = (
    "SELECT conversation, min(first), max(last) FROM days WHERE conversation IN ({}) AND day BETWEEN ? AND ? "
    "GROUP BY conversation"
)
_FAR: Final = 1 << 40
"""A day that is never reached, either way."""
_AT_ONCE: Final = 256
"""Most rows that are asked for by their ids in one statement."""

_Rows = Generator[tuple[int, int], None, None]
"""Stamps and ids."""


class OutOfTime(Exception):
    """The time for a search is over."""


def _interrupted(error: sqlite3.OperationalError) -> bool:
    """Return whether an alarm ended a statement."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


class _Stream(NamedTuple):
    """A conversation that may have hits."""

    low: int
    high: int


class Proposals:
    """What the index has for a search. Used with `contextlib.closing`: what it has open must be closed.

    Args:
        index: a reader's connection.
        search: what is looked for.
        before: nothing but what is older than this; None: everything.
    """

    def __init__(self, index: sqlite3.Connection, search: Search, before: Mark | None) -> None:
        self._index = index
        self._match = expression(search)
        self._prefixes = any(phrase.prefix for phrase in search.any_phrases)
        self._before = before
        self.behind = 0
        """Events that the index does not know of yet."""
        self._late = False
        try:
            self._streams = self._find_streams(search)
        except sqlite3.OperationalError as error:
            if not _interrupted(error):
                raise
            self._streams, self._late = [], True
        self._open: dict[int, _Rows] = {}

    def newest(self) -> Iterator[Mark]:
        """Iterate over the hits, newest first. Raises: OutOfTime."""
        if self._late:
            raise OutOfTime
        try:
            yield from self._merged(self._scanned())
        except sqlite3.OperationalError as error:
            if _interrupted(error):
                raise OutOfTime from error
            raise

    def close(self) -> None:
        """End what is under way."""
        for rows in self._open.values():
            rows.close()

    # --- merging ----------------------------------------------------------------------------------------------

    def _merged(self, scanned: Sequence[int] | None) -> Iterator[Mark]:
        heap = [(-stamp, -key, at) for at, (stamp, key) in self._heads(scanned).items()]
        heapq.heapify(heap)
        while heap:
            stamp, key, at = heap[0]
            mark = Mark(-stamp, -key)
            if self._before is None or mark < self._before:
                yield mark
            if at not in self._open:
                rest = self._streams[at]._replace(high=mark.id - 1)
                self._open[at] = self._asked(rest) if scanned is None else self._dealt(rest, scanned)
            following = next(self._open[at], None)
            if following is None:
                heapq.heappop(heap)
            else:
                heapq.heapreplace(heap, (-following[0], -following[1], at))

    def _heads(self, scanned: Sequence[int] | None) -> dict[int, tuple[int, int]]:
        """Return the newest hit of each stream that has any, by the stream's index."""
        if scanned is None:
            ranges = json.dumps([(each.low, each.high) for each in self._streams])
            asked = (_MATCHING_HEADS, (self._match, ranges)) if self._match else (_ALL_HEADS, (ranges,))
            newest = json.loads(self._index.execute(*asked).fetchone()[0])
        else:
            dealt = (_part(each, scanned) for each in self._streams)
            newest = [scanned[part.start] if part else None for part in dealt]
        keys = [key for key in newest if key is not None]
        stamps = {key: stamp for stamp, key in self._of(keys, _STAMPS)}
        return {at: (stamps[key], key) for at, key in enumerate(newest) if key in stamps}

    def _asked(self, stream: _Stream) -> _Rows:
        """Iterate over the hits of a stream as the index has them."""
        values: tuple[object, ...] = (stream.low, stream.high)
        statement = _ALL
        if self._match:
            statement, values = _MATCHING, (self._match, *values)
        with closing(self._index.execute(statement, values)) as cursor:
            yield from cursor

    def _dealt(self, stream: _Stream, scanned: Sequence[int]) -> _Rows:
        """Iterate over the hits of a stream out of all that there are."""
        part = _part(stream, scanned)
        at, count = part.start, 4
        while at < part.stop:
            some = scanned[at : min(part.stop, at + count)]
            yield from self._index.execute(_STAMPS.format(_marks(some)), some).fetchall()
            at += count
            count = min(_AT_ONCE, 4 * count)

    def _scanned(self) -> Sequence[int] | None:
        """Return all hits, in falling order, if there are few of them and many conversations; None: ask each stream."""
        if not self._match or len(self._streams) < MANY:
            return None
        low, high = min(each.low for each in self._streams), max(each.high for each in self._streams)
        most = SCANNED_PREFIXES if self._prefixes else SCANNED
        found: list[int] = json.loads(self._index.execute(_SCAN, (self._match, low, high, most + 1)).fetchone()[0])
        return sorted(found, reverse=True) if len(found) <= most else None

    # --- where to look ----------------------------------------------------------------------------------------

    def _find_streams(self, search: Search) -> list[_Stream]:
        numbers = [reach.conversation for reach in search.reaches]
        done = dict(self._of(numbers, _DONE))
        within = self._days_of(numbers, search)
        later: dict[int, tuple[int, int]] = {}
        if self._before is not None:
            later = self._spans(numbers, self._before.stamp // DAY_MS + 1, _FAR)
        streams: list[_Stream] = []
        for reach in search.reaches:
            known = done.get(reach.conversation, 0)
            self.behind += max(0, min(reach.head, reach.last) - known)
            first, last = max(1, reach.first), min(reach.last, known, MAX_SEQ)
            if within is not None:
                begin, end = within.get(reach.conversation, (1, 0))
                first, last = max(first, begin), min(last, end)
            if reach.conversation in later:
                # From its first message of a later day on, all stamps are of a later day.
                last = min(last, later[reach.conversation][0] - 1)
            if first <= last:
                streams.append(_Stream(row_id(reach.conversation, first), row_id(reach.conversation, last)))
        return streams

    def _days_of(self, numbers: Sequence[int], search: Search) -> dict[int, tuple[int, int]] | None:
        """Return between which seqs the days that were asked for lie; None: any day is good."""
        if search.since_ms is None and search.until_ms is None:
            return None
        first = -_FAR if search.since_ms is None else search.since_ms // DAY_MS
        last = _FAR if search.until_ms is None else (search.until_ms - 1) // DAY_MS
        return self._spans(numbers, first, last)

    def _spans(self, numbers: Sequence[int], first: int, last: int) -> dict[int, tuple[int, int]]:
        return {number: (low, high) for number, low, high in self._of(numbers, _DAYS, first, last)}

    def _of(self, numbers: Sequence[int], statement: str, *rest: int) -> Iterator[Any]:
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            yield from self._index.execute(statement.format(_marks(some)), (*some, *rest))


def _part(stream: _Stream, scanned: Sequence[int]) -> range:
    """Return where the hits of a stream stand among all, which fall."""
    first = bisect_left(scanned, -stream.high, key=lambda key: -key)
    return range(first, bisect_left(scanned, -stream.low + 1, key=lambda key: -key))


def indexed_texts(index: sqlite3.Connection, keys: Sequence[int]) -> dict[int, str]:
    """Return what the index was given of messages, as far as it has them."""
    found: dict[int, str] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        found.update(index.execute(_TEXTS.format(_marks(some)), some))
    return found


def expression(search: Search) -> str:
    """Return what FTS5 is to match; empty: everything. Dates are not in it."""
    parts = [_phrase(phrase) for phrase in search.phrases]
    parts += [_choice(choice) for choice in search.either]
    if search.authors:
        parts.append("(" + " OR ".join(f'"{by(author)}"' for author in search.authors) + ")")
    if search.link:
        parts.append(f'"{LINK}"')
    if search.called is not None:
        parts.append(f"({_calling(search.called)})")
    return " AND ".join(parts)


def _choice(choice: Choice) -> str:
    either = [_phrase(phrase) for phrase in choice.phrases]
    if choice.called is not None:
        either.append(_calling(choice.called))
    return f"({' OR '.join(either)})"


def _calling(account: int) -> str:
    return f'"{naming(account)}" OR "{EVERYONE}"'


def _phrase(phrase: Phrase) -> str:
    # A term has no quote in it: it is made of letters, digits and signs.
    return f'"{" ".join(phrase.terms)}"{" *" if phrase.prefix else ""}'


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
