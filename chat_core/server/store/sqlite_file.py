"""An SQLite file and its connections: how they are set up, and what their errors mean. Knows no table."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from chat_core.base.errors import WorldFault
from chat_core.server.store.committer import Trouble

BUSY_S: Final = 5.0
"""How long a connection waits for a lock that another program holds, in seconds."""
CHECKPOINT_PAGES: Final = 4000
"""Size of the write-ahead log, in pages, from which on a commit moves it into the database file: four times SQLite's
default, for with a hundred busy conversations the same pages are written again and again."""
WRITER_CACHE_KB: Final = 16 * 1024

_OPENER: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
_WRITER: Final = (
    *_OPENER,
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was deleted is overwritten, whatever this SQLite was built to do
    f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"PRAGMA cache_size = -{WRITER_CACHE_KB}",
)
_READER: Final = ("PRAGMA query_only = ON",)


def make_private(path: Path) -> None:
    """Make the file, readable for its owner only, unless it is there; SQLite gives its other files the same mode.

    Raises:
        WorldFault: it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise _unwritable(path, error.strerror or "unknown error") from error


def opener_engine(path: Path) -> Engine:
    """Return an engine for making and migrating tables: foreign keys are not enforced, for tables are rebuilt."""
    return _engine(path, _OPENER, "BEGIN IMMEDIATE")


def writer_engine(path: Path) -> Engine:
    """Return an engine whose transactions hold the write lock from their beginning."""
    return _engine(path, _WRITER, "BEGIN IMMEDIATE")


def reader_engine(path: Path) -> Engine:
    """Return an engine whose transactions show one snapshot and cannot write."""
    return _engine(path, _READER, "BEGIN")


def classify(error: DBAPIError) -> Trouble:
    """Return what an error means for those who asked."""
    code = _code(error)
    if code == sqlite3.SQLITE_FULL:
        return Trouble.FULL
    return Trouble.BUSY if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else Trouble.OTHER


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn a database error into one sentence about the file. Raises: WorldFault."""
    try:
        yield
    except DBAPIError as error:
        if _code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise WorldFault(
                f"The file {path} is no database, or it is damaged; move it away, or choose another folder with --data."
            ) from error
        raise _unwritable(path, str(error.orig)) from error


def copy(connection: Connection, to: Path) -> Path:
    """Write a consistent copy of the whole database into a file, which appears only once it is complete."""
    unfinished = to.with_name(f"{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    make_private(unfinished)
    target = sqlite3.connect(unfinished)
    try:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection), "an SQLite engine"
        source.backup(target)
    finally:
        target.close()
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    return unfinished.replace(to)


def _engine(path: Path, pragmas: tuple[str, ...], begin: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where Python guesses
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _code(error: DBAPIError) -> int:
    """Return SQLite's primary result code."""
    return getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _unwritable(path: Path, reason: str) -> WorldFault:
    return WorldFault(
        f"The database {path} cannot be opened and written ({reason}); "
        "choose another folder with --data, or mend its permissions."
    )
