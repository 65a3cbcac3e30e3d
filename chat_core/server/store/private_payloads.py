"""Events about private chats to payloads and back. Pure; `payloads` asks it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from chat_core.protocol.events import AccountEvent, IgnoreChanged, PrivateChatChanged

PRIVATE_CHAT_CHANGED: Final = "private_chat_changed"
IGNORE_CHANGED: Final = "ignore_changed"
"""Kinds as they stand in the table: for ever, whatever becomes of the names on the wire."""

_Act = Literal["asked", "begun", "declined", "ended"]


class _Ignore(msgspec.Struct, frozen=True, omit_defaults=True):
    account: int
    ignored: bool = True


class _Chat(msgspec.Struct, frozen=True, omit_defaults=True):
    number: int
    act: _Act
    name: str
    own: bool = False


_ignore = msgspec.msgpack.Decoder(_Ignore).decode
_pack = msgspec.msgpack.Encoder().encode
_chat = msgspec.msgpack.Decoder(_Chat).decode


def pack_private_chat(number: int, act: _Act, name: str, own: bool) -> bytes:
    """Return the payload of a `PrivateChatChanged`."""
    return _pack(_Chat(number, act, name, own))


def pack_ignore(account: int, ignored: bool) -> bytes:
    """Return the payload of an `IgnoreChanged`."""
    return _pack(_Ignore(account, ignored))


def account_event(seq: int, kind: str, payload: bytes, conversation: int) -> AccountEvent | None:
    """Return the account event of a row; None: it is of another kind."""
    if kind == IGNORE_CHANGED:
        ignore = _ignore(payload)
        return IgnoreChanged(seq=seq, account=ignore.account, ignored=ignore.ignored)
    if kind != PRIVATE_CHAT_CHANGED:
        return None
    chat = _chat(payload)
    return PrivateChatChanged(
        seq=seq, conversation=conversation, number=chat.number, act=chat.act, name=chat.name, own=chat.own
    )
