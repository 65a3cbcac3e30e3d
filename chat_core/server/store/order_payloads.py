"""Events about order - roles, rules, sanctions, invitations - to payloads and back. Pure; `payloads` asks it."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from chat_core.protocol.events import (
    AccountEvent,
    AccountSanctioned,
    ConversationEvent,
    Invited,
    MemberSanctioned,
    RoleChanged,
    RulesChanged,
)
from chat_core.protocol.values import ChannelRole, Rules, SanctionAct

ROLE_CHANGED: Final = "role_changed"
RULES_CHANGED: Final = "rules_changed"
MEMBER_SANCTIONED: Final = "member_sanctioned"
INVITED: Final = "invited"
ACCOUNT_SANCTIONED: Final = "account_sanctioned"
"""Kinds as they stand in the tables: for ever, whatever becomes of the names on the wire."""


class _Role(msgspec.Struct, frozen=True):
    account: int
    account_name: str
    role: ChannelRole


class _Rules(msgspec.Struct, frozen=True, omit_defaults=True):
    rules: Rules
    changed: tuple[str, ...]
    reason: str = ""


class _Sanctioned(msgspec.Struct, frozen=True, omit_defaults=True):
    act: SanctionAct
    account: int
    account_name: str
    until: int | None = None
    reason: str = ""
    automatic: bool = False


class _Invited(msgspec.Struct, frozen=True):
    channel: str
    name: str


class _AccountSanctioned(msgspec.Struct, frozen=True, omit_defaults=True):
    act: Literal["warn", "mute", "unmute"]
    everywhere: bool = False
    """The table wants a conversation; then it means none."""
    name: str = ""
    until: int | None = None
    reason: str = ""


_pack = msgspec.msgpack.Encoder().encode
_role = msgspec.msgpack.Decoder(_Role).decode
_rules = msgspec.msgpack.Decoder(_Rules).decode
_sanctioned = msgspec.msgpack.Decoder(_Sanctioned).decode
_invited = msgspec.msgpack.Decoder(_Invited).decode
_account_sanctioned = msgspec.msgpack.Decoder(_AccountSanctioned).decode


def pack_event(event: RoleChanged | RulesChanged | MemberSanctioned) -> tuple[str, bytes]:
    """Return the kind and the payload of a conversation event."""
    match event:
        case RoleChanged():
            return ROLE_CHANGED, _pack(_Role(event.account, event.account_name, event.role))
        case RulesChanged():
            return RULES_CHANGED, _pack(_Rules(event.rules, event.changed, event.reason))
        case MemberSanctioned():
            packed = _Sanctioned(
                event.act, event.account, event.account_name, event.until, event.reason, event.automatic
            )
            return MEMBER_SANCTIONED, _pack(packed)


def pack_account_event(event: Invited | AccountSanctioned) -> tuple[str, bytes]:
    """Return the kind and the payload of an account event."""
    match event:
        case Invited():
            return INVITED, _pack(_Invited(event.channel, event.name))
        case AccountSanctioned():
            packed = _AccountSanctioned(event.act, event.conversation is None, event.name, event.until, event.reason)
            return ACCOUNT_SANCTIONED, _pack(packed)


def conversation_event(
    conversation: int, seq: int, eid: bytes, kind: str, author: int, name: str, ts: int, payload: bytes
) -> tuple[ConversationEvent, str] | None:
    """Return the event of a row and the text in it that counts for a page's size; None: it is of another kind."""
    head: dict[str, Any] = {
        "conversation": conversation,
        "seq": seq,
        "eid": eid,
        "ts": ts,
        "author": author,
        "name": name,
    }
    if kind == ROLE_CHANGED:
        role = _role(payload)
        return RoleChanged(**head, account=role.account, account_name=role.account_name, role=role.role), ""
    if kind == RULES_CHANGED:
        rules = _rules(payload)
        return RulesChanged(**head, rules=rules.rules, changed=rules.changed, reason=rules.reason), rules.reason
    if kind == MEMBER_SANCTIONED:
        done = _sanctioned(payload)
        sanctioned = MemberSanctioned(
            **head,
            act=done.act,
            account=done.account,
            account_name=done.account_name,
            until=done.until,
            reason=done.reason,
            automatic=done.automatic,
        )
        return sanctioned, done.reason
    return None


def account_event(seq: int, kind: str, payload: bytes, conversation: int) -> AccountEvent | None:
    """Return the account event of a row; None: it is of another kind."""
    if kind == INVITED:
        invited = _invited(payload)
        return Invited(seq=seq, conversation=conversation, channel=invited.channel, name=invited.name)
    if kind == ACCOUNT_SANCTIONED:
        done = _account_sanctioned(payload)
        return AccountSanctioned(
            seq=seq,
            act=done.act,
            conversation=None if done.everywhere else conversation,
            name=done.name,
            until=done.until,
            reason=done.reason,
        )
    return None
