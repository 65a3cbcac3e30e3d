"""Files on disk, each under the SHA-256 of its content: the same file sent twice lies there once.

`blobs/ab/cdef...` is a whole file, durable before anything refers to it; `blobs/partial/` holds what is not whole.
Blocks: called in a thread, but for `remove`, which only unlinks.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from chat_core.base.disk import sync_folder

FOLDER: Final = "blobs"
"""Its name in the data folder."""
_PARTIAL: Final = "partial"
_HASH_CHARS: Final = 64


class BlobFolder:
    """See the module's head.

    Args:
        path: the folder; made when the first file comes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.total_bytes = 0
        """Size of all whole files."""
        self._counting = threading.Lock()

    def open(self) -> None:
        """Count what is there. Raises: OSError."""
        self.total_bytes = sum(self.size_of(sha256) or 0 for sha256 in self.all())

    @property
    def partial(self) -> Path:
        """Where what is not whole lies; it may not be there."""
        return self.path / _PARTIAL

    def path_of(self, sha256: bytes) -> Path:
        """Return where a file of that content is, or would be."""
        name = sha256.hex()
        return self.path / name[:2] / name[2:]

    def size_of(self, sha256: bytes) -> int | None:
        """Return the size of a file in bytes; None: it is not there."""
        try:
            return self.path_of(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def all(self) -> Iterator[bytes]:
        """Yield the SHA-256 of every whole file; other things in the folder are passed over."""
        if not self.path.is_dir():
            return
        for shelf in sorted(self.path.iterdir()):
            if len(shelf.name) == 2 and shelf.is_dir():
                for file in sorted(shelf.iterdir()):
                    with suppress(ValueError):
                        if len(name := shelf.name + file.name) == _HASH_CHARS:
                            yield bytes.fromhex(name)

    def begin(self, name: str) -> tuple[int, Path]:
        """Make an empty partial file; return its descriptor and its path. Raises: OSError."""
        self.partial.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.partial / name
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), path

    def publish(self, descriptor: int, partial: Path, sha256: bytes) -> None:
        """Make a partial file durable and give it its name; one of the same content gives way. Raises: OSError."""
        os.fsync(descriptor)
        path = self.path_of(sha256)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        before = self.size_of(sha256)
        partial.replace(path)
        sync_folder(path.parent)
        sync_folder(self.path)
        self._count(path.stat().st_size - (before or 0))

    def remove(self, sha256: bytes) -> None:
        """Remove a file; one that is not there is no fault."""
        size = self.size_of(sha256)
        with suppress(OSError):
            self.path_of(sha256).unlink()
            self._count(-(size or 0))

    def read(self, sha256: bytes, offset: int, limit: int) -> bytes:
        """Return a piece of a file. Raises: OSError."""
        # Without O_NONBLOCK a pipe that somebody has put there would hold up every file that is asked for.
        descriptor = os.open(self.path_of(sha256), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return os.pread(descriptor, limit, offset)
        finally:
            os.close(descriptor)

    def _count(self, more: int) -> None:
        with self._counting:
            self.total_bytes += more
