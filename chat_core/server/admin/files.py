"""Files that appear complete or not at all: written under a name of their own, made durable, then given their name."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from chat_core.base.disk import sync_folder
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.faults import AdminFault, megabytes
from chat_core.server.store.sqlite_paths import COMPANIONS, companion

UNFINISHED: Final = ".unfinished"
"""Ends the name of a file that is being written; one that stays was left by a command that was killed."""
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """Make an empty file beside a target, for its owner only; what still has that name at the end is removed.

    Raises:
        AdminFault: another process is writing it.
        OSError: it cannot be made.
    """
    path = target.with_name(target.name + UNFINISHED)
    number = _claim(path)
    try:
        yield path
    finally:
        if _is(path, number):
            path.unlink()
        for ending in COMPANIONS:
            companion(path, ending).unlink(missing_ok=True)
        os.close(number)


def publish(path: Path, target: Path, *, replace: bool) -> None:
    """Give a complete, durable file its name, durably.

    Args:
        path: the file, in the same folder.
        target: its name.
        replace: whether another file of that name gives way.

    Raises:
        FileExistsError: there is one, and it does not.
    """
    if replace:
        path.replace(target)
    else:
        _give_new_name(path, target)
    sync_folder(target.parent)


def free_bytes(folder: Path) -> int:
    """Return the room that is left for files in a folder."""
    return shutil.disk_usage(folder).free


def need_room(folder: Path, size_bytes: int) -> None:
    """Refuse to fill the disk up. Raises: AdminFault; OSError if there is no such folder."""
    free = free_bytes(folder)
    if free < size_bytes:
        raise AdminFault(
            f"There is no room in {folder}: {megabytes(size_bytes)} are needed, {megabytes(free)} are free.",
            ExitCode.IO,
        )


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn what keeps a file from being written into one sentence. Raises: AdminFault."""
    try:
        yield
    except sqlite3.Error as error:
        raise _unwritten(target, error) from error
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _NO_ROOM:
            raise AdminFault(f"There is no room for {target} ({reason}).", ExitCode.IO) from error
        raise AdminFault(
            f"{target} cannot be written ({reason}): choose another place.", ExitCode.CANNOT_CREATE
        ) from error


def _unwritten(target: Path, error: sqlite3.Error) -> AdminFault:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code == sqlite3.SQLITE_IOERR_READ:
        return AdminFault(f"The database is damaged ({error}); 'chat-core doctor' says more.", ExitCode.UNSOUND)
    if code & 0xFF == sqlite3.SQLITE_FULL:
        return AdminFault(f"There is no room for {target} ({error}).", ExitCode.IO)
    return AdminFault(f"{target} could not be written ({error}).", ExitCode.IO)


def _claim(path: Path) -> int:
    """Make, or take over, a file that nobody else writes; return its descriptor, whose lock says so."""
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(number)
            raise AdminFault(f"Another process is writing {path} just now.", ExitCode.IN_USE) from error
        if _is(path, number):  # else its writer has just given it its name: it must not be touched
            os.fchmod(number, 0o600)
            os.ftruncate(number, 0)
            return number
        os.close(number)


def _is(path: Path, number: int) -> bool:
    """Return whether a path still names the file of a descriptor."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(number))
    except FileNotFoundError:
        return False


def _give_new_name(path: Path, target: Path) -> None:
    try:
        os.link(path, target)  # unlike a rename, this never replaces anything
    except FileExistsError:
        raise
    except OSError as error:  # a file system without links
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        path.rename(target)
    else:
        with suppress(FileNotFoundError):
            path.unlink()
