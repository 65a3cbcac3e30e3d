"""A file that is being saved: under a name of its own until it is whole, and never over another one. Blocks.

That name tells what it is: who saves the same file there again, after this process was killed, goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.filenames import file_name, numbered
from chat_core.client.files.claimed import claim, throw_away_old
from chat_core.protocol.values import FileInfo

_PART: Final = re.compile(r"\..+\.[0-9a-f]{8}\.part")
_READ_BYTES: Final = 1024 * 1024
_NAMES: Final = 1000
"""Names tried for a file before giving up."""


class NotTheFile(WorldFault):
    """What was saved is not the file that was sent."""


class Target:
    """See the module's head. Made by `Target.open`.

    Args:
        folder: where it is saved.
        name: what it is called there, if that is free.
        exact: whether it may be called nothing else.
    """

    def __init__(self, folder: Path, name: str, *, exact: bool) -> None:
        self._folder = folder
        self._name = name
        self._exact = exact
        self._partial = folder
        self._descriptor = -1
        self._hash = hashlib.sha256()
        self.done = 0
        """Bytes that are there from an earlier run: only the rest is written."""

    @classmethod
    def open(cls, to: Path, file: FileInfo, now_ms: int) -> Target:
        """Begin to save, or go on.

        Args:
            to: a folder, or a path that is free.
            file: what it is; its name is not trusted.
            now_ms: the time, in milliseconds since 1970.

        Raises:
            UsageFault: there is a file already.
            WorldFault: it cannot be written there.
        """
        if to.is_dir():
            target = cls(to, file_name(file.name), exact=False)
        elif os.path.lexists(to):
            raise _there(to)
        else:
            target = cls(to.parent, to.name, exact=True)
        try:
            target._begin(file, now_ms)
        except OSError as fault:
            target.close()
            raise WorldFault(f"Nothing can be saved in {target._folder} ({fault.strerror}).") from fault
        return target

    def write(self, data: bytes) -> None:
        """Append a piece. Raises: WorldFault."""
        self._hash.update(data)
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as fault:
            raise WorldFault(f"{self._name} cannot be saved in {self._folder} ({fault.strerror}).") from fault

    def finish(self, sha256: bytes) -> Path:
        """Give the file its name; return where it is.

        Raises:
            UsageFault: there is a file of that name by now.
            NotTheFile: what came is not the file, or what was there of it.
            WorldFault: it cannot be saved.
        """
        if self._hash.digest() != sha256:
            raise NotTheFile(f"{self._name} did not come as it was sent (its SHA-256 differs); nothing was saved.")
        try:
            os.fsync(self._descriptor)
            return self._publish()
        except OSError as fault:
            raise WorldFault(f"{self._name} cannot be saved in {self._folder} ({fault.strerror}).") from fault

    def close(self) -> None:
        """Let go of it; what is not whole goes."""
        if self._descriptor >= 0:
            try:
                self._partial.unlink(missing_ok=True)  # while it is locked: what has that name later is another's
            finally:
                os.close(self._descriptor)
                self._descriptor = -1

    def _begin(self, file: FileInfo, now_ms: int) -> None:
        """Open the partial file, at its end. Raises: OSError."""
        throw_away_old((each for each in self._folder.glob(".*.part") if _PART.fullmatch(each.name)), now_ms)
        self._partial = self._part(file.sha256[:4])
        descriptor = None
        with suppress(OSError):
            descriptor = claim(self._partial)
        if descriptor is None:  # somebody else saves the same, or something else has that name
            self._partial = self._part(os.urandom(4))
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._partial, flags, 0o600)
        self._descriptor = descriptor
        if os.fstat(descriptor).st_size > file.size:
            os.ftruncate(descriptor, 0)
        while data := os.read(descriptor, _READ_BYTES):
            self._hash.update(data)
            self.done += len(data)

    def _part(self, key: bytes) -> Path:
        return self._folder / f".{self._name}.{key.hex()}.part"

    def _publish(self) -> Path:
        for number in range(1, _NAMES):
            path = self._folder / (self._name if number == 1 else numbered(self._name, number))
            with suppress(FileExistsError):
                _move(self._partial, path)
                return path
            if self._exact:
                raise _there(path)
        raise UsageFault(f"There are too many files called {self._name} in {self._folder}.")


def _move(partial: Path, path: Path) -> None:
    """Give a file its name, unless there is one of that name. Raises: FileExistsError."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError as fault:  # a file system without links: claim the name, then take its place
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        except FileExistsError as there:
            raise there from fault
        partial.replace(path)


def _there(path: Path) -> UsageFault:
    return UsageFault(f"{path} is there already; nothing was saved: choose another name.")
