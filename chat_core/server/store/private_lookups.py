"""Finding private chats, policies and who ignores whom; shared by reads and writes. Knows no thread and no dialect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.protocol.values import DmPolicy, PrivateChat
from chat_core.server.store.lookups import chunks
from chat_core.server.store.schema import accounts, ignores, memberships, private_chats

_mine = memberships.alias("mine")
_theirs = memberships.alias("theirs")
_chats_of = (
    select(
        private_chats.c.number,
        private_chats.c.conversation,
        private_chats.c.asked_by,
        private_chats.c.asked_ts,
        private_chats.c.begun_ts,
        accounts.c.id,
        accounts.c.name,
    )
    .join_from(_mine, private_chats, private_chats.c.conversation == _mine.c.conversation)
    .join(_theirs, _theirs.c.conversation == _mine.c.conversation)
    .join(accounts, accounts.c.id == _theirs.c.account)
    .where(
        _mine.c.account == bindparam("account"),
        _theirs.c.account != bindparam("account"),
        private_chats.c.ended_ts.is_(None),
    )
    .order_by(private_chats.c.number)
)
_policy = select(accounts.c.dm_policy).where(accounts.c.id == bindparam("account"))
_ignored = (
    select(accounts.c.name)
    .join_from(ignores, accounts, accounts.c.id == ignores.c.ignored)
    .where(ignores.c.account == bindparam("account"))
)
_ignored_numbers = (
    select(ignores.c.ignored).where(ignores.c.account == bindparam("account")).order_by(ignores.c.ignored)
)
_goes_on = exists().where(
    private_chats.c.conversation == bindparam("conversation"),
    private_chats.c.begun_ts.is_not(None),
    private_chats.c.ended_ts.is_(None),
)
_ignorers = (
    select(ignores.c.ignored, ignores.c.account)
    .where(ignores.c.ignored.in_(bindparam("some", expanding=True)))
    .order_by(ignores.c.ignored, ignores.c.account)
)
_is_ignored = exists().where(ignores.c.account == accounts.c.id, ignores.c.ignored == bindparam("author"))
_door = (
    select(accounts.c.name, accounts.c.dm_policy, _is_ignored.label("ignored"), _goes_on.label("goes_on"))
    .join_from(memberships, accounts, accounts.c.id == memberships.c.account)
    .where(memberships.c.conversation == bindparam("conversation"), memberships.c.account != bindparam("author"))
)
_stance = select(accounts.c.name, accounts.c.dm_policy, _is_ignored.label("ignored")).where(
    accounts.c.id == bindparam("other")
)


class Door(NamedTuple):
    """How one account stands to being written to by another one."""

    name: str
    """Whose door it is."""
    policy: DmPolicy
    """What it says to everybody."""
    ignored: bool
    """Whether it ignores the other one."""
    goes_on: bool
    """Whether the two have a private chat."""

    @property
    def closed(self) -> bool:
        """Whether not even asking is allowed."""
        return self.policy == "closed" or self.ignored

    @property
    def shut(self) -> bool:
        """Whether one may not write now."""
        return self.ignored or (self.policy != "open" and not self.goes_on)


def door_of(connection: Connection, conversation: ConversationId, author: AccountId) -> Door | None:
    """Return how the other one of a direct conversation stands to the author; None: there is no other one."""
    row = connection.execute(_door, {"conversation": conversation, "author": author}).first()
    return None if row is None else Door(row.name, row.dm_policy, bool(row.ignored), bool(row.goes_on))


def stance(connection: Connection, other: AccountId, author: AccountId) -> Door:
    """Return how an account stands to another one, besides any private chat."""
    row = connection.execute(_stance, {"other": other, "author": author}).one()
    return Door(row.name, row.dm_policy, bool(row.ignored), goes_on=False)


def chats_of(connection: Connection, account: AccountId) -> list[PrivateChat]:
    """Return an account's private chat, and the requests that wait, oldest first."""
    return [
        PrivateChat(
            number=row.number,
            conversation=row.conversation,
            account=row.id,
            name=row.name,
            asked=row.asked_ts,
            mine=row.asked_by == account,
            begun=row.begun_ts is not None,
        )
        for row in connection.execute(_chats_of, {"account": account})
    ]


def policy_of(connection: Connection, account: AccountId) -> DmPolicy:
    """Return who may write to an account privately."""
    policy: DmPolicy = connection.execute(_policy, {"account": account}).scalar_one()
    return policy


def ignored_by(connection: Connection, account: AccountId) -> list[str]:
    """Return the names of those whom an account ignores, sorted."""
    return sorted(connection.execute(_ignored, {"account": account}).scalars(), key=name_key)


def ignorers_of(connection: Connection, authors: Iterable[AccountId]) -> dict[AccountId, tuple[AccountId, ...]]:
    """Return who ignores some authors, by author; whom nobody ignores has no entry."""
    found: dict[AccountId, list[AccountId]] = {}
    for some in chunks(authors):
        for author, account in connection.execute(_ignorers, {"some": some}):
            found.setdefault(author, []).append(account)
    return {author: tuple(those) for author, those in found.items()}


def ignored_numbers(connection: Connection, account: AccountId) -> list[int]:
    """Return the numbers of those whom an account ignores."""
    return list(connection.execute(_ignored_numbers, {"account": account}).scalars())
