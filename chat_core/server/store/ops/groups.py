"""Groups: making one or finding it again, bringing somebody in, leaving. Who is in one is told by its log.

A group goes by who is in it: the same people have one group, the one of theirs that was made first. Who has left one
comes back by naming the others, and is not brought back by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, MemberLeft, MembersAdded
from chat_core.protocol.limits import GROUP_LEAST, GROUP_MOST
from chat_core.protocol.values import Account, Person
from chat_core.server.rules.permissions import at_least
from chat_core.server.store import group_payloads, lookups, views
from chat_core.server.store.acts import InviteToChannel
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.conversations import LeaveConversation
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.ops.entering import (
    check_own_room,
    check_pace_of_groups,
    check_room_in_group,
    check_wanted,
    made,
)
from chat_core.server.store.ops.rights import member, person
from chat_core.server.store.ops.speaking import check_may_be_heard, check_may_enter, check_may_write
from chat_core.server.store.ops.work import (
    Work,
    add_conversation,
    append_event,
    enter,
    exit_from,
    tell_joined,
    tell_left,
)
from chat_core.server.store.payloads import NOTHING
from chat_core.server.store.schema import conversations, memberships

_mine = memberships.alias("mine")


def _oldest_group(*, left: bool) -> Select[Any]:
    """Return the query for the first group of which some people are all; `left`: one that an account has left."""
    until = _mine.c.until_seq
    return (
        select(conversations.c.id)
        .join_from(_mine, conversations, conversations.c.id == _mine.c.conversation)
        .join(memberships, memberships.c.conversation == conversations.c.id)
        .where(_mine.c.account == bindparam("account"), until.is_not(None) if left else until.is_(None))
        .where(conversations.c.kind == "group", conversations.c.member_count == bindparam("people_count"))
        .where(memberships.c.account.in_(bindparam("people", expanding=True)), memberships.c.until_seq.is_(None))
        .group_by(conversations.c.id)
        # Who has left more than once is `mine` as often.
        .having(func.count(memberships.c.account.distinct()) == bindparam("people_count"))
        .order_by(conversations.c.id)
        .limit(1)
    )


_same_people = _oldest_group(left=False)
_left_to_them = _oldest_group(left=True)


def make_group(work: Work, op: MakeGroup) -> Committed:
    """Find or make a group, or come back into the one that was left."""
    me = lookups.account(work.connection, op.account)
    others = {each.id: each for each in (_named(work, name) for name in op.other_names) if each.id != me.id}
    people = [me, *others.values()]
    _check_number(len(people))
    there = _find(work, _same_people, op.account, [each.id for each in people])
    if there is not None:
        return Committed(reply=(views.some_of(work.connection, op.account, [there])[there], False))
    check_may_be_heard(work, op.account, op.ts)
    check_may_enter(work, at_least(me.role, "moderator"), op.ts)
    for other in others.values():
        check_wanted(work, op.account, AccountId(other.id))
    there = _find(work, _left_to_them, op.account, list(others))
    if there is not None:
        return _come_back(work, made(work, there), me, op.ts)
    check_own_room(work, op.account)
    for other in others.values():
        check_room_in_group(work, other, op.account)
    check_pace_of_groups(work, op.account, op.ts)
    number = add_conversation(work, "group", op.ts, by=op.account)
    changes = [enter(work, made(work, number), each, op.ts, told=True) for each in people]
    told = [tell_joined(work, AccountId(each.id), number) for each in people]
    event = _added(work, made(work, number), me, list(others.values()), op.ts)
    return Committed(
        reply=(views.some_of(work.connection, op.account, [number])[number], True),
        events=[event],
        account_events=told,
        memberships=changes,
        created=[number],
    )


def found(work: Work, op: InviteToChannel) -> ConversationRow | None:
    """Return the group that an invitation is to, None if it is to a channel. Raises: Refused `no_conversation`."""
    row, _ = lookups.resolve(work.connection, op.account, op.conversation)
    return row if row.kind == "group" else None


def add(work: Work, row: ConversationRow, op: InviteToChannel) -> Committed:
    """Bring somebody into a group; they read what is said from then on."""
    member(work, op.account, row.id)
    me, other = lookups.account(work.connection, op.account), person(work, op.target)
    number = AccountId(other.id)
    seat = lookups.seat(work.connection, row.id, number)
    if seat is not None and seat.taken:
        return Committed()
    if seat is not None:
        raise Refused(
            Refusal.NOT_ALLOWED,
            f"'{other.name}' has left this group. They come back by themselves: /group with the names of all in it.",
        )
    _check_not_full(row)
    check_may_write(work, row.id, op.account, op.ts, besides_pace=True)
    check_may_enter(work, at_least(other.role, "moderator"), op.ts)
    check_wanted(work, op.account, number)
    check_room_in_group(work, other, row.made_by)
    return _brought_in(work, row, me, other, None, op.ts)


def leave(work: Work, row: ConversationRow, op: LeaveConversation) -> Committed:
    """Leave a group; those who stay are told by its log, who goes by its own."""
    me = lookups.account(work.connection, op.account)
    seq, eid = append_event(work, row, group_payloads.MEMBER_LEFT, op.account, op.ts, NOTHING)
    event = MemberLeft(**_head(row.id, seq, eid, me, op.ts))
    change = exit_from(work, row, me, told=True)
    told: list[tuple[AccountId, AccountEvent]] = [tell_left(work, op.account, row.id, row.head)]
    return Committed(events=[event], account_events=told, memberships=[change])


def _come_back(work: Work, row: ConversationRow, me: Account, ts: int) -> Committed:
    """Let somebody into a group again; they read what is said from then on. Raises: Refused `too_many`."""
    number = AccountId(me.id)
    _check_not_full(row)
    check_room_in_group(work, me, row.made_by)
    done = _brought_in(work, row, me, me, lookups.seat(work.connection, row.id, number), ts)
    return replace(done, reply=(views.some_of(work.connection, number, [row.id])[row.id], False))


def _brought_in(work: Work, row: ConversationRow, me: Account, other: Account, old: Seat | None, ts: int) -> Committed:
    # In before the event that tells of it: that is the first one for them, too.
    change = enter(work, row, other, ts, old, since=row.head, told=True)
    told = tell_joined(work, AccountId(other.id), row.id)
    event = _added(work, row, me, [other], ts)
    return Committed(events=[event], account_events=[told], memberships=[change])


def _check_not_full(row: ConversationRow) -> None:
    if row.members >= GROUP_MOST:
        raise Refused(Refusal.TOO_MANY, f"{_MOST} Make a channel instead (/join #NAME).")


_MOST = f"A group has at most {GROUP_MOST} people."


def _check_number(people: int) -> None:
    """Refuse a group of too few or too many. Raises: Refused `too_many`."""
    if people < GROUP_LEAST:
        raise Refused(
            Refusal.NOT_ALLOWED,
            f"A group has at least {GROUP_LEAST} people, you and {GROUP_LEAST - 1} others; write to one with /msg.",
        )
    if people > GROUP_MOST:
        raise Refused(Refusal.TOO_MANY, f"{_MOST} Make a channel for more (/join #NAME).")


def _named(work: Work, name: str) -> Account:
    account = lookups.find_account(work.connection, name)
    if account is None:
        raise Refused(Refusal.NO_ACCOUNT, f"There is no account '{name}'.")
    return account


def _find(work: Work, which: Select[Any], account: AccountId, people: Sequence[int]) -> ConversationId | None:
    wanted = {"account": account, "people": list(people), "people_count": len(people)}
    there = work.connection.execute(which, wanted).scalar()
    return None if there is None else ConversationId(there)


def _added(work: Work, row: ConversationRow, me: Account, others: Sequence[Account], ts: int) -> MembersAdded:
    people = tuple(Person(account=each.id, name=each.name, display=each.display) for each in others)
    payload = group_payloads.pack_added(people)
    seq, eid = append_event(work, row, group_payloads.MEMBERS_ADDED, AccountId(me.id), ts, payload)
    return MembersAdded(**_head(row.id, seq, eid, me, ts), people=people)


def _head(conversation: ConversationId, seq: int, eid: bytes, me: Account, ts: int) -> dict[str, Any]:
    return {"conversation": conversation, "seq": seq, "eid": eid, "ts": ts, "author": me.id, "name": me.name}
