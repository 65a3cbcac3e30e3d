"""A file that is to be sent: looked at before, and whether it stayed the same. Blocks; called in a thread."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
import stat
from pathlib import Path
from typing import Final, NamedTuple

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.filenames import file_name, size_in_words
from chat_core.protocol.values import FileInfo

READ_BYTES: Final = 1024 * 1024
"""What is read at a time, in bytes."""
UNKNOWN_TYPE: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


class _State(NamedTuple):
    """What changes when somebody writes to a file."""

    size: int
    modified_ns: int
    inode: int


class Source:
    """An open file; see the module's head. Made by `Source.open`."""

    def __init__(self, descriptor: int, path: Path, state: _State) -> None:
        self.path = path
        self.info: FileInfo
        """What it is, as of when it was opened."""
        self._descriptor = descriptor
        self._state = state

    @classmethod
    def open(cls, path: Path, most: int) -> Source:
        """Open a file and look at all of it.

        Args:
            path: where it is.
            most: bytes that the server takes; 0: it takes no files.

        Raises:
            UsageFault: it is no file, too large, or somebody is writing to it.
            WorldFault: it cannot be read.
        """
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not be waited for
        except FileNotFoundError as fault:
            raise UsageFault(f"There is no file {path}.") from fault
        except OSError as fault:
            raise WorldFault(f"{path} cannot be read ({fault.strerror}).") from fault
        try:
            status = os.fstat(descriptor)
            _check(path, status, most)
            source = cls(descriptor, path, _state(status))
            source.info = FileInfo(
                name=file_name(path.name), size=status.st_size, type=type_of(path.name), sha256=source._digest()
            )
            source.check()
        except BaseException:
            os.close(descriptor)
            raise
        return source

    def read(self, offset: int, limit: int) -> bytes:
        """Return a piece. Raises: UsageFault: it became shorter; WorldFault: it cannot be read."""
        try:
            data = os.pread(self._descriptor, limit, offset)
        except OSError as fault:
            raise WorldFault(f"{self.path} cannot be read ({fault.strerror}).") from fault
        if not data:
            raise _changed(self.path)
        return data

    def check(self) -> None:
        """See whether the file is as it was when it was opened. Raises: UsageFault."""
        if _state(os.fstat(self._descriptor)) != self._state:
            raise _changed(self.path)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)

    def _digest(self) -> bytes:
        digest, offset = hashlib.sha256(), 0
        while offset < self._state.size:
            data = self.read(offset, min(READ_BYTES, self._state.size - offset))
            digest.update(data)
            offset += len(data)
        return digest.digest()


def type_of(name: str) -> str:
    """Return the media type that a file's name tells."""
    guessed, packed = mimetypes.guess_type(name, strict=False)
    if guessed is None or packed is not None or not _TYPE.fullmatch(guessed):
        return UNKNOWN_TYPE
    return guessed


def _check(path: Path, status: os.stat_result, most: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UsageFault(f"{path} is a folder: pack it into one file, and send that.")
    if not stat.S_ISREG(status.st_mode):
        raise UsageFault(f"{path} is no regular file.")
    if not most:
        raise UsageFault("This server takes no files.")
    if status.st_size > most:
        raise UsageFault(
            f"{path} has {size_in_words(status.st_size)}; this server takes files up to {size_in_words(most)}."
        )


def _state(status: os.stat_result) -> _State:
    return _State(status.st_size, status.st_mtime_ns, status.st_ino)


def _changed(path: Path) -> UsageFault:
    return UsageFault(f"{path} changed while it was read; send it again when nobody writes to it.")
