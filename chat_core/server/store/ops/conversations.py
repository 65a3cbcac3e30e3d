"""Conversations: joining, opening, leaving, topics."""

from __future__ import annotations

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import TopicChanged
from chat_core.protocol.limits import CONVERSATIONS_PER_ACCOUNT
from chat_core.server.rules.permissions import Permission, channel_at_least, only, only_operators, operates
from chat_core.server.store import lookups, private_lookups, views
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect, SetChannelTopic
from chat_core.server.store.keys import direct_key
from chat_core.server.store.look_alikes import check_channel_look_alike
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.naming import checked_channel
from chat_core.server.store.ops import joining
from chat_core.server.store.ops.rights import member
from chat_core.server.store.ops.speaking import check_may_write, refuse_shut
from chat_core.server.store.ops.work import (
    Work,
    add_conversation,
    append_event,
    count_seats,
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
    _check_room(work, op.account, f"You are in {CONVERSATIONS_PER_ACCOUNT} conversations, more is not possible.")
    created = row is None
    if row is None:
        looks = check_channel_look_alike(work.connection, name)
        row = _made(work, add_conversation(work, "channel", op.ts, name=name, looks=looks, by=op.account))
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
    if not asked and others != op.account:
        _check_wanted(work, op.account, others)
    _check_room(work, op.account, f"You are in {CONVERSATIONS_PER_ACCOUNT} conversations, more is not possible.")
    _check_room(work, others, f"'{other.name}' is in as many conversations as is possible.")
    key = direct_key(op.account, others)
    number = add_conversation(work, "direct", op.ts, direct=key, by=op.account)
    people = [account] if others == op.account else [account, other]
    changes = [enter(work, _made(work, number), person, op.ts) for person in people]
    told = [tell_joined(work, AccountId(person.id), number) for person in people]
    return Committed(
        reply=(views.some_of(work.connection, op.account, [number])[number], True),
        account_events=told,
        memberships=changes,
        created=[number],
    )


def _check_wanted(work: Work, account: AccountId, other: AccountId) -> None:
    """Refuse to begin a direct conversation with somebody who does not want it. Raises: Refused `not_allowed`."""
    refuse_shut(private_lookups.stance(work.connection, other, account))


def leave(work: Work, op: LeaveConversation) -> Committed:
    """End a membership of a channel."""
    row, _ = member(work, op.account, op.conversation)
    if row.kind != "channel":
        what = "A direct conversation" if row.kind == "direct" else "This conversation"
        raise Refused(Refusal.NOT_ALLOWED, f"{what} cannot be left; it can be closed.")
    change = exit_from(work, row, lookups.account(work.connection, op.account))
    told = tell_left(work, op.account, row.id, row.head)
    return Committed(account_events=[told], memberships=[change])


def set_channel_topic(work: Work, op: SetChannelTopic) -> Committed:
    """Set a channel's topic."""
    row, seat = member(work, op.account, op.conversation)
    if row.kind == "direct":
        raise Refused(Refusal.NOT_ALLOWED, "A direct conversation has no topic.")
    if row.kind == "announcements":
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.BROADCAST, "set this topic"))
    if row.topic == op.topic:
        return Committed()
    account = lookups.account(work.connection, op.account)
    if not operates(account.role, seat.role) and not channel_at_least(seat.role, rules_of(row).topic_by):
        voices = rules_of(row).topic_by == "voice"
        raise Refused(Refusal.NOT_ALLOWED, only_operators(row.name, "set its topic", voices=voices))
    check_may_write(work, row.id, op.account, op.ts, besides_pace=True)
    name = account.name
    seq, eid = append_event(work, row, TOPIC_CHANGED, op.account, op.ts, pack_topic(op.topic))
    set_topic(work, row.id, op.topic)
    event = TopicChanged(conversation=row.id, seq=seq, eid=eid, ts=op.ts, author=op.account, name=name, topic=op.topic)
    return Committed(events=[event])


def _check_room(work: Work, account: AccountId, text: str) -> None:
    if count_seats(work, account) >= CONVERSATIONS_PER_ACCOUNT:
        raise Refused(Refusal.TOO_MANY, text)


def _made(work: Work, number: ConversationId) -> ConversationRow:
    row = lookups.find_conversation(work.connection, number)
    assert row is not None, "it was made in this transaction"
    return row
