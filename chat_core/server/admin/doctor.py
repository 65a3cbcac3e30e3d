"""Looking whether a data folder and the store in it are sound, also while a server uses them. Changes nothing."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.blobs import check_blobs, folder_of
from chat_core.server.admin.faults import AdminFault, megabytes
from chat_core.server.admin.files import UNFINISHED, free_bytes
from chat_core.server.admin.reading import database_in, snapshot
from chat_core.server.store import sqlite_paths
from chat_core.server.store.checks.base import Findings, Outcome, times
from chat_core.server.store.checks.examining import examine
from chat_core.server.store.search.checking import check_search

ENOUGH_BYTES: Final = 256 * 1024 * 1024
"""Room that a server should have left, in bytes."""
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600


def diagnose(data: Path, *, free: Callable[[Path], int] = free_bytes) -> Iterator[Outcome]:
    """Look at a data folder and at its store.

    Args:
        data: the folder.
        free: tells the room left in a folder, in bytes.

    Yields:
        What each check told, as soon as it is known.

    Raises:
        AdminFault: there is nothing to look at, or this version cannot.
    """
    database = database_in(data)
    yield check_files(data)
    yield check_leftovers(data)
    yield check_space(data, database, free)
    yield from examine_file(database, search=True)


def examine_file(database: Path, *, search: bool = False) -> Iterator[Outcome]:
    """Look at a store in a file, in one snapshot; yields and raises as `diagnose`.

    Args:
        database: the file.
        search: whether to look at what lies beside it, too: its search index, and the bytes of files.
    """
    try:
        with snapshot(database) as connection:
            yield from examine(connection)
            if search:
                yield check_blobs(connection, folder_of(database.parent))
        if search:
            yield check_search(database)
    except AdminFault as fault:
        if fault.code is not ExitCode.UNSOUND:
            raise
        yield Outcome("integrity", "", (str(fault).rstrip("."),), 1)


def as_text(outcome: Outcome) -> str:
    """Return an outcome as a line for people, with a line more for each finding."""
    if outcome.sound:
        return f"ok   {outcome.name:13} {outcome.text}"
    lines = [f"BAD  {outcome.name:13} {times(outcome.count, 'finding')}"]
    lines += [f"       {text}" for text in outcome.findings]
    if outcome.count > len(outcome.findings):
        lines.append(f"       and {outcome.count - len(outcome.findings):,} more")
    return "\n".join(lines)


def report(data: Path, outcomes: Sequence[Outcome]) -> str:
    """Return outcomes as one line of JSON."""
    return json.dumps(
        {
            "data": str(data),
            "sound": all(outcome.sound for outcome in outcomes),
            "checks": [
                {
                    "name": outcome.name,
                    "sound": outcome.sound,
                    "text": outcome.text if outcome.sound else "",
                    "count": outcome.count,
                    "findings": list(outcome.findings),
                }
                for outcome in outcomes
            ],
        }
    )


def check_files(data: Path) -> Outcome:
    """Look whether anybody but the owner may read or write the folder and the server's files."""
    findings = Findings()
    count = 0
    for path in (data, *_members(data)):
        try:
            status = path.stat()
        except FileNotFoundError:  # a running server's own files come and go
            continue
        count += 1
        wanted = _FOLDER_MODE if path == data else _FILE_MODE
        mode = stat.S_IMODE(status.st_mode)
        if mode & ~(wanted | stat.S_IXUSR):
            findings.add(f"{path.name} has mode {mode:04o}, not {wanted:04o}: others than its owner may use it")
        if status.st_uid != data.stat().st_uid:
            findings.add(f"{path.name} belongs to another user than the folder")
    return _outcome("files", f"{times(count - 1, 'file')} and the folder are their owner's alone", findings)


def check_leftovers(data: Path) -> Outcome:
    """Look for files of commands that were killed."""
    findings = Findings()
    for path in _members(data):
        if UNFINISHED in path.name:
            findings.add(f"{path.name} was left unfinished; if no command is writing it, it can be removed")
    return _outcome("leftovers", "nothing unfinished", findings)


def check_space(data: Path, database: Path, free: Callable[[Path], int]) -> Outcome:
    """Look whether there is room for a server to go on writing, and for a migration's copy."""
    findings = Findings()
    size = database.stat().st_size
    left = free(data)
    wanted = max(ENOUGH_BYTES, size)
    if left < wanted:
        findings.add(f"{megabytes(left)} are free, it should be {megabytes(wanted)} or more")
    wal = sqlite_paths.companion(database, "-wal")
    waiting = wal.stat().st_size if wal.exists() else 0
    text = f"{megabytes(left)} free; the database has {megabytes(size)}, its write-ahead log {megabytes(waiting)}"
    return _outcome("space", text, findings)


def _members(data: Path) -> list[Path]:
    """Return what belongs to the server in its folder, by name."""
    return sorted(path for path in data.iterdir() if path.name == "lock" or path.name.startswith("chat.db"))


def _outcome(name: str, text: str, findings: Findings) -> Outcome:
    return Outcome(name, text, tuple(findings.told), findings.count)
