"""Where an answer ended, as bytes that only this server reads. Pure."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from chat_core.server.store.searching import BadCursor

_NEWEST: Final = struct.Struct(">cqq")
_RANKED: Final = struct.Struct(">cqqIdqq")


class Mark(NamedTuple):
    """A place in the order of messages across conversations: by stamp, and then by id."""

    stamp: int
    id: int


class Behind(NamedTuple):
    """What follows a place, newest first."""

    mark: Mark


class Rank(NamedTuple):
    """What follows a hit in the order of how good they are: by what it is worth, and then the newest first."""

    newest: Mark
    """Of the hits that are ranked,"""
    among: int
    """and how many they are."""
    worth: float
    last: Mark


def pack(cursor: Behind | Rank) -> bytes:
    """Return a cursor's bytes."""
    if isinstance(cursor, Behind):
        return _NEWEST.pack(b"n", *cursor.mark)
    return _RANKED.pack(b"r", *cursor.newest, cursor.among, cursor.worth, *cursor.last)


def unpack(data: bytes, *, ranked: bool) -> Behind | Rank | None:
    """Return the cursor in bytes; None: from the beginning. Raises: BadCursor."""
    if not data:
        return None
    try:
        if ranked:
            kind, stamp, key, among, worth, *last = _RANKED.unpack(data)
            cursor: Behind | Rank = Rank(Mark(stamp, key), among, worth, Mark(*last))
        else:
            kind, stamp, key = _NEWEST.unpack(data)
            cursor = Behind(Mark(stamp, key))
    except struct.error as error:
        raise BadCursor from error
    if kind != (b"r" if ranked else b"n"):
        raise BadCursor
    return cursor
