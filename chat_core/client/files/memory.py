"""A file that is read into memory: the one that a message told of, and nothing else. Knows no disk."""

from __future__ import annotations

import hashlib
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.protocol.values import FileInfo

_ANOTHER: Final = "The server sent something else than the file that was asked for."


class Memory:
    """See the module's head. Made by `Memory.open`.

    Args:
        size: bytes it has.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.done = 0
        """Bytes that are there from an earlier run: none ever."""
        self._data = bytearray()

    @classmethod
    def open(cls, expected: FileInfo, file: FileInfo) -> Memory:
        """Begin to read.

        Args:
            expected: what the message told.
            file: what the server sends; not trusted.

        Raises:
            WorldFault: it is another one.
        """
        if (file.sha256, file.size) != (expected.sha256, expected.size):
            raise WorldFault(_ANOTHER)
        return cls(file.size)

    def write(self, data: bytes) -> None:
        """Append a piece. Raises: WorldFault: it is too much."""
        if len(self._data) + len(data) > self._size:
            raise WorldFault(_ANOTHER)
        self._data += data

    def finish(self, sha256: bytes) -> bytes:
        """Return the file. Raises: WorldFault: it is another one."""
        if hashlib.sha256(self._data).digest() != sha256:
            raise WorldFault(_ANOTHER)
        return bytes(self._data)

    def close(self) -> None:
        """Let go of it."""
        self._data = bytearray()
