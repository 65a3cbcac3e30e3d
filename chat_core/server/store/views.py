"""Conversations as one account sees them: labels, read marker, unread count. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection, and_, bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.groups import with_people
from chat_core.protocol.values import Account, ChannelRole, Conversation, Person, Visibility
from chat_core.server.store.conversations import Place
from chat_core.server.store.counting import deleted_behind, mentions_behind
from chat_core.server.store.gathered import Blob, Gathered
from chat_core.server.store.keys import partner_in
from chat_core.server.store.lookups import CONVERSATION, accounts_of, chunks, is_public
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


class _Standing(msgspec.Struct, array_like=True):
    """What makes a `Place` of somebody's own."""

    id: ConversationId
    kind: str
    name: str | None
    direct_key: str | None
    head: int
    eid: Blob
    visibility: Visibility
    since: int
    role: ChannelRole


_of_account = (
    select(*CONVERSATION, *_SEAT)
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
    .order_by(conversations.c.id)
)
_mine: Final = Gathered(_of_account, _Seen)
# Where this says that all is read, nothing needs to be counted.
_not_all_read: Final = Gathered(
    _of_account.where(conversations.c.ordinal - memberships.c.read_ordinal > memberships.c.own_unread), _Seen
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
_places: Final = Gathered(
    select(
        conversations.c.id,
        conversations.c.kind,
        conversations.c.name,
        conversations.c.direct_key,
        conversations.c.head,
        conversations.c.head_eid,
        conversations.c.visibility,
        memberships.c.since_seq,
        memberships.c.role,
    )
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
    .order_by(conversations.c.id),
    _Standing,
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


def places_of(connection: Connection, account: AccountId) -> list[Place]:
    """Return the same as places, which tell less."""
    found = _places.all(connection, {"account": account})
    partners = partners_of(connection, account, found)
    return [
        Place(
            id=each.id,
            kind=each.kind,
            name=label(each, account, partners),
            head=each.head,
            eid=bytes(each.eid),
            member=True,
            last_readable=None,
            since=each.since,
            public=is_public(each.kind, each.visibility),
            role=each.role,
        )
        for each in found
    ]


def unread_of(connection: Connection, account: AccountId) -> list[Conversation]:
    """Return those of them that have something unread, by id."""
    found = _not_all_read.all(connection, {"account": account})
    return _shown(connection, account, [seen for seen in found if _unread(seen)])


def some_of(
    connection: Connection, account: AccountId, numbers: Iterable[ConversationId]
) -> dict[ConversationId, Conversation]:
    """Return these conversations, member or not; without a membership everything counts as read."""
    found: list[Conversation] = []
    for some in chunks(numbers):
        found += _shown(connection, account, _some.all(connection, {"account": account, "ids": some}))
    return {ConversationId(conversation.id): conversation for conversation in found}


class Named(Protocol):
    """What of a conversation's row tells what it is called."""

    @property
    def name(self) -> str | None:
        """Column."""
        ...

    @property
    def direct_key(self) -> str | None:
        """Column."""
        ...


def label(row: Named, account: AccountId, partners: dict[AccountId, Account]) -> str:
    """Return the name of a channel, or the other one's in a direct conversation, whom `partners` has; else nothing."""
    if row.direct_key is None:
        return row.name or ""
    return partners[partner_in(row.direct_key, account)].name


def partners_of(connection: Connection, account: AccountId, rows: Iterable[Named]) -> dict[AccountId, Account]:
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


def _shown(connection: Connection, account: AccountId, found: Sequence[_Seen]) -> list[Conversation]:
    partners = partners_of(connection, account, found)
    # Who has left a group may not know who is in it now.
    mine = [seen.id for seen in found if seen.kind == "group" and seen.read_seq is not None]
    others = _others_in(connection, account, mine)
    shown = (_show(seen, account, partners) for seen in found)
    return [
        with_people(each, others.get(each.id, ()), each.members) if each.kind == "group" else each for each in shown
    ]


def _unread(seen: _Seen) -> int:
    if seen.read_ordinal is None:
        return 0
    return seen.ordinal - seen.read_ordinal - (seen.own_unread or 0) - (seen.deleted or 0)


def _show(seen: _Seen, account: AccountId, partners: dict[AccountId, Account]) -> Conversation:
    partner = None if seen.direct_key is None else partners[partner_in(seen.direct_key, account)]
    return Conversation(
        id=seen.id,
        kind=seen.kind,  # type: ignore[arg-type]  # the table holds nothing else
        name=label(seen, account, partners),
        topic=seen.topic,
        head=seen.head,
        eid=bytes(seen.eid),  # it goes on the wire
        read=seen.head if seen.read_seq is None else seen.read_seq,
        unread=_unread(seen),
        mentions=0 if seen.read_ordinal is None else seen.mentions or 0,
        quiet=bool(seen.quiet),
        members=seen.members,
        partner=None if partner is None else partner.id,
        display="" if partner is None else partner.display,
        role=seen.role or "member",
        rules=rules_of(seen),
    )
