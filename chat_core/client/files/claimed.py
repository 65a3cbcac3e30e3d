"""A small file that one process at a time has for itself: what it was doing, for the next one to go on with. Blocks.

Others may write to its folder. So nothing is followed, and what is not one's own, or has two names, is not taken.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

FORGOTTEN_MS: Final = 24 * 3600 * 1000
"""Age from which on what nobody went on with is thrown away, in milliseconds."""

_FLAGS: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def claim(path: Path, *, make: bool = True) -> int | None:
    """Open a file and lock it; return its descriptor, or None: somebody else has it, or it cannot be trusted.

    Args:
        path: where it is.
        make: whether it is made if it is not there.

    Raises:
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, _FLAGS | (os.O_CREAT if make else 0), 0o600)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_ours(path, os.fstat(descriptor)):
                return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def throw_away_old(paths: Iterable[Path], now_ms: int) -> None:
    """Remove those of some files that nobody has, and nobody had for a day. What cannot be removed stays.

    Args:
        paths: they.
        now_ms: the time, in milliseconds since 1970.
    """
    oldest_s = (now_ms - FORGOTTEN_MS) / 1000
    for path in paths:
        with suppress(OSError):
            if path.lstat().st_mtime >= oldest_s or (descriptor := claim(path, make=False)) is None:
                continue
            try:
                path.unlink()
            finally:
                os.close(descriptor)


def _is_ours(path: Path, status: os.stat_result) -> bool:
    """Return whether an open file is still what has that name, and nobody else can have put it there."""
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_nlink != 1:
        return False
    with suppress(FileNotFoundError):
        return path.lstat().st_ino == status.st_ino
    return False
