"""Conversations as one account sees them: labels, read marker, unread count. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.groups import with_people
from chat_core.protocol.values import Account, ChannelRole, Conversation, Person
from chat_core.server.store.counting import deleted_behind, mentions_behind
from chat_core.server.store.keys import partner_in
from chat_core.server.store.lookups import CONVERSATION, ConversationRow, accounts_of, chunks
from chat_core.server.store.schema import accounts, conversations, memberships
from chat_core.server.store.settings import rules_of

_SEAT = (
    memberships.c.read_seq,
    memberships.c.read_ordinal,
    memberships.c.own_unread,
    memberships.c.role,
    memberships.c.quiet,
    deleted_behind(memberships),
    mentions_behind(memberships),
)

_mine = (
    select(*CONVERSATION, *_SEAT)
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
    .order_by(conversations.c.id)
)
_some = (
    select(*CONVERSATION, *_SEAT)
    .outerjoin_from(
        conversations,
        memberships,
        and_(
            memberships.c.conversation == conversations.c.id,
            memberships.c.account == bindparam("account"),
            memberships.c.until_seq.is_(None),
        ),
    )
    .where(conversations.c.id.in_(bindparam("ids", expanding=True)))
)
_others = (
    select(memberships.c.conversation, accounts.c.id, accounts.c.name, accounts.c.display)
    .join_from(memberships, accounts, accounts.c.id == memberships.c.account)
    .where(memberships.c.conversation.in_(bindparam("ids", expanding=True)), memberships.c.until_seq.is_(None))
    .where(memberships.c.account != bindparam("account"))
)


def all_of(connection: Connection, account: AccountId) -> list[Conversation]:
    """Return the conversations that the account is a member of, by id."""
    return _shown(connection, account, connection.execute(_mine, {"account": account}).all())


def some_of(
    connection: Connection, account: AccountId, numbers: Iterable[ConversationId]
) -> dict[ConversationId, Conversation]:
    """Return these conversations, member or not; without a membership everything counts as read."""
    found: list[Conversation] = []
    for some in chunks(numbers):
        found += _shown(connection, account, connection.execute(_some, {"account": account, "ids": some}).all())
    return {ConversationId(conversation.id): conversation for conversation in found}


def label(row: ConversationRow, account: AccountId, partners: dict[AccountId, Account]) -> str:
    """Return the name of a channel, or the other one's in a direct conversation, whom `partners` has; else nothing."""
    if row.direct_key is None:
        return row.name or ""
    return partners[partner_in(row.direct_key, account)].name


def partners_of(
    connection: Connection, account: AccountId, rows: Iterable[ConversationRow]
) -> dict[AccountId, Account]:
    """Return the other accounts of those rows that are direct conversations."""
    others = {partner_in(row.direct_key, account) for row in rows if row.direct_key is not None}
    return {AccountId(other.id): other for other in accounts_of(connection, others)}


def _others_in(connection: Connection, account: AccountId, groups: Iterable[int]) -> dict[int, list[Person]]:
    """Return who is in some groups besides an account."""
    found: dict[int, list[Person]] = {}
    for some in chunks(groups):
        for number, *person in connection.execute(_others, {"account": account, "ids": some}):
            found.setdefault(number, []).append(Person(account=person[0], name=person[1], display=person[2]))
    return found


def _shown(connection: Connection, account: AccountId, found: Iterable[Any]) -> list[Conversation]:
    width = len(CONVERSATION)
    rows = [(ConversationRow(*columns[:width]), columns[width:]) for columns in found]
    partners = partners_of(connection, account, [row for row, _ in rows])
    # Who has left a group may not know who is in it now.
    mine = [row.id for row, (read_seq, *_) in rows if row.kind == "group" and read_seq is not None]
    others = _others_in(connection, account, mine)
    shown = (_show(row, account, partners, *seat) for row, seat in rows)
    return [
        with_people(each, others.get(each.id, ()), each.members) if each.kind == "group" else each for each in shown
    ]


def _show(
    row: ConversationRow,
    account: AccountId,
    partners: dict[AccountId, Account],
    read_seq: int | None,
    read_ordinal: int | None,
    own_unread: int | None,
    role: ChannelRole | None,
    quiet: bool | None,
    deleted: int | None,
    mentions: int | None,
) -> Conversation:
    partner = None if row.direct_key is None else partners[partner_in(row.direct_key, account)]
    return Conversation(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # the table holds nothing else
        name=label(row, account, partners),
        topic=row.topic,
        head=row.head,
        eid=row.eid,
        read=row.head if read_seq is None else read_seq,
        unread=0 if read_ordinal is None else row.ordinal - read_ordinal - (own_unread or 0) - (deleted or 0),
        mentions=0 if read_ordinal is None else mentions or 0,
        quiet=bool(quiet),
        members=row.members,
        partner=None if partner is None else partner.id,
        display="" if partner is None else partner.display,
        role=role or "member",
        rules=rules_of(row),
    )
