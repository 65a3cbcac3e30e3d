"""Events about who is in a group, to payloads and back. Pure; `payloads` asks it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from chat_core.protocol.events import ConversationEvent, MemberLeft, MembersAdded
from chat_core.protocol.values import Person

MEMBERS_ADDED: Final = "members_added"
MEMBER_LEFT: Final = "member_left"
"""Kinds as they stand in the tables: for ever, whatever becomes of the names on the wire."""


class _Person(msgspec.Struct, frozen=True, omit_defaults=True):
    account: int
    name: str
    display: str = ""


class _Added(msgspec.Struct, frozen=True):
    people: tuple[_Person, ...]


_pack = msgspec.msgpack.Encoder().encode
_added = msgspec.msgpack.Decoder(_Added).decode


def pack_added(people: tuple[Person, ...]) -> bytes:
    """Return the payload of a `MembersAdded`."""
    return _pack(_Added(tuple(_Person(each.account, each.name, each.display) for each in people)))


def conversation_event(kind: str, payload: bytes, head: dict[str, Any]) -> ConversationEvent | None:
    """Return the event of a row; None: it is of another kind."""
    if kind == MEMBERS_ADDED:
        people = _added(payload).people
        return MembersAdded(
            **head, people=tuple(Person(account=each.account, name=each.name, display=each.display) for each in people)
        )
    return MemberLeft(**head) if kind == MEMBER_LEFT else None
