"""Whether the index beside a store is what the log makes of it, and how far behind. Changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from chat_core.server.store import sqlite_file
from chat_core.server.store.checks.base import Findings, Outcome, times
from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.reader import read_epoch
from chat_core.server.store.search import fts5_file, fts5_index

SAMPLED: Final = 200
"""Messages of which it is looked up whether they can be found."""

_SAMPLE: Final = "SELECT id, text FROM texts WHERE id >= ? ORDER BY id LIMIT 1"
_FOUND: Final = "SELECT 1 FROM words WHERE words MATCH ? AND rowid = ?"
_COUNT: Final = "SELECT count(*) FROM texts WHERE id BETWEEN ? AND ?"
_EXPECTED: Final = (
    "SELECT count(*) FROM messages WHERE id BETWEEN ? AND ? AND (NOT deleted OR changed > ?)"  # that is not indexed yet
)


def check_search(database: Path) -> Outcome:
    """Look whether the search index is what the log makes of it, and tell how far it is behind."""
    findings = Findings()
    path = fts5_file.path_beside(database)
    if not path.exists():
        return Outcome("search", "no index yet; the server makes it at its next start")
    try:
        # The index first: what the log has gained meanwhile only counts as behind.
        with _snapshot(path) as index, sqlite_file.snapshot_engine(database).begin() as log:
            text = _look(index, log, findings)
    except sqlite3.Error:
        text = "the index is damaged; the server makes it anew as soon as it comes upon that"
    return Outcome("search", text, tuple(findings.told), findings.count)


def _look(index: sqlite3.Connection, log: Connection, findings: Findings) -> str:
    raw = log.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection), "an SQLite store"
    done = fts5_index.done(index)
    if reason := fts5_file.misfit(index, read_epoch(log), raw):
        return f"{reason}; the server makes it anew at its next start"
    heads = fts5_index.heads(raw)
    messages = 0
    for number, seq in done.items():
        if not heads.get(number, seq):
            continue  # it was deleted, and the indexer takes it out
        first, last = row_id(number, 0), row_id(number, seq)
        (has,) = index.execute(_COUNT, (first, row_id(number, MAX_SEQ))).fetchone()
        (wanted,) = raw.execute(_EXPECTED, (first, last, seq)).fetchone()
        messages += has
        if has != wanted:
            findings.add(f"of conversation {number} {times(has, 'message')} can be found, it should be {wanted:,}")
    lost = _lost(index)
    if lost:
        findings.add(f"{lost} of {SAMPLED} messages that were looked up cannot be found")
    behind = sum(max(0, head - done.get(number, 0)) for number, head in heads.items())
    return f"{times(messages, 'message')} can be found, {times(behind, 'event')} behind the log"


def _lost(index: sqlite3.Connection) -> int:
    """Look up messages here and there; return how many are not found by their author."""
    low, high = index.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM texts").fetchone()
    lost = 0
    for number in range(SAMPLED):
        row = index.execute(_SAMPLE, (low + (high - low) * number // SAMPLED,)).fetchone()
        if row is not None:
            lost += index.execute(_FOUND, (f'"{row[1].split(" ", 1)[0]}"', row[0])).fetchone() is None
    return lost


@contextmanager
def _snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(fts5_file.connect_looker(path)) as index:
        index.execute("BEGIN")
        index.execute("SELECT value FROM meta").fetchall()  # only now the snapshot is taken
        yield index
