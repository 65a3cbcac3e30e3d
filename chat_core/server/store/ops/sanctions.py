"""Warnings, mutes, kicks and bans, in a channel and on the whole server.

Whatever is decided here is told to the one concerned, and written into the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, insert, update

from chat_core.base.durations import in_words
from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.events import AccountEvent, AccountSanctioned, MemberSanctioned
from chat_core.protocol.values import Account, SanctionKind
from chat_core.server.rules import refusing
from chat_core.server.rules.permissions import Permission, at_least, only
from chat_core.server.store import enforcing, lookups
from chat_core.server.store.acts import Enforced, Expelled, SanctionInChannel, SanctionOnServer
from chat_core.server.store.base import ANNOUNCEMENTS, Committed, Refused
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.ops import audit, joining
from chat_core.server.store.ops.rights import Actor, actor, channel, check_rank, check_server_rank, person
from chat_core.server.store.ops.telling import NO_EID, NO_SEQ, log_event, tell_account
from chat_core.server.store.ops.work import Work, exit_from, new_key, tell_left
from chat_core.server.store.schema import sanctions

_lift = (
    update(sanctions)
    .where(sanctions.c.id == bindparam("number"))
    .values(lifted_ts=bindparam("now"), lifted_by=bindparam("by"))
)
_KINDS: Final[dict[str, SanctionKind]] = {"mute": "mute", "unmute": "mute", "ban": "ban", "unban": "ban"}


# --- in a channel -----------------------------------------------------------------------------------------------------


def in_channel(work: Work, op: SanctionInChannel) -> Committed:
    """Do what is asked to somebody in a channel."""
    who = actor(work, op.account)
    row, mine = channel(work, who, op.conversation)
    target = person(work, op.target)
    seat = lookups.seat(work.connection, row.id, AccountId(target.id))
    check_rank(who, target, row, mine, seat)
    if op.act == "kick" and (seat is None or not seat.taken):
        raise Refused(Refusal.NOT_ALLOWED, f"'{target.name}' is not in #{row.name}.")
    done = _warned(work, op, who, row, target) if op.act == "warn" else _acted(work, op, who, row, target, seat)
    if done is None:
        return Committed()
    audit.record(work, op.ts, who.id, who.audited, op.act, f"{target.name} in #{row.name}", _detail(op))
    return done


def _warned(work: Work, op: SanctionInChannel, who: Actor, row: ConversationRow, target: Account) -> Committed:
    event = AccountSanctioned(seq=NO_SEQ, act="warn", conversation=row.id, name=who.name, reason=op.reason)
    return Committed(account_events=[tell_account(work, AccountId(target.id), row.id, event)])


def _acted(
    work: Work, op: SanctionInChannel, who: Actor, row: ConversationRow, target: Account, seat: Seat | None
) -> Committed | None:
    """Mute, kick or ban, or lift that; None: there was nothing to lift."""
    number = AccountId(target.id)
    changed = _enforce(work, op, who, row.id, number, ())
    if op.act in ("unmute", "unban") and not changed:
        return None
    event = MemberSanctioned(
        conversation=row.id,
        seq=NO_SEQ,
        eid=NO_EID,
        ts=op.ts,
        author=who.id or number,
        name=who.name or target.name,
        act=op.act,
        account=number,
        account_name=target.name,
        until=op.until_ts if op.act in ("mute", "ban") else None,
        reason=op.reason,
        automatic=who.id is None,
    )
    event = log_event(work, row, event)
    if op.act not in ("kick", "ban"):
        return Committed(events=[event], sanctions=changed)
    joining.use_invite(work, row.id, number)
    if seat is None or not seat.taken:
        return Committed(events=[event], sanctions=changed)
    # Who is put out may read what was there before it, and learns the rest from its own log.
    change = exit_from(work, row, target, told=True)
    told = tell_left(
        work,
        number,
        row.id,
        row.head,
        reason="kicked" if op.act == "kick" else "banned",
        name=who.name,
        text=op.reason,
        until=event.until,
    )
    return Committed(events=[event], account_events=[told], memberships=[change], sanctions=changed)


# --- on the whole server ----------------------------------------------------------------------------------------------


def on_server(work: Work, op: SanctionOnServer) -> Committed:
    """Do what is asked to somebody, or to addresses, on the whole server."""
    who = actor(work, op.account)
    if who.account is not None and not at_least(who.account.role, "moderator"):
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.MODERATE))
    target = None if op.target is None else person(work, op.target)
    if target is not None:
        check_server_rank(who, target)
    elif op.act not in ("ban", "unban") or not op.addresses:
        raise Refused(Refusal.BAD_REQUEST, "An address can only be banned or unbanned.")
    number = None if target is None else AccountId(target.id)
    changed = _enforce(work, op, who, None, number, op.addresses if op.act in ("ban", "unban") else ())
    if op.act in ("unmute", "unban") and not changed:
        return Committed()
    named = [] if target is None else [target.name]
    audit.record(work, op.ts, who.id, who.audited, op.act, ", ".join([*named, *op.addresses]), _detail(op))
    told = []
    if target is not None and op.act in ("warn", "mute", "unmute"):
        told = [_tell_account(work, op, who, AccountId(target.id))]
    return Committed(account_events=told, sanctions=changed, expelled=_expelled(op, who, number))


def _tell_account(work: Work, op: SanctionOnServer, who: Actor, target: AccountId) -> tuple[AccountId, AccountEvent]:
    place = lookups.find_channel(work.connection, ANNOUNCEMENTS)
    assert place is not None, "a store is made with it"
    assert op.act in ("warn", "mute", "unmute")
    until = op.until_ts if op.act == "mute" else None
    event = AccountSanctioned(seq=NO_SEQ, act=op.act, name=who.name, until=until, reason=op.reason)
    return tell_account(work, target, place.id, event)


def _expelled(op: SanctionOnServer, who: Actor, target: AccountId | None) -> list[Expelled]:
    """Return whose connections are to end, with what they are told."""
    if op.act == "kick":
        return [Expelled(target, None, Goodbye.KICKED, refusing.kicked(who.name, op.reason))]
    if op.act != "ban":
        return []
    found = []
    if target is not None:
        found.append(
            Expelled(target, None, Goodbye.BANNED, refusing.banned("this server", op.until_ts, op.ts, op.reason))
        )
    text = refusing.address_banned(op.until_ts, op.ts, op.reason)
    found += [Expelled(None, address, Goodbye.BANNED, text) for address in op.addresses]
    return found


# --- both -------------------------------------------------------------------------------------------------------------


def _enforce(
    work: Work,
    op: SanctionInChannel | SanctionOnServer,
    who: Actor,
    place: ConversationId | None,
    account: AccountId | None,
    addresses: Sequence[str],
) -> list[Enforced]:
    """Write what lasts, or lift it; a new mute or ban takes the place of an older one of the same."""
    kind = _KINDS.get(op.act)
    if kind is None:
        return []
    connection = work.connection
    old = [] if account is None else enforcing.of_account(connection, place, account, op.ts)
    for address in addresses:
        old += enforcing.of_address(connection, address, op.ts)
    changed = [_lifted(work, row, op.ts, who.id) for row in {row.id: row for row in old}.values() if row.kind == kind]
    if op.act in ("mute", "ban"):
        # Those of an account bear its number, so that they are lifted together with the account's own.
        wanted = [*([] if account is None else [None]), *addresses]
        changed += [_add(work, op, kind, who, place, account, address) for address in wanted]
    if kind == "mute":
        work.facts.forget_order()
    return changed


def _add(
    work: Work,
    op: SanctionInChannel | SanctionOnServer,
    kind: SanctionKind,
    who: Actor,
    place: ConversationId | None,
    account: AccountId | None,
    address: str | None,
) -> Enforced:
    made = work.connection.execute(
        insert(sanctions).values(
            kind=kind,
            conversation=place,
            account=account,
            address=address,
            until_ts=op.until_ts,
            reason=op.reason,
            made_by=who.id,
            made_ts=op.ts,
        )
    )
    return Enforced(new_key(made), kind, place, account, address, op.until_ts, op.reason)


def _lifted(work: Work, row: Enforced, ts: int, by: AccountId | None) -> Enforced:
    work.connection.execute(_lift, {"number": row.id, "now": ts, "by": by})
    return replace(row, lifted=True)


def _detail(op: SanctionInChannel | SanctionOnServer) -> str:
    """Return the rest of an act, for the audit log."""
    length = "" if op.until_ts is None else f"for {in_words((op.until_ts - op.ts) / 1000)}"
    return "; ".join(part for part in (length, op.reason) if part)
