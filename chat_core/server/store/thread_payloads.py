"""Account events about threads to payloads and back. Pure; `payloads` asks it."""

from __future__ import annotations

from typing import Final

import msgspec

from chat_core.protocol.events import AccountEvent, ThreadMarked

THREAD_MARKED: Final = "thread_marked"
"""Kind as it stands in the table: for ever, whatever becomes of the name on the wire."""


class _Marked(msgspec.Struct, frozen=True, omit_defaults=True):
    thread: int
    following: bool
    read: int


_pack = msgspec.msgpack.Encoder().encode
_marked = msgspec.msgpack.Decoder(_Marked).decode


def pack_thread(thread: int, following: bool, read: int) -> bytes:
    """Return the payload of a `ThreadMarked`."""
    return _pack(_Marked(thread, following, read))


def account_event(seq: int, kind: str, payload: bytes, conversation: int) -> AccountEvent | None:
    """Return the account event of a row; None: it is of another kind."""
    if kind != THREAD_MARKED:
        return None
    marked = _marked(payload)
    return ThreadMarked(
        seq=seq, conversation=conversation, thread=marked.thread, following=marked.following, read=marked.read
    )
