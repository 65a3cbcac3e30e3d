"""What the index proposes for a search: ids of messages, newest first across conversations. Looks at no message.

Each conversation is a stream of its own; the streams are merged by time, and read from their newest hit backwards as
far as is needed. Where there are few hits in all, and many conversations, all hits are read at once and dealt out to
the streams; where there are many, each stream asks for its own. A word that may go on is dear to FTS5, which gathers
all hits of all its words, wherever they are: so a stream looks for it in the texts of its newest messages first.
"""

from __future__ import annotations

import heapq
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import msgspec

from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.search.cursors import Mark
from chat_core.server.store.search.fts5_index import DAY_MS
from chat_core.server.store.search.fts5_match import expression, in_text
from chat_core.server.store.searching import Search

SCANNED: Final = 10_000
"""Hits up to which all of them are read at once: so many cost less than a question for each of 20 conversations."""
SCANNED_PREFIXES: Final = 200_000
"""The same where a word may go on: then each question gathers all hits of all its words, whatever its range."""
MANY: Final = 8
"""Conversations from which on that is tried; where a word may go on, from two on."""
RECENT: Final = 2000
"""Events of a stream in whose texts a word that may go on is looked for first: a third of a microsecond for each."""
FREQUENT: Final = 10
"""One of so many messages is a hit: then the texts are looked at as long as there are any, and no more is gathered."""
PROBED: Final = 8
"""Messages of each stream, the newest, that tell how frequent hits are."""

# All of these give one row however much is found: between rows a thread has to wait its turn in Python.
_SCAN: Final = (
    "SELECT json_group_array(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? "
    "ORDER BY rowid DESC LIMIT ?)"
)
_PAGE: Final = "SELECT json_group_array(json_array(stamp, id)) FROM ({rows} ORDER BY {key} DESC LIMIT ?)"
_MATCHING: Final = _PAGE.format(
    rows="SELECT texts.stamp, texts.id FROM words JOIN texts ON texts.id = words.rowid "
    "WHERE words MATCH ? AND words.rowid BETWEEN ? AND ?",
    key="words.rowid",
)
_ALL: Final = _PAGE.format(rows="SELECT stamp, id FROM texts WHERE {match}id BETWEEN ? AND ?", key="id")
_HEADS: Final = (
    "SELECT json_group_array(json((SELECT json_array(stamp, id) FROM {rows} "
    "BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]') ORDER BY {key} DESC LIMIT 1))) "
    "FROM json_each(?)"
)
_MATCHING_HEADS: Final = _HEADS.format(
    rows="words JOIN texts ON texts.id = words.rowid WHERE words MATCH ? AND words.rowid", key="words.rowid"
)
_ALL_HEADS: Final = _HEADS.format(rows="texts WHERE {match}id", key="id")
_PROBE: Final = (
    "SELECT total((SELECT count(*) FROM (SELECT text FROM texts WHERE id BETWEEN json_extract(value, '$[0]') "
    "AND json_extract(value, '$[1]') ORDER BY id DESC LIMIT ?) WHERE {match})) FROM json_each(?)"
)
_ROWS_OF: Final = "SELECT json_group_array(json_array({row})) FROM {table} IN (SELECT value FROM json_each(?)){more}"
_STAMPS: Final = _ROWS_OF.format(row="stamp, id", table="texts WHERE id", more="")
_TEXTS: Final = "SELECT id, text FROM texts WHERE id IN ({})"
_DONE: Final = _ROWS_OF.format(row="conversation, seq", table="done WHERE conversation", more="")
# `days` goes by the messages' own times, so what lies outside of `first` and `last` has another day.
_DAYS: Final = _ROWS_OF.format(
    row="conversation, low, high",
    table="(SELECT conversation, min(first) AS low, max(last) AS high FROM days WHERE conversation",
    more=" AND day BETWEEN ? AND ? GROUP BY conversation)",
)
_FAR: Final = 1 << 40
"""A day that is never reached, either way."""
_AT_ONCE: Final = 256
"""Most rows that are asked for in one statement."""
_FEW: Final = 4
"""Rows that are asked for first where most conversations will have no more among the newest."""

_Rows = Iterator[tuple[int, int]]
"""Stamps and ids."""
_pairs: Final = msgspec.json.Decoder(list[tuple[int, int]])
_pairs_or_none: Final = msgspec.json.Decoder(list[tuple[int, int] | None])
_triples: Final = msgspec.json.Decoder(list[tuple[int, int, int]])
_keys: Final = msgspec.json.Decoder(list[int])


class OutOfTime(Exception):
    """The time for a search is over."""


def _interrupted(error: sqlite3.OperationalError) -> bool:
    """Return whether an alarm ended a statement."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


@contextmanager
def _in_time() -> Iterator[None]:
    """Tell of an alarm as what it means. Raises: OutOfTime."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _interrupted(error):
            raise OutOfTime from error
        raise


class _Stream(NamedTuple):
    """A conversation that may have hits."""

    low: int
    high: int


class Proposals:
    """What the index has for a search.

    Args:
        index: a reader's connection.
        search: what is looked for.
        before: nothing but what is older than this; None: everything.
    """

    def __init__(self, index: sqlite3.Connection, search: Search, before: Mark | None) -> None:
        self._index = index
        self._search = search
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

    def newest(self) -> Iterator[Mark]:
        """Iterate over the hits, newest first. Raises: OutOfTime."""
        if self._late:
            raise OutOfTime
        with _in_time():
            yield from self._alone(*self._streams) if len(self._streams) == 1 else self._merged(self._scanned())

    def marks_of(self, keys: Sequence[int]) -> list[Mark]:
        """Return where messages stand, the newest first; those that the index does not have are missing.

        Raises: OutOfTime.
        """
        with _in_time():
            stamps = self._stamps(keys)
        return sorted(
            (Mark(stamp, key) for key, stamp in stamps.items() if self._is_wanted(Mark(stamp, key))), reverse=True
        )

    def _is_wanted(self, mark: Mark) -> bool:
        return self._before is None or mark < self._before

    def _alone(self, stream: _Stream) -> Iterator[Mark]:
        """Iterate over the hits of the only stream."""
        for mark in (Mark(*row) for row in self._asked(stream, self._search.limit + 1)):
            if self._is_wanted(mark):
                yield mark

    # --- merging ----------------------------------------------------------------------------------------------

    def _merged(self, scanned: Sequence[int] | None) -> Iterator[Mark]:
        heads = self._heads() if scanned is None else self._dealt_heads(scanned)
        heap = [(-head[0], -head[1], at) for at, head in enumerate(heads) if head is not None]
        heapq.heapify(heap)
        begun: dict[int, _Rows] = {}
        while heap:
            stamp, key, at = heap[0]
            mark = Mark(-stamp, -key)
            if self._is_wanted(mark):
                yield mark
            if at not in begun:
                rest = self._streams[at]._replace(high=mark.id - 1)
                begun[at] = self._asked(rest, _FEW) if scanned is None else self._dealt(rest, scanned)
            following = next(begun[at], None)
            if following is None:
                heapq.heappop(heap)
            else:
                heapq.heapreplace(heap, (-following[0], -following[1], at))

    def _heads(self) -> Sequence[tuple[int, int] | None]:
        """Return the newest hit of each stream; None: it has none."""
        ranges = msgspec.json.encode(self._streams).decode()
        if self._match and not self._prefixes:
            return _pairs_or_none.decode(self._one(_MATCHING_HEADS, (self._match, ranges)))
        # Where a word may go on, there are many hits: there would be few streams in which that takes long.
        condition, values = in_text(self._search)
        asked = _ALL_HEADS.format(match=f"{condition} AND " if condition else "")
        return _pairs_or_none.decode(self._one(asked, (*values, ranges)))

    def _dealt_heads(self, scanned: Sequence[int]) -> Sequence[tuple[int, int] | None]:
        """Return the same out of all hits that there are."""
        parts = [_part(each, scanned) for each in self._streams]
        stamps = self._stamps([scanned[part[-1]] for part in parts if part])
        return [(stamps[scanned[part[-1]]], scanned[part[-1]]) if part else None for part in parts]

    def _stamps(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the stamps of messages, by their ids."""
        return {key: stamp for stamp, key in _pairs.decode(self._one(_STAMPS, (_listed(keys),)))}

    def _asked(self, stream: _Stream, count: int) -> _Rows:
        """Iterate over the hits of a stream as the index has them, the first `count` at once."""
        if not self._match:
            return self._paged(_ALL.format(match=""), (), stream, count)
        if not self._prefixes:
            return self._paged(_MATCHING, (self._match,), stream, count)
        return self._going_on(stream, count)

    def _going_on(self, stream: _Stream, count: int) -> _Rows:
        """Iterate over the hits where a word may go on: in the newest texts, and behind these in what is quicker."""
        condition, values = in_text(self._search)
        in_texts = _ALL.format(match=f"{condition} AND ")
        recent = max(stream.low, stream.high - RECENT + 1)
        hits = 0
        for row in self._paged(in_texts, values, stream._replace(low=recent), count):
            hits += 1
            yield row
        behind = stream._replace(high=recent - 1)
        if hits * FREQUENT >= stream.high - recent:
            yield from self._paged(in_texts, values, behind, _AT_ONCE)
        else:
            yield from self._paged(_MATCHING, (self._match,), behind, _AT_ONCE)

    def _paged(self, statement: str, values: Sequence[object], stream: _Stream, count: int) -> _Rows:
        """Iterate over what a statement finds in a stream, so much of it at once, and then more."""
        low, high = stream
        while low <= high:
            some = _pairs.decode(self._one(statement, (*values, low, high, count)))
            yield from some
            if len(some) < count:
                return
            high = some[-1][1] - 1
            count = min(_AT_ONCE, 4 * count)

    def _dealt(self, stream: _Stream, scanned: Sequence[int]) -> _Rows:
        """Iterate over the hits of a stream out of all that there are."""
        part = _part(stream, scanned)
        count = _FEW
        while part:
            part, some = part[:-count], scanned[max(part.start, part.stop - count) : part.stop]
            stamps = self._stamps(some)
            yield from ((stamps[key], key) for key in reversed(some))
            count = min(_AT_ONCE, 4 * count)

    def _scanned(self) -> Sequence[int] | None:
        """Return all hits, in order, if there are few of them and many conversations; None: ask each stream."""
        if not self._match or len(self._streams) < (2 if self._prefixes else MANY):
            return None
        if self._prefixes and self._is_frequent():
            return None
        low, high = min(each.low for each in self._streams), max(each.high for each in self._streams)
        most = SCANNED_PREFIXES if self._prefixes else SCANNED
        found = _keys.decode(self._one(_SCAN, (self._match, low, high, most + 1)))
        return found[::-1] if len(found) <= most else None

    def _is_frequent(self) -> bool:
        """Return whether the newest messages have so many hits that gathering all hits would take too long."""
        condition, values = in_text(self._search)
        asked = (PROBED, *values, msgspec.json.encode(self._streams).decode())
        (hits,) = self._index.execute(_PROBE.format(match=condition), asked).fetchone()
        return bool(hits * FREQUENT >= PROBED * len(self._streams))

    # --- where to look ----------------------------------------------------------------------------------------

    def _find_streams(self, search: Search) -> list[_Stream]:
        numbers = [reach.conversation for reach in search.reaches]
        done = dict(_pairs.decode(self._one(_DONE, (_listed(numbers),))))
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
            if self._before is not None and conversation_of(self._before.id) == reach.conversation:
                last = min(last, seq_of(self._before.id) - 1)
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
        found = _triples.decode(self._one(_DAYS, (_listed(numbers), first, last)))
        return {number: (low, high) for number, low, high in found}

    def _one(self, statement: str, values: Sequence[object]) -> str:
        """Return the one value that a statement finds."""
        found: str = self._index.execute(statement, values).fetchone()[0]
        return found


def _part(stream: _Stream, scanned: Sequence[int]) -> range:
    """Return where the hits of a stream stand among all."""
    return range(bisect_left(scanned, stream.low), bisect_right(scanned, stream.high))


def _listed(numbers: Sequence[int]) -> str:
    """Return numbers as one value."""
    return msgspec.json.encode(numbers).decode()


def indexed_texts(index: sqlite3.Connection, keys: Sequence[int]) -> dict[int, str]:
    """Return what the index was given of messages, as far as it has them."""
    found: dict[int, str] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        found.update(index.execute(_TEXTS.format(_marks(some)), some))
    return found


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
