"""Events about private chats to payloads and back. Pure; `payloads` asks it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from chat_core.protocol.events import AccountEvent, PrivateChatChanged

PRIVATE_CHAT_CHANGED: Final = "private_chat_changed"
"""Kind as it stands in the table: for ever, whatever becomes of the name on the wire."""

_Act = Literal["asked", "begun", "declined", "ended"]


class _Chat(msgspec.Struct, frozen=True, omit_defaults=True):
    number: int
    act: _Act
    name: str
    own: bool = False


_pack = msgspec.msgpack.Encoder().encode
_chat = msgspec.msgpack.Decoder(_Chat).decode


def pack_private_chat(number: int, act: _Act, name: str, own: bool) -> bytes:
    """Return the payload of a `PrivateChatChanged`."""
    return _pack(_Chat(number, act, name, own))


def account_event(seq: int, kind: str, payload: bytes, conversation: int) -> AccountEvent | None:
    """Return the account event of a row; None: it is of another kind."""
    if kind != PRIVATE_CHAT_CHANGED:
        return None
    chat = _chat(payload)
    return PrivateChatChanged(
        seq=seq, conversation=conversation, number=chat.number, act=chat.act, name=chat.name, own=chat.own
    )
