"""The index beside an SQLite store: a file of its own, made from the log and made again whenever it does not fit.

An own file has its own write lock, so that no send ever waits for the index, and no backup carries it. The words are in
an FTS5 table whose content is the table `texts`: SQLite 3.40 can delete from an index only by being told what was in
it. Its row id is `conversation << 32 | seq`, as everywhere: what an asker may read is a few ranges of it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from chat_core.server.store import sqlite_paths
from chat_core.server.store.search.words import VERSION

ENDING: Final = "-search"
"""Put behind the name of the database."""
FORMAT: Final = f"2.{VERSION}"
"""Of the tables and of the words in them; an index of another one is made anew."""
SECURE_DELETE_SINCE: Final = (3, 42, 0)
"""From this SQLite on a deleted message's words leave the index at once; before, when its parts are merged (`tidy`)."""

_TABLES: Final = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # How far each conversation is indexed; `stamp` is the latest time of a message up to there.
    "CREATE TABLE done (conversation INTEGER PRIMARY KEY, seq INTEGER NOT NULL, eid BLOB NOT NULL, "
    "stamp INTEGER NOT NULL)",
    # Where in a conversation the messages of a day (UTC) are.
    "CREATE TABLE days (conversation INTEGER NOT NULL, day INTEGER NOT NULL, first INTEGER NOT NULL, "
    "last INTEGER NOT NULL, PRIMARY KEY (conversation, day)) WITHOUT ROWID",
    # `stamp` is a message's time, or that of one before it, if a clock went back: it never falls along a conversation.
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, stamp INTEGER NOT NULL, text TEXT NOT NULL)",
    # The ASCII tokenizer parts terms at blanks and leaves all beyond ASCII alone: the terms are ours.
    "CREATE VIRTUAL TABLE words USING fts5(text, content='texts', content_rowid='id', columnsize=0, "
    "tokenize=\"ascii tokenchars '_@.-'\")",
)
_WRITER: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # never damaged; what the last moments brought may be lost, and is indexed again
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -16384",
)
_READER: Final = ("PRAGMA query_only = ON", "PRAGMA cache_size = -16384", "PRAGMA mmap_size = 1073741824")


def path_beside(database: Path) -> Path:
    """Return where the index of a database is."""
    return sqlite_paths.companion(database, ENDING)


def prepare(path: Path, epoch: str, log: sqlite3.Connection) -> bool:
    """Make the index, empty, unless one is there that fits the log; return whether it was made.

    Args:
        path: of the index.
        epoch: of the store.
        log: reads the store's database.

    Raises:
        OSError, sqlite3.Error, WorldFault: it cannot be made.
    """
    if path.exists() and _fits(path, epoch, log):
        return False
    remove(path)
    sqlite_paths.make_private(path)
    with closing(connect_writer(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _make(connection, epoch)
        connection.execute("COMMIT")
    return True


def begin_anew(index: sqlite3.Connection) -> None:
    """Make an index that is damaged empty, under whoever reads it.

    Args:
        index: the writer's connection.

    Raises:
        sqlite3.Error: not even that can be done.
    """
    index.execute("BEGIN IMMEDIATE")
    try:
        (epoch,) = index.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        for table in ("words", "texts", "days", "done", "meta"):
            index.execute(f"DROP TABLE {table}")
        _make(index, epoch)
        index.execute("COMMIT")
    except BaseException:
        if index.in_transaction:
            index.execute("ROLLBACK")
        raise


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether a fault says that a file is damaged; not that it cannot be read or written just now."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def remove(path: Path) -> None:
    """Remove an index; it can always be made again."""
    for ending in ("", *sqlite_paths.COMPANIONS):
        sqlite_paths.companion(path, ending).unlink(missing_ok=True)


def _make(index: sqlite3.Connection, epoch: str) -> None:
    for statement in _TABLES:
        index.execute(statement)
    if sqlite3.sqlite_version_info >= SECURE_DELETE_SINCE:
        index.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)")
    index.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("epoch", epoch)])


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open an index for its one writer; transactions begin where they are said to."""
    return _connect(path, "rw", _WRITER)


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open an index, or a store's database, for reading."""
    return _connect(path, "rw", _READER)


def connect_looker(path: Path) -> sqlite3.Connection:
    """Open an index from another process than its server's; a write-ahead log that was left stays as it is."""
    there = sqlite_paths.companion(path, "-wal").exists()
    return _connect(path, "ro" if there else "rw", ("PRAGMA query_only = ON",))


def _connect(path: Path, mode: str, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(
        address, uri=True, timeout=sqlite_paths.BUSY_S, check_same_thread=False, isolation_level=None
    )
    for pragma in pragmas:
        connection.execute(pragma)
    return connection


def misfit(index: sqlite3.Connection, epoch: str, log: sqlite3.Connection) -> str:
    """Return why an index is not that of a log, as a clause; empty: it is.

    Raises:
        sqlite3.Error: it is no index at all, or damaged.
    """
    meta = dict(index.execute("SELECT key, value FROM meta"))
    if meta.get("format") != FORMAT:
        return "it was made by another version of this program"
    if meta.get("epoch") != epoch:
        return "it belongs to another life of the store"
    for conversation, seq, eid in index.execute("SELECT conversation, seq, eid FROM done WHERE seq > 0"):
        found = log.execute("SELECT eid FROM events WHERE id = ?", (conversation << 32 | seq,)).fetchone()
        if found is None and _was_deleted(log, conversation):
            continue  # the indexer takes it out
        if found is None or found[0] != eid:
            return "it knows events that the log does not have"
    return ""


def _was_deleted(log: sqlite3.Connection, conversation: int) -> bool:
    """Return whether a conversation is what stays of a deleted channel."""
    found = log.execute("SELECT kind, name, head FROM conversations WHERE id = ?", (conversation,)).fetchone()
    return found is not None and found == ("channel", None, 0)


def _fits(path: Path, epoch: str, log: sqlite3.Connection) -> bool:
    try:
        with closing(connect_writer(path)) as index:
            return not misfit(index, epoch, log)
    except sqlite3.Error:
        return False
