"""Bringing the index up to the log: what the next batch of it is, and how it is put in. Knows no thread.

A batch is read from the log's tables as they are now and put in as one transaction together with how far it goes: after
a crash the index is as it was before a batch or after it. Rows are written in the order of their ids.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from chat_core.server.store.keys import MAX_SEQ, row_id, seq_of
from chat_core.server.store.search import fts5_merge
from chat_core.server.store.search.facts import indexed_text

DAY_MS: Final = 24 * 3600 * 1000

_IN: Final = 500
_EVENTS: Final = "SELECT id, eid, target FROM events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
_ROW: Final = "SELECT id, author, ts, body, deleted, mentions, everyone FROM messages"
_POSTED: Final = f"{_ROW} WHERE id > ? AND id <= ? ORDER BY id"
_CHANGED: Final = f"{_ROW} WHERE id IN ({{}})"
_TEXTS: Final = "SELECT id, text FROM texts WHERE id BETWEEN ? AND ? ORDER BY id"
_TAKE_OUT: Final = "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)"
_PUT_IN: Final = "INSERT INTO words (rowid, text) VALUES (?, ?)"
_WIDEN: Final = (
    "INSERT INTO days VALUES (?, ?, ?, ?) ON CONFLICT (conversation, day) DO UPDATE SET "
    "first = min(first, excluded.first), last = max(last, excluded.last)"
)


class Row(NamedTuple):
    """A message as it is now."""

    id: int
    author: int
    ts: int
    body: str
    deleted: int
    named: str
    everyone: str

    @property
    def text(self) -> str:
        """What the index is given of it."""
        return indexed_text(self.author, self.body, self.named, self.everyone)


class Overtaken(Exception):
    """Somebody else has put into the index what was to be put in."""


@dataclass(slots=True)
class Piece:
    """What one conversation's log has beyond the index, or the beginning of that."""

    conversation: int
    after: int
    """seq up to which the index is supposed to have it."""
    upto: int
    """seq of the last event in it."""
    eid: bytes
    """Id of that event."""
    posted: list[Row] = field(default_factory=list)
    """By id."""
    changed: list[Row] = field(default_factory=list)
    """Older messages that were edited or deleted in it, by id."""
    gone: int = 0
    """Of a channel that was deleted: how many messages are taken out at most; once none is left, `upto` is 0."""

    @property
    def events(self) -> int:
        """How many there are in it."""
        return self.gone or self.upto - self.after


def next_piece(log: sqlite3.Connection, conversation: int, after: int, limit: int) -> Piece | None:
    """Return what comes behind a seq, at most `limit` events of it; None: nothing."""
    if _is_empty(log, conversation):  # whatever rows are left of it
        return Piece(conversation, after, after, b"", gone=limit) if after else None
    low = row_id(conversation, after)
    events = log.execute(_EVENTS, (low, row_id(conversation, MAX_SEQ), limit)).fetchall()
    if not events:
        return None
    last, eid, _ = events[-1]
    targets = sorted({target for _, _, target in events if target is not None and target <= low})
    return Piece(
        conversation=conversation,
        after=after,
        upto=seq_of(last),
        eid=eid,
        posted=[Row(*row) for row in log.execute(_POSTED, (low, last))],
        changed=_changed(log, targets),
    )


def put_in(index: sqlite3.Connection, pieces: Iterable[Piece]) -> None:
    """Bring the index to the end of each piece, in one transaction.

    Args:
        index: the writer's connection.
        pieces: by conversation; each begins where the index ends.

    Raises:
        Overtaken: one does not.
    """
    index.execute("BEGIN IMMEDIATE")
    try:
        fresh = 0
        for piece in pieces:
            if piece.gone:
                _take_out(index, piece)
                continue
            _put_in(index, piece)
            fresh += len(piece.posted) + len(piece.changed)
        if fresh:
            fts5_merge.count_fresh(index, fresh)
        index.execute("COMMIT")
    except BaseException:
        if index.in_transaction:
            index.execute("ROLLBACK")
        raise


def done(index: sqlite3.Connection) -> dict[int, int]:
    """Return how far each conversation is indexed."""
    return dict(index.execute("SELECT conversation, seq FROM done"))


def heads(log: sqlite3.Connection) -> dict[int, int]:
    """Return where the log of each conversation ends."""
    return dict(log.execute("SELECT id, head FROM conversations"))


def _is_empty(log: sqlite3.Connection, conversation: int) -> bool:
    """Return whether nothing was said in a conversation, or it was deleted."""
    found = log.execute("SELECT head FROM conversations WHERE id = ?", (conversation,)).fetchone()
    return found is not None and not found[0]


def _changed(log: sqlite3.Connection, targets: Sequence[int]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(targets), _IN):
        some = targets[start : start + _IN]
        found += (Row(*row) for row in log.execute(_CHANGED.format(",".join("?" * len(some))), some))
    return sorted(found)


def _put_in(index: sqlite3.Connection, piece: Piece) -> None:
    known = index.execute("SELECT seq, stamp FROM done WHERE conversation = ?", (piece.conversation,)).fetchone()
    after, stamp = known or (0, 0)
    if after != piece.after:
        raise Overtaken
    for row in piece.changed:
        _change(index, row)
    texts: list[tuple[int, int, str]] = []
    days: dict[int, tuple[int, int]] = {}
    for row in piece.posted:
        stamp = max(stamp, row.ts)
        seq, day = seq_of(row.id), row.ts // DAY_MS
        days[day] = (days.get(day, (seq,))[0], seq)
        if not row.deleted:
            texts.append((row.id, stamp, row.text))
    index.executemany("INSERT INTO texts VALUES (?, ?, ?)", texts)
    index.executemany(_PUT_IN, [(key, text) for key, _, text in texts])
    index.executemany(_WIDEN, [(piece.conversation, day, *span) for day, span in days.items()])
    index.execute("REPLACE INTO done VALUES (?, ?, ?, ?)", (piece.conversation, piece.upto, piece.eid, stamp))


def _take_out(index: sqlite3.Connection, piece: Piece) -> None:
    """Take messages of a deleted channel out; with the last of them that it was ever put in."""
    number = piece.conversation
    bounds = row_id(number, 0), row_id(number, MAX_SEQ), piece.gone
    some = index.execute(f"{_TEXTS} LIMIT ?", bounds).fetchall()
    index.executemany(_TAKE_OUT, some)
    index.executemany("DELETE FROM texts WHERE id = ?", [(key,) for key, _ in some])
    if len(some) < piece.gone:
        index.execute("DELETE FROM days WHERE conversation = ?", (number,))
        index.execute("DELETE FROM done WHERE conversation = ?", (number,))
        piece.upto = 0
    fts5_merge.note_deleted(index)


def _change(index: sqlite3.Connection, row: Row) -> None:
    """Take the old words of a message out, and put the new ones in."""
    known = index.execute("SELECT text FROM texts WHERE id = ?", (row.id,)).fetchone()
    if known is None:
        return  # deleted before
    index.execute(_TAKE_OUT, (row.id, known[0]))
    if row.deleted:
        index.execute("DELETE FROM texts WHERE id = ?", (row.id,))
        fts5_merge.note_deleted(index)
        return
    index.execute("UPDATE texts SET text = ? WHERE id = ?", (row.text, row.id))
    index.execute(_PUT_IN, (row.id, row.text))
