"""An SQLite file and its connections: how they are set up, and what their errors mean. Knows no table."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from chat_core.base.disk import sync_folder
from chat_core.base.errors import WorldFault
from chat_core.server.store.committer import Trouble
from chat_core.server.store.sqlite_paths import BUSY_S, companion, make_private, unwritable

CHECKPOINT_PAGES: Final = 4000
"""Size of the write-ahead log, in pages, from which on a commit moves it into the database file: four times SQLite's
default, for with a hundred busy conversations the same pages are written again and again."""
WRITER_CACHE_KB: Final = 16 * 1024
COPY_PAGES: Final = 1024
"""Pages copied before they are brought to the disk: a commit that is made meanwhile waits for those at most."""

_OPENER: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
_WRITER: Final = (
    *_OPENER,
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was deleted is overwritten, whatever this SQLite was built to do
    f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"PRAGMA cache_size = -{WRITER_CACHE_KB}",
)
_NO_ROOM: Final = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""Errors of writing (a quota, a limit of the file system, a lost disk), besides "disk full" itself. Writing comes
before the sync: the transaction is undone and its pages in the log are written over by the next one. What is left of it
there by a crash in between has been shown to nobody, and the retry of its sends finds it under their cids. After a
failed *sync* nobody knows what the disk has: that is none of these."""
_TOLD: Final = ("journal_mode", "synchronous", "wal_autocheckpoint", "cache_size", "page_size")
_SYNCHRONOUS: Final = ("off", "normal", "full", "extra")
_READER: Final = ("PRAGMA query_only = ON",)


def opener_engine(path: Path) -> Engine:
    """Return an engine for making and migrating tables: foreign keys are not enforced, for tables are rebuilt."""
    return _engine(path, _OPENER, "BEGIN IMMEDIATE")


def writer_engine(path: Path) -> Engine:
    """Return an engine whose transactions hold the write lock from their beginning."""
    return _engine(path, _WRITER, "BEGIN IMMEDIATE")


def reader_engine(path: Path) -> Engine:
    """Return an engine whose transactions show one snapshot and cannot write."""
    return _engine(path, _READER, "BEGIN")


def snapshot_engine(path: Path) -> Engine:
    """Return an engine for another process than the server's, whose transactions show one snapshot and cannot write.

    A write-ahead log that a killed server left stays as it is. Where there is none, the files that SQLite makes for
    reading go when the last connection goes.
    """
    if companion(path, "-wal").exists():
        return _engine(path, _READER, "BEGIN", mode="ro")
    return _engine(path, _READER, "BEGIN", mode="rw")


def settings(path: Path) -> dict[str, str]:
    """Return what the writer's connection to a file is set to: the version of SQLite, and what its pragmas answer."""
    engine = writer_engine(path)
    with engine.connect() as connection:
        asked = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in _TOLD}
    asked["synchronous"] = _SYNCHRONOUS[asked["synchronous"]]
    return {"sqlite": sqlite3.sqlite_version} | {name: str(value) for name, value in asked.items()}


def classify(error: DBAPIError) -> Trouble:
    """Return what an error means for those who asked."""
    code = _code(error)
    if code == sqlite3.SQLITE_FULL or _extended(error) in _NO_ROOM:
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
        raise unwritable(path, str(error.orig)) from error


def copy(connection: Connection, to: Path) -> Path:
    """Write a consistent copy of the whole database into a file, which appears only once it is complete."""
    unfinished = to.with_name(f"{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    make_private(unfinished)
    fill(connection, unfinished)
    copied = unfinished.replace(to)
    sync_folder(to.parent)
    return copied


def size_of(connection: Connection) -> int:
    """Return the size of a database in bytes, as of a connection's snapshot."""
    pages: int = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    page_bytes: int = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    return pages * page_bytes


def fill(connection: Connection, to: Path) -> None:
    """Write a copy of the whole database into an empty file, durably; a plain file that needs no other beside it.

    Args:
        connection: in a transaction whose first statement has run, the copy is what that transaction sees.
        to: nobody else opens it.

    Raises:
        sqlite3.Error: the copy could not be written, or the database not read.
    """
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection), "an SQLite engine"
    file = os.open(to, os.O_RDWR | os.O_CLOEXEC)
    try:
        with closing(sqlite3.connect(to, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode = OFF")
            target.execute("PRAGMA synchronous = OFF")
            source.backup(target, pages=COPY_PAGES, progress=lambda *_: os.fdatasync(file))
            target.execute("PRAGMA journal_mode = DELETE")
        os.fsync(file)
    finally:
        os.close(file)


def _engine(path: Path, pragmas: tuple[str, ...], begin: str, mode: str = "rwc") -> Engine:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=BUSY_S, check_same_thread=False)

    engine = create_engine(f"sqlite:///{path}", creator=connect, poolclass=NullPool, hide_parameters=True)

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
    return _extended(error) & 0xFF


def _extended(error: DBAPIError) -> int:
    """Return SQLite's extended result code."""
    return int(getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR))
