"""Conversations: joining, opening, leaving, topics; `groups` has what is a group's own."""

from __future__ import annotations

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import TopicChanged
from chat_core.server.rules.permissions import Permission, channel_at_least, only, only_operators, operates
from chat_core.server.store import lookups, views
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect, SetChannelTopic
from chat_core.server.store.keys import direct_key
from chat_core.server.store.look_alikes import check_channel_look_alike
from chat_core.server.store.naming import checked_channel
from chat_core.server.store.ops import groups, joining
from chat_core.server.store.ops.entering import check_own_room, check_room_of, check_wanted, made
from chat_core.server.store.ops.judging import judge_text
from chat_core.server.store.ops.rights import member
from chat_core.server.store.ops.speaking import check_may_be_heard, check_may_write
from chat_core.server.store.ops.work import (
    Work,
    add_conversation,
    append_event,
    enter,
    exit_from,
    set_topic,
    tell_joined,
    tell_left,
)
from chat_core.server.store.payloads import TOPIC_CHANGED, pack_topic
from chat_core.server.store.settings import rules_of


def join_channel(work: Work, op: JoinChannel) -> Committed:
    """Make an account a member of a public channel, and the channel if need be."""
    name = checked_channel(op.name)
    account = lookups.account(work.connection, op.account)
    row = lookups.find_channel(work.connection, name)
    seat = None if row is None else lookups.seat(work.connection, row.id, op.account)
    if row is not None and seat is not None and seat.taken:
        return Committed(reply=(views.some_of(work.connection, op.account, [row.id])[row.id], False))
    joining.check(work, op, account, row, name)
    check_own_room(work, op.account)
    created = row is None
    if row is None:
        check_may_be_heard(work, op.account, op.ts)
        looks = check_channel_look_alike(work.connection, name)
        row = made(work, add_conversation(work, "channel", op.ts, name=name, looks=looks, by=op.account))
    joining.use_invite(work, row.id, op.account)
    change = enter(work, row, account, op.ts, seat, role="operator" if row.made_by == op.account else "member")
    told = tell_joined(work, op.account, row.id)
    return Committed(
        reply=(views.some_of(work.connection, op.account, [row.id])[row.id], created),
        account_events=[told],
        memberships=[change],
        created=[row.id] if created else (),
    )


def open_direct(work: Work, op: OpenDirect, *, asked: bool = False) -> Committed:
    """Find or make the direct conversation of two accounts.

    Args:
        work: the transaction.
        op: whose.
        asked: whether it is for a request that the other one answers: a policy `request` is no hindrance then.
    """
    account = lookups.account(work.connection, op.account)
    other = lookups.find_account(work.connection, op.other_name)
    if other is None:
        raise Refused(Refusal.NO_ACCOUNT, "There is no account of that name.")
    others = AccountId(other.id)
    row = lookups.find_direct(work.connection, op.account, others)
    if row is not None:
        return Committed(reply=(views.some_of(work.connection, op.account, [row.id])[row.id], False))
    check_may_be_heard(work, op.account, op.ts)
    if not asked and others != op.account:
        check_wanted(work, op.account, others)
    check_own_room(work, op.account)
    if others != op.account:
        check_room_of(work, other)
    key = direct_key(op.account, others)
    number = add_conversation(work, "direct", op.ts, direct=key, by=op.account)
    people = [account] if others == op.account else [account, other]
    changes = [enter(work, made(work, number), person, op.ts) for person in people]
    told = [tell_joined(work, AccountId(person.id), number) for person in people]
    return Committed(
        reply=(views.some_of(work.connection, op.account, [number])[number], True),
        account_events=told,
        memberships=changes,
        created=[number],
    )


def leave(work: Work, op: LeaveConversation) -> Committed:
    """End a membership of a channel or a group."""
    row, _ = member(work, op.account, op.conversation)
    if row.kind == "group":
        return groups.leave(work, row, op)
    if row.kind != "channel":
        what = "A direct conversation" if row.kind == "direct" else "This conversation"
        raise Refused(Refusal.NOT_ALLOWED, f"{what} cannot be left; it can be closed.")
    change = exit_from(work, row, lookups.account(work.connection, op.account))
    told = tell_left(work, op.account, row.id, row.head)
    return Committed(account_events=[told], memberships=[change])


def set_channel_topic(work: Work, op: SetChannelTopic) -> Committed:
    """Set a channel's topic."""
    row, seat = member(work, op.account, op.conversation)
    if row.personal:
        what = "direct conversation" if row.kind == "direct" else "group"
        raise Refused(Refusal.NOT_ALLOWED, f"A {what} has no topic.")
    if row.kind == "announcements":
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.BROADCAST, "set this topic"))
    if row.topic == op.topic:
        return Committed()
    account = lookups.account(work.connection, op.account)
    if not operates(account.role, seat.role) and not channel_at_least(seat.role, rules_of(row).topic_by):
        voices = rules_of(row).topic_by == "voice"
        raise Refused(Refusal.NOT_ALLOWED, only_operators(row.name, "set its topic", voices=voices))
    check_may_write(work, row.id, op.account, op.ts, besides_pace=True)
    told = judge_text(work, op.account, row.id, op.topic, op.ts)
    name = account.name
    seq, eid = append_event(work, row, TOPIC_CHANGED, op.account, op.ts, pack_topic(op.topic))
    set_topic(work, row.id, op.topic)
    event = TopicChanged(conversation=row.id, seq=seq, eid=eid, ts=op.ts, author=op.account, name=name, topic=op.topic)
    return Committed(events=[event], account_events=told)
