"""The files of an SQLite database: where they lie, and how they are made. Opens no database.

Loaded by processes that only need SQLite itself; so nothing of SQLAlchemy may be needed here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault

BUSY_S: Final = 5.0
"""How long a connection waits for a lock that another program holds, in seconds."""
COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""What SQLite puts behind a database's name for files of its own."""


def make_private(path: Path) -> None:
    """Make the file, readable for its owner only, unless it is there; SQLite gives its other files the same mode.

    Raises:
        WorldFault: it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise unwritable(path, error.strerror or "unknown error") from error


def companion(path: Path, ending: str) -> Path:
    """Return one of SQLite's own files beside a database."""
    return path.with_name(path.name + ending)


def unwritable(path: Path, reason: str) -> WorldFault:
    """Return one sentence for a database that cannot be opened and written, and why."""
    return WorldFault(
        f"The database {path} cannot be opened and written ({reason}); "
        "choose another folder with --data, or mend its permissions."
    )
