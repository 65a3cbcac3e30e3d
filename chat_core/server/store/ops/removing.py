"""Deleting a channel: with all that was said in it, for everybody, at once; an act of privilege that is kept.

What stays is a row without a name, whose log has no head: accounts' own logs tell of it, and no number is given twice.
With its members go all ways to it: nobody finds it, reads it or writes there from this transaction on. What it held is
much, and is taken out behind it, in pieces (`emptying`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import LargeBinary, Table, bindparam, delete, func, insert, select, update

from chat_core.base.ids import AccountId
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, ConversationLeft
from chat_core.server.rules.permissions import only_maker
from chat_core.server.store import payloads
from chat_core.server.store.acts import DeleteChannel
from chat_core.server.store.base import GENERAL, Committed, MembershipChange, Refused
from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.ops import audit
from chat_core.server.store.ops.rights import Actor, actor, channel
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import (
    account_events,
    accounts,
    channel_invites,
    conversations,
    hooks,
    invites,
    memberships,
    messages,
    sanctions,
)
from chat_core.server.store.settings import DELETED, columns_of

_member = accounts.c.id.in_(
    select(memberships.c.account).where(
        memberships.c.conversation == bindparam("of_conversation"), memberships.c.until_seq.is_(None)
    )
)
_members = select(accounts.c.id, accounts.c.name, accounts.c.log_head).where(_member).order_by(accounts.c.id)
# Told together: a channel may have as many members as there are accounts.
_bump_logs = update(accounts).where(_member).values(log_head=accounts.c.log_head + 1)
_tell = insert(account_events).from_select(
    ["account", "seq", "kind", "conversation", "payload"],
    select(
        accounts.c.id,
        accounts.c.log_head,
        bindparam("of_kind", type_=account_events.c.kind.type),
        bindparam("of_conversation", type_=account_events.c.conversation.type),
        bindparam("of_payload", type_=LargeBinary),
    ).where(_member),
)
_answers = (
    select(func.count())
    .select_from(messages)
    .where(messages.c.thread.is_not(None), messages.c.thread.between(bindparam("low"), bindparam("high")))
)
_BY_CONVERSATION: Final[tuple[Table, ...]] = (memberships, channel_invites, hooks, sanctions)
"""The ways to it."""
_lead_nowhere = update(invites).where(invites.c.conversation == bindparam("of_conversation")).values(conversation=None)
"""Invites to the server that bring into it: others made them, and they let in to the server all the same."""
_emptied = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_conversation"))
    .values(
        name=None,
        name_key=None,
        skeleton=None,
        topic="",
        head=0,
        head_eid=b"",
        ordinal=0,
        member_count=0,
        created_by=None,
        **columns_of(DELETED, b""),
    )
)


def delete_channel(work: Work, op: DeleteChannel) -> Committed:
    """Delete a channel, and tell everybody who is in it."""
    who = actor(work, op.account)
    row, mine = channel(work, who, op.conversation)
    _check(who, row, mine, op.name)
    bounds = {"low": row_id(row.id, 0), "high": row_id(row.id, MAX_SEQ)}
    answers: int = work.connection.execute(_answers, bounds).scalar_one()
    told = _tell_members(work, row, who.name)
    for table in _BY_CONVERSATION:
        work.connection.execute(delete(table).where(table.c.conversation == row.id))
    work.connection.execute(_lead_nowhere, {"of_conversation": row.id})
    work.connection.execute(_emptied, {"of_conversation": row.id})
    _forget(work, row, [account for account, _, _ in told])
    said = f"{row.ordinal:,} messages, {answers:,} in threads, {len(told):,} members"
    audit.record(work, op.ts, who.id, who.audited, "delete channel", f"#{row.name}", f"conversation {row.id}: {said}")
    return Committed(
        account_events=[(account, event) for account, _, event in told],
        memberships=[MembershipChange(row.id, account, name, joined=False, members=0) for account, name, _ in told],
        removed=[row.id],
    )


def _tell_members(work: Work, row: ConversationRow, by: str) -> list[tuple[AccountId, str, AccountEvent]]:
    """Write a `ConversationLeft` for each member; return number and name of each with it."""
    reason: payloads.LeaveReason = "deleted"
    payload = payloads.pack_left(0, reason, by, "", None)
    work.connection.execute(_bump_logs, {"of_conversation": row.id})
    told = {"of_kind": payloads.CONVERSATION_LEFT, "of_conversation": row.id, "of_payload": payload}
    work.connection.execute(_tell, told)
    return [
        (
            AccountId(number),
            name,
            ConversationLeft(seq=seq, conversation=row.id, last=0, reason=reason, name=by),
        )
        for number, name, seq in work.connection.execute(_members, {"of_conversation": row.id})
    ]


def _check(who: Actor, row: ConversationRow, mine: Seat | None, name: str) -> None:
    """Look whether somebody may delete a channel, and means this one. Raises: Refused."""
    if row.name == GENERAL:
        raise Refused(Refusal.NOT_ALLOWED, f"Everybody is in #{GENERAL}: it stays.")
    operates = mine is not None and mine.taken and mine.role == "operator"
    made = row.made_by is not None and row.made_by == who.id and operates
    if who.account is not None and who.account.role != "owner" and not made:
        raise Refused(Refusal.NOT_ALLOWED, only_maker(row.name))
    if name_key(name.strip().removeprefix("#")) != name_key(row.name or ""):
        sentence = f"That is not this channel's name: to delete all that was said here, write #{row.name}."
        raise Refused(Refusal.BAD_NAME, sentence)


def _forget(work: Work, row: ConversationRow, members: list[AccountId]) -> None:
    """Forget what was known of it: its name may mean another one soon."""
    work.facts.forget_log(row.id)
    for number in members:
        work.facts.forget_seat(row.id, number)
    work.facts.forget_refs()
    work.facts.forget_sends()
    work.facts.forget_order()
