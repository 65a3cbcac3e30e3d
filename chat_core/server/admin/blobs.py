"""The bytes of files beside a store: whether they are there, and taking them along when the store is saved.

A backup `saved.db` has them in `saved.db.files`, laid out as in the data folder; what is there already is not copied
again, so that the next backup over it takes only what is new.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, select

from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.faults import AdminFault, megabytes
from chat_core.server.admin.files import need_room
from chat_core.server.blobs.folder import FOLDER, BlobFolder
from chat_core.server.store.checks.base import Findings, Outcome, times
from chat_core.server.store.schema import files

_wanted: Final = select(files.c.sha256, files.c.size).distinct().order_by(files.c.sha256)
_READ_BYTES: Final = 1024 * 1024


def folder_of(data: Path) -> Path:
    """Return where a server has the bytes of its files."""
    return data / FOLDER


def beside(backup: Path) -> Path:
    """Return where a backup has the bytes of its files."""
    return backup.with_name(f"{backup.name}.files")


def check_blobs(connection: Connection, folder: Path) -> Outcome:
    """Look whether the bytes of every file are there, whole."""
    findings, count, size = Findings(), 0, 0
    blobs = BlobFolder(folder)
    for sha256, wanted in _needed(connection):
        count, size = count + 1, size + wanted
        there = blobs.size_of(sha256)
        if there is None:
            findings.add(f"the bytes of the file {sha256.hex()} are not there")
        elif there != wanted:
            findings.add(f"the file {sha256.hex()} has {there:,} bytes, not {wanted:,}")
    text = f"the bytes of {times(count, 'file')} of messages, {megabytes(size)}"
    return Outcome("blobs", text, tuple(findings.told), findings.count)


def take_along(connection: Connection, source: Path, target: Path) -> int:
    """Copy the bytes of a store's files to another folder; return of how many they are missing.

    What is missing is no reason to save nothing else: a message may have been deleted while the backup was made.

    Args:
        connection: to the store, in one snapshot.
        source: where they are.
        target: where to; made if there is anything to copy.

    Raises:
        AdminFault: there is no room, or a file is damaged.
        OSError: they cannot be written.
    """
    here, there = BlobFolder(source), BlobFolder(target)
    wanted = [(sha256, size) for sha256, size in _needed(connection) if there.size_of(sha256) != size]
    if wanted:
        there.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        need_room(target, sum(size for _, size in wanted))
    missing = 0
    for number, (sha256, _) in enumerate(wanted):
        try:
            file = here.path_of(sha256).open("rb")
        except FileNotFoundError:
            missing += 1
            continue
        with file:
            (there.partial / str(number)).unlink(missing_ok=True)  # of an earlier one that was cut off
            descriptor, partial = there.begin(str(number))
            digest = hashlib.sha256()
            with os.fdopen(descriptor, "wb") as copy:
                while data := file.read(_READ_BYTES):
                    digest.update(data)
                    copy.write(data)
                copy.flush()
                if digest.digest() != sha256:
                    partial.unlink()
                    raise AdminFault(f"The file {sha256.hex()} in {source} is damaged.", ExitCode.UNSOUND)
                there.publish(copy.fileno(), partial, sha256)
    return missing


def lost(missing: int) -> str:
    """Return words for files whose bytes are not there; empty: all are."""
    return f"; the bytes of {times(missing, 'file')} are missing" if missing else ""


def _needed(connection: Connection) -> Iterator[tuple[bytes, int]]:
    """Yield what the messages of a store need; one of an older version needs nothing."""
    if inspect(connection).has_table(files.name):
        for row in connection.execute(_wanted):
            yield row.sha256, row.size
