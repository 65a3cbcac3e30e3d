"""One snapshot of a database file, whoever else uses it, and whether it is a whole store."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.faults import AdminFault
from chat_core.server.store import opening, schema, sqlite_file
from chat_core.server.store.checks.base import times
from chat_core.server.store.checks.examining import BASIC, examine
from chat_core.server.store.reader import read_epoch
from chat_core.server.store.schema import accounts, conversations, events, messages


class Contents(NamedTuple):
    """What a store holds, in numbers."""

    version: str
    epoch: str
    accounts: int
    conversations: int
    events: int
    messages: int

    def __str__(self) -> str:
        """Say it for people."""
        messages, conversations = times(self.messages, "message"), times(self.conversations, "conversation")
        return f"{messages} in {conversations} of {times(self.accounts, 'account')}"


@contextmanager
def snapshot(path: Path) -> Iterator[Connection]:
    """Open one snapshot of a store; nothing is written.

    Raises:
        AdminFault: there is no such file, it cannot be read, or it is no store that this version knows.
    """
    if not path.is_file():
        raise AdminFault(f"There is no file {path}.", ExitCode.NO_TARGET)
    if not os.access(path, os.R_OK):
        raise AdminFault(f"You may not read {path}.", ExitCode.NOT_PERMITTED)
    try:
        with sqlite_file.snapshot_engine(path).connect() as connection, connection.begin():
            _check_version(path, connection)
            yield connection
    except DBAPIError as error:
        raise _unreadable(path, error) from error
    except (NoResultFound, MultipleResultsFound) as error:
        raise AdminFault(f"{path} is damaged: it has no epoch, or no version.", ExitCode.UNSOUND) from error


def database_in(data: Path) -> Path:
    """Return the database of a data folder. Raises: AdminFault `NO_TARGET`."""
    path = data / "chat.db"
    if not data.is_dir():
        raise AdminFault(f"There is no data folder {data}: name the server's with --data.", ExitCode.NO_TARGET)
    if not os.access(data, os.R_OK | os.X_OK):
        raise AdminFault(f"You may not look into the data folder {data}.", ExitCode.NOT_PERMITTED)
    if not path.exists():
        raise AdminFault(
            f"There is no database in {data}: no server has run with this data folder.", ExitCode.NO_TARGET
        )
    return path


def count(connection: Connection) -> Contents:
    """Return what a store holds."""
    return Contents(
        version=opening.version_of(connection) or "",
        epoch=read_epoch(connection),
        accounts=_rows(connection, accounts),
        conversations=_rows(connection, conversations),
        events=_rows(connection, events),
        messages=_rows(connection, messages),
    )


def verify(path: Path) -> Contents:
    """Read a file back from the disk and return what it holds.

    Raises:
        AdminFault: `UNSOUND`, and what else `snapshot` raises.
    """
    _forget(path)
    with snapshot(path) as connection:
        for outcome in examine(connection, BASIC):
            if not outcome.sound:
                raise AdminFault(f"{path} is damaged: {outcome.findings[0]}.", ExitCode.UNSOUND)
        return count(connection)


def _check_version(path: Path, connection: Connection) -> None:
    """Refuse what is no store of this version or an older one. Raises: AdminFault."""
    try:
        version = opening.version_of(connection)
    except UsageFault as fault:
        raise AdminFault(f"{path} is a database of another program.", ExitCode.CONFIG) from fault
    if version is None:
        raise AdminFault(f"The database {path} is empty.", ExitCode.NO_TARGET)
    if version > schema.HEAD:
        raise AdminFault(
            f"{path} was made by a newer version of this program (its schema is {version}, this program knows "
            f"{schema.HEAD}): use the chat-core of that version.",
            ExitCode.CONFIG,
        )


def _rows(connection: Connection, table: Table) -> int:
    number: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return number


def _forget(path: Path) -> None:
    """Take a file out of the memory of the operating system, so that it is read from the disk."""
    advise: Any = getattr(os, "posix_fadvise", None)
    if advise is not None and path.is_file():
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            advise(number, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(number)


def _unreadable(path: Path, error: DBAPIError) -> AdminFault:
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return AdminFault(f"{path} is no database, or it is damaged ({error.orig}).", ExitCode.UNSOUND)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return AdminFault(f"{path} cannot be opened ({error.orig}): mend its permissions.", ExitCode.NOT_PERMITTED)
    return AdminFault(f"{path} cannot be read ({error.orig}).", ExitCode.IO)
