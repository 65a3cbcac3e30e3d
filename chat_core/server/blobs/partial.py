"""What must be known of an upload under way besides its bytes, so that it outlives the server: a file beside them.

Bytes without such a file are worth nothing, and neither is one of another life of the store, whose numbers of accounts
and conversations meant something else. Blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from chat_core.base.unreadable import UNREADABLE
from chat_core.protocol.values import FileInfo

_SUFFIX: Final = ".about"


class About(msgspec.Struct, frozen=True):
    """What was announced, and by whom."""

    account: int
    cid: bytes
    """Of the message to come."""
    conversation: int
    """Where that goes."""
    file: FileInfo
    epoch: str
    """Life of the store in which the numbers mean something."""

    @property
    def name(self) -> str:
        """What the bytes are called; no two uploads share it."""
        return f"{self.account}-{self.cid.hex()}"


class Left(NamedTuple):
    """An upload that an earlier run left."""

    about: About
    path: Path
    """Of its bytes."""
    size: int
    """How many there are."""
    changed_s: float
    """When the last ones came, in seconds since 1970."""


def write_about(path: Path, about: About) -> None:
    """Put it beside bytes that are to come. Raises: OSError."""
    _beside(path).write_bytes(msgspec.msgpack.encode(about))


def forget_about(path: Path) -> None:
    """Take it away. Raises: OSError."""
    _beside(path).unlink(missing_ok=True)


def left_in(folder: Path, epoch: str) -> Iterator[Left]:
    """Yield what an earlier run left and can be gone on with; all other files there are removed. Raises: OSError."""
    if not folder.is_dir():
        return
    there = sorted(folder.iterdir())
    found = [left for path in there if (left := _read(path, epoch)) is not None]
    kept = {path for left in found for path in (left.path, _beside(left.path))}
    for path in there:
        if path not in kept and (path.is_symlink() or not path.is_dir()):  # a folder is of another program
            path.unlink()
    yield from found


def _beside(path: Path) -> Path:
    return path.with_name(path.name + _SUFFIX)


def _read(path: Path, epoch: str) -> Left | None:
    """Return what bytes belong to; None: to nothing that can be gone on with."""
    if path.name.endswith(_SUFFIX):
        return None
    with suppress(OSError, *UNREADABLE):
        about = msgspec.msgpack.decode(_beside(path).read_bytes(), type=About)
        status = path.stat()
        if about.epoch == epoch and about.name == path.name and status.st_size <= about.file.size:
            return Left(about, path, status.st_size, status.st_mtime)
    return None
