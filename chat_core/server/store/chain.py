"""The chain of the audit log: what a row's hash covers, and how `meta` names the newest row. Pure.

Each row's hash covers the row and the hash before it; `meta` keeps the number and the hash of the newest one. So a row
that is changed, taken out of the middle or cut off the end is noticed, and whoever wrote a hash down elsewhere can tell
whether the past was written anew.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

HEAD_KEY: Final = "audit_head"
"""Key in `meta`: `NUMBER:HASH` of the newest row, the hash in hexadecimal digits."""
SERVER: Final = "server"
"""Name of the actor that is no account."""


def parse_head(value: str | None) -> tuple[int, bytes]:
    """Return number and hash of the newest row; 0 and nothing: there is none. Raises: ValueError."""
    if value is None:
        return 0, b""
    number, _, chained = value.partition(":")
    return int(number), bytes.fromhex(chained)


def head_of(number: int, chained: bytes) -> str:
    """Return what `meta` says of the newest row."""
    return f"{number}:{chained.hex()}"


def link(
    before: bytes, number: int, ts: int, actor: int | None, actor_name: str, act: str, target: str, detail: str
) -> bytes:
    """Return the hash of a row."""
    packed = msgspec.msgpack.encode((number, ts, actor, actor_name, act, target, detail))
    return hashlib.sha256(before + packed).digest()
