"""Bringing a saved store back, as a new life of it: every client is told so, and reads it anew."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.disk import sync_folder
from chat_core.base.errors import WorldFault
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.blobs import beside, folder_of, take_along
from chat_core.server.admin.faults import AdminFault
from chat_core.server.admin.files import need_room, publish, unfinished, writing
from chat_core.server.admin.reading import Contents, snapshot, verify
from chat_core.server.folder import SET_ASIDE, DataFolder, FolderInUse
from chat_core.server.store import schema, sqlite_file, sqlite_paths
from chat_core.server.store.reader import read_epoch
from chat_core.server.store.search import fts5_file

EPOCH_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back."""

    contents: Contents
    before: str
    """The epoch of the backup, which ends here."""
    kept: Path | None
    """Where the database that was there is now."""
    migrates_to: str
    """Version of the schema to which the server brings it at its start; empty: it has that version."""
    missing: int = 0
    """Files of messages whose bytes are not there."""


def restore(
    file: Path, data: Path, *, replace: bool, clock: Clock, chance: Callable[[int], bytes] = os.urandom
) -> Restored:
    """Put a backup into a data folder, with a new epoch; it appears there once it was read back and is whole.

    Args:
        file: the backup.
        data: the data folder; made if it is missing.
        replace: whether a database that is there gives way; it is kept under another name.
        clock: its time is in that name.
        chance: returns that many random bytes.

    Raises:
        AdminFault: nothing was changed.
    """
    with snapshot(file):
        pass  # a file that is no backup is refused before a folder is made for it
    folder = _locked(data)
    try:
        database = folder.database
        if _there(database) and not replace:
            raise AdminFault(
                f"There is a database in {data}: choose another folder, or add --replace, which keeps it beside.",
                ExitCode.CANNOT_CREATE,
            )
        with writing(database), unfinished(database) as path:
            with snapshot(file) as connection:
                need_room(data, sqlite_file.size_of(connection))
                sqlite_file.fill(connection, path)
                before = read_epoch(connection)
                missing = take_along(connection, beside(file), folder_of(data))
            _begin_epoch(path, chance(EPOCH_BYTES).hex())
            contents = verify(path)
            kept = _set_aside(database, clock) if _there(database) else None
            fts5_file.remove(fts5_file.path_beside(database))  # the server makes one of the new database
            publish(path, database, replace=True)
    finally:
        folder.unlock()
    return Restored(contents, before, kept, schema.HEAD if contents.version < schema.HEAD else "", missing)


def _locked(data: Path) -> DataFolder:
    folder = DataFolder(data)
    try:
        folder.lock()
    except FolderInUse as fault:
        raise AdminFault(f"A server is running with the data folder {data}: stop it first.", ExitCode.IN_USE) from fault
    except WorldFault as fault:
        raise AdminFault(str(fault), ExitCode.CANNOT_CREATE) from fault
    return folder


def _there(database: Path) -> bool:
    """Return whether there is anything that a database could be made of."""
    return any(os.path.lexists(path) for path in (database, *_companions(database)))


def _companions(database: Path) -> list[Path]:
    return [sqlite_paths.companion(database, ending) for ending in sqlite_paths.COMPANIONS]


def _begin_epoch(path: Path, epoch: str) -> None:
    """Name the store's new life, durably: positions and cids of the old one mean nothing in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (epoch,))


def _set_aside(database: Path, clock: Clock) -> Path:
    """Give the database that is there another name; return it.

    The write-ahead log belongs to the database beside it: left where it is, it would be written into the new one. So
    it goes first, after its content was moved into the database; from then on there is at any moment a whole database
    under the name, the old one or the new one.
    """
    kept = _free_name(database, clock)
    _fold_log_in(database)
    for ending in sqlite_paths.COMPANIONS:  # what a damaged database leaves
        path = sqlite_paths.companion(database, ending)
        if os.path.lexists(path):
            path.rename(sqlite_paths.companion(kept, ending))
    if os.path.lexists(database):
        _name_also(database, kept)
    sync_folder(database.parent)
    return kept


def _name_also(database: Path, kept: Path) -> None:
    """Give the database another name beside its own."""
    try:
        os.link(database, kept, follow_symlinks=False)
    except OSError:  # a file system without links
        with unfinished(kept) as path:
            shutil.copyfile(database, path)
            with path.open("rb") as file:
                os.fsync(file.fileno())
            publish(path, kept, replace=False)


def _fold_log_in(database: Path) -> None:
    """Move the content of a write-ahead log into its database; one that is damaged is left as it is, for experts."""
    if not database.is_file() or not sqlite_paths.companion(database, "-wal").exists():
        return
    try:
        with snapshot(database):
            pass
    except AdminFault:
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _free_name(database: Path, clock: Clock) -> Path:
    stamp = datetime.fromtimestamp(clock.wall_ms() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = database.with_name(f"{database.name}{SET_ASIDE}{stamp}")
    number = 1
    while os.path.lexists(kept):
        number += 1
        kept = database.with_name(f"{database.name}{SET_ASIDE}{stamp}-{number}")
    return kept
