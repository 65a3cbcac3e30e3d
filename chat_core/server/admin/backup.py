"""Saving a store into one file, also while a server writes to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from chat_core.base.clock import Clock
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.blobs import beside, folder_of, take_along
from chat_core.server.admin.faults import AdminFault
from chat_core.server.admin.files import need_room, publish, unfinished, writing
from chat_core.server.admin.reading import Contents, count, database_in, snapshot, verify
from chat_core.server.store import sqlite_file, sqlite_paths


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds."""

    contents: Contents
    size_bytes: int
    took_s: float
    missing: int = 0
    """Files of messages whose bytes are not there."""


def back_up(data: Path, target: Path, *, force: bool, clock: Clock) -> Saved:
    """Save the store of a data folder, as of one moment, into a file that appears once it was read back and is whole.

    Args:
        data: the data folder, of a server that runs or not.
        target: where to.
        force: whether a file that is there gives way.
        clock: measures the time.

    Raises:
        AdminFault: nothing was saved, and a file that was there is as it was.
    """
    began = clock.monotonic()
    database = database_in(data)
    _refuse(database, target, force=force)
    with writing(target), unfinished(target) as path:
        with snapshot(database) as connection:
            size_bytes = sqlite_file.size_of(connection)
            need_room(target.parent, size_bytes)
            sqlite_file.fill(connection, path)
            there = count(connection)
            missing = take_along(connection, folder_of(data), beside(target))
        saved = verify(path)
        if saved != there:
            raise AdminFault(f"The copy holds {saved}, the store {there}; it was not kept.", ExitCode.UNSOUND)
        try:
            publish(path, target, replace=force)
        except FileExistsError as error:
            raise _exists(target) from error
    return Saved(saved, target.stat().st_size, clock.monotonic() - began, missing)


def _refuse(database: Path, target: Path, *, force: bool) -> None:
    """Refuse targets that would destroy something. Raises: AdminFault."""
    if target.name in ("", "-"):
        raise AdminFault("A backup needs the name of a file.", ExitCode.USAGE)
    if target.is_dir():
        raise AdminFault(f"{target} is a folder: name a file in it.", ExitCode.USAGE)
    there = target.parent.resolve() / target.name
    own = database.resolve()
    if there in (own, *(sqlite_paths.companion(own, ending) for ending in sqlite_paths.COMPANIONS)):
        raise AdminFault(f"{target} belongs to the store itself: choose another name.", ExitCode.USAGE)
    if target.exists() and target.samefile(database):
        raise AdminFault(f"{target} is the store itself: choose another name.", ExitCode.USAGE)
    if os.path.lexists(target) and not force:
        raise _exists(target)


def _exists(target: Path) -> AdminFault:
    return AdminFault(f"{target} is there already: choose another name, or add --force.", ExitCode.CANNOT_CREATE)
