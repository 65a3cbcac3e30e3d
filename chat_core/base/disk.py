"""Files that a crash must leave whole, and that others must leave alone: replaced at once, durable, locked. Blocks.

For the small files of a program, of which it writes all each time; what is appended, or large, is its owner's business.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Replace a file, at once and wholly, for its owner only; what is written is on the disk when this returns.

    Args:
        path: of the file; its folder is there.
        content: all of it.

    Raises:
        OSError: it cannot be written; the old one is there as it was.
    """
    import tempfile  # a start writes nothing

    # mkstemp makes its file exclusively, and for its owner only.
    number, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises: OSError."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep other programs of this user that ask for the same from what is done inside; they wait.

    Args:
        lock: a file for nothing else; made if it is missing.

    Raises:
        OSError: it cannot be made.
    """
    number = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
