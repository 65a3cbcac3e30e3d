"""Deleting a channel: with all that was said in it, for everybody, at once; an act of privilege that is kept.

What stays is a row without a name, whose log is empty: accounts' own logs tell of it, and no number is given twice.
Everything else goes in the same transaction, so that there is no moment in which half of it is there.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, bindparam, delete, func, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from chat_core.base.ids import AccountId
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.server.rules.permissions import only_maker
from chat_core.server.store.acts import DeleteChannel
from chat_core.server.store.base import GENERAL, Committed, MembershipChange, Refused
from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.ops import audit
from chat_core.server.store.ops.rights import Actor, actor, channel
from chat_core.server.store.ops.work import Work, tell_left
from chat_core.server.store.schema import (
    accounts,
    bookmarks,
    channel_invites,
    cids,
    conversations,
    events,
    files,
    hooks,
    invites,
    memberships,
    mentions,
    messages,
    reactions,
    sanctions,
    threads,
)
from chat_core.server.store.settings import DELETED, columns_of


def _within(key: ColumnElement[int]) -> ColumnElement[bool]:
    return key.between(bindparam("low"), bindparam("high"))


_members = (
    select(accounts.c.id, accounts.c.name)
    .join_from(memberships, accounts, accounts.c.id == memberships.c.account)
    .where(memberships.c.conversation == bindparam("of_conversation"), memberships.c.until_seq.is_(None))
    .order_by(accounts.c.id)
)
_said = select(func.count()).select_from(messages).where(_within(messages.c.id))
_contents = select(files.c.sha256).where(_within(files.c.message)).distinct()
_sends = select(events.c.cid, events.c.author).where(_within(events.c.id), events.c.cid.is_not(None))
_BY_MESSAGE: Final = (
    delete(files).where(_within(files.c.message)),
    delete(mentions).where(_within(mentions.c.message)),
    delete(reactions).where(_within(reactions.c.message)),
    delete(bookmarks).where(_within(bookmarks.c.message)),
    delete(threads).where(_within(threads.c.root)),
    delete(cids).where(tuple_(cids.c.cid, cids.c.account).in_(_sends)),
    delete(messages).where(_within(messages.c.id)),
    delete(events).where(_within(events.c.id)),
)
"""In this order: what refers to an event goes before it."""
_BY_CONVERSATION: Final[tuple[Table, ...]] = (memberships, channel_invites, hooks, sanctions)
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
    members = work.connection.execute(_members, {"of_conversation": row.id}).all()
    said = work.connection.execute(_said, bounds).scalar_one()
    dropped = tuple(work.connection.execute(_contents, bounds).scalars())
    for statement in _BY_MESSAGE:
        work.connection.execute(statement, bounds)
    for table in _BY_CONVERSATION:
        work.connection.execute(delete(table).where(table.c.conversation == row.id))
    work.connection.execute(_lead_nowhere, {"of_conversation": row.id})
    work.connection.execute(_emptied, {"of_conversation": row.id})
    told = [tell_left(work, AccountId(number), row.id, 0, reason="deleted", name=who.name) for number, _ in members]
    _forget(work, row, [AccountId(number) for number, _ in members])
    detail = f"conversation {row.id}: {said:,} messages, {len(members):,} members"
    audit.record(work, op.ts, who.id, who.audited, "delete channel", f"#{row.name}", detail)
    return Committed(
        account_events=told,
        memberships=[MembershipChange(row.id, AccountId(n), name, joined=False, members=0) for n, name in members],
        dropped=dropped,
        removed=[row.id],
    )


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
    work.facts.forget_order()
