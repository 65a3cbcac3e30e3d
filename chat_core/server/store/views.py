"""Conversations as one account sees them: labels, read marker, unread count. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import astuple
from sqlalchemy import Connection, and_, bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.groups import with_people
from chat_core.protocol.values import Account, ChannelRole, Conversation, Person, Visibility
from chat_core.server.store.counting import deleted_behind, mentions_behind
from chat_core.server.store.gathered import Blob, Gathered
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


class _Seen(msgspec.Struct, array_like=True):
    """The columns of `CONVERSATION`, and of a seat there."""

    id: ConversationId
    kind: str
    name: str | None
    direct_key: str | None
    topic: str
    head: int
    eid: Blob
    ordinal: int
    members: int
    visibility: Visibility
    moderated: bool
    locked: bool
    archived: bool
    slow_s: int
    settings: Blob
    made_by: AccountId | None
    read_seq: int | None
    read_ordinal: int | None
    own_unread: int | None
    role: ChannelRole | None
    quiet: bool | None
    deleted: int | None
    mentions: int | None


_mine: Final = Gathered(
    select(*CONVERSATION, *_SEAT)
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
    .order_by(conversations.c.id),
    _Seen,
)
_some: Final = Gathered(
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
    .where(conversations.c.id.in_(bindparam("ids", expanding=True))),
    _Seen,
)
_others = (
    select(memberships.c.conversation, accounts.c.id, accounts.c.name, accounts.c.display)
    .join_from(memberships, accounts, accounts.c.id == memberships.c.account)
    .where(memberships.c.conversation.in_(bindparam("ids", expanding=True)), memberships.c.until_seq.is_(None))
    .where(memberships.c.account != bindparam("account"))
)


def all_of(connection: Connection, account: AccountId) -> list[Conversation]:
    """Return the conversations that the account is a member of, by id."""
    return _shown(connection, account, _mine.all(connection, {"account": account}))


def some_of(
    connection: Connection, account: AccountId, numbers: Iterable[ConversationId]
) -> dict[ConversationId, Conversation]:
    """Return these conversations, member or not; without a membership everything counts as read."""
    found: list[Conversation] = []
    for some in chunks(numbers):
        found += _shown(connection, account, _some.all(connection, {"account": account, "ids": some}))
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


def _shown(connection: Connection, account: AccountId, found: Iterable[_Seen]) -> list[Conversation]:
    rows = [(_conversation(seen), seen) for seen in found]
    partners = partners_of(connection, account, [row for row, _ in rows])
    # Who has left a group may not know who is in it now.
    mine = [seen.id for _, seen in rows if seen.kind == "group" and seen.read_seq is not None]
    others = _others_in(connection, account, mine)
    shown = (_show(row, account, partners, seen) for row, seen in rows)
    return [
        with_people(each, others.get(each.id, ()), each.members) if each.kind == "group" else each for each in shown
    ]


def _conversation(seen: _Seen) -> ConversationRow:
    row = ConversationRow(*astuple(seen)[: len(CONVERSATION)])
    return row._replace(eid=bytes(row.eid))  # it goes on the wire


def _show(row: ConversationRow, account: AccountId, partners: dict[AccountId, Account], seat: _Seen) -> Conversation:
    partner = None if row.direct_key is None else partners[partner_in(row.direct_key, account)]
    unread = 0
    if seat.read_ordinal is not None:
        unread = row.ordinal - seat.read_ordinal - (seat.own_unread or 0) - (seat.deleted or 0)
    return Conversation(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # the table holds nothing else
        name=label(row, account, partners),
        topic=row.topic,
        head=row.head,
        eid=row.eid,
        read=row.head if seat.read_seq is None else seat.read_seq,
        unread=unread,
        mentions=0 if seat.read_ordinal is None else seat.mentions or 0,
        quiet=bool(seat.quiet),
        members=row.members,
        partner=None if partner is None else partner.id,
        display="" if partner is None else partner.display,
        role=seat.role or "member",
        rules=rules_of(row),
    )
