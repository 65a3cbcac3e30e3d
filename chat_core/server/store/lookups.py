"""Finding one account, one conversation, one membership; shared by reads and writes. Knows no thread and no dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, and_, bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.base.text import clean_line
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.values import Account, ChannelRole, Visibility, is_personal
from chat_core.server.store.base import Refused
from chat_core.server.store.keys import MAX_CONVERSATION, direct_key
from chat_core.server.store.schema import accounts, conversations, memberships

T = TypeVar("T")

MANY = 500
"""Values in one IN: few enough for every database."""


class ConversationRow(NamedTuple):
    """A conversation, as nobody in particular sees it."""

    id: ConversationId
    kind: str
    name: str | None
    direct_key: str | None
    topic: str
    head: int
    eid: bytes
    ordinal: int
    members: int
    visibility: Visibility
    moderated: bool
    locked: bool
    archived: bool
    slow_s: int
    settings: bytes
    made_by: AccountId | None

    @property
    def public(self) -> bool:
        """Whether everybody may know of it, and read it."""
        return is_public(self.kind, self.visibility)

    @property
    def personal(self) -> bool:
        """Whether it is between certain people."""
        return is_personal(self.kind)

    @property
    def known_to_all(self) -> bool:
        """Whether everybody may know of it."""
        return self.kind == "announcements" or self.public


class Seat(NamedTuple):
    """The last interval in which an account was, or is, a member."""

    since_seq: int
    until_seq: int | None
    read_seq: int
    read_ordinal: int
    own_unread: int
    marker_event: int
    role: ChannelRole
    quiet: bool

    @property
    def taken(self) -> bool:
        """Whether it goes on."""
        return self.until_seq is None


CONVERSATION = (
    conversations.c.id,
    conversations.c.kind,
    conversations.c.name,
    conversations.c.direct_key,
    conversations.c.topic,
    conversations.c.head,
    conversations.c.head_eid,
    conversations.c.ordinal,
    conversations.c.member_count,
    conversations.c.visibility,
    conversations.c.moderated,
    conversations.c.locked,
    conversations.c.archived,
    conversations.c.slow_s,
    conversations.c.settings,
    conversations.c.created_by,
)
"""Columns of a `ConversationRow`."""

_by_id = select(*CONVERSATION).where(conversations.c.id == bindparam("id"))
_by_name = select(*CONVERSATION).where(conversations.c.name_key == bindparam("name_key"))
_by_accounts = select(*CONVERSATION).where(conversations.c.direct_key == bindparam("direct_key"))
ACCOUNT = (accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.display, accounts.c.bot)
"""Columns of an `Account`, in its order."""

_account_by_id = select(*ACCOUNT).where(accounts.c.id == bindparam("id"))
_account_by_name = select(*ACCOUNT).where(accounts.c.name_key == bindparam("name_key"))
_accounts_by_id = select(*ACCOUNT).where(accounts.c.id.in_(bindparam("ids", expanding=True)))
_SEAT = (
    memberships.c.since_seq,
    memberships.c.until_seq,
    memberships.c.read_seq,
    memberships.c.read_ordinal,
    memberships.c.own_unread,
    memberships.c.marker_event,
    memberships.c.role,
    memberships.c.quiet,
)
_seat = (
    select(*_SEAT)
    .where(memberships.c.conversation == bindparam("conversation"), memberships.c.account == bindparam("account"))
    .order_by(memberships.c.since_seq.desc())
    .limit(1)
)
_with_seat = (
    select(*CONVERSATION, *_SEAT)
    .outerjoin_from(
        conversations,
        memberships,
        and_(memberships.c.conversation == conversations.c.id, memberships.c.account == bindparam("account")),
    )
    .order_by(memberships.c.since_seq.desc())
    .limit(1)
)
_by_id_with_seat = _with_seat.where(conversations.c.id == bindparam("id"))
_by_name_with_seat = _with_seat.where(conversations.c.name_key == bindparam("name_key"))
_seats_of = (
    select(*CONVERSATION, *_SEAT)
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
    .order_by(conversations.c.id)
)
_numbers_of = (
    select(memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
    .order_by(memberships.c.conversation)
)


def is_public(kind: str, visibility: Visibility) -> bool:
    """Return whether everybody may know of a conversation, and read it."""
    return kind == "channel" and visibility == "public"


def numbers_of(connection: Connection, number: AccountId) -> list[ConversationId]:
    """Return the numbers of the conversations that an account is a member of, in order."""
    return [ConversationId(found) for found in connection.execute(_numbers_of, {"account": number}).scalars()]


def seats_of(connection: Connection, number: AccountId) -> list[tuple[ConversationRow, Seat]]:
    """Return the conversations that an account is a member of, by id, and its seats there."""
    width = len(CONVERSATION)
    rows = connection.execute(_seats_of, {"account": number})
    return [(ConversationRow(*row[:width]), Seat(*row[width:])) for row in rows]


def find_account(connection: Connection, name: str) -> Account | None:
    """Return the account that has this name, in whatever spelling."""
    row = connection.execute(_account_by_name, {"name_key": name_key(name)}).first()
    return None if row is None else account_of(row)


def account(connection: Connection, number: AccountId) -> Account:
    """Return the account with that number. Raises: Refused `no_account`."""
    row = connection.execute(_account_by_id, {"id": number}).first()
    if row is None:
        raise Refused(Refusal.NO_ACCOUNT, "There is no such account.")
    return account_of(row)


def accounts_of(connection: Connection, numbers: Iterable[AccountId]) -> list[Account]:
    """Return the accounts with these numbers."""
    return [account_of(row) for some in chunks(numbers) for row in connection.execute(_accounts_by_id, {"ids": some})]


def account_of(row: Any) -> Account:
    """Return the account of a row that has the columns of `ACCOUNT`."""
    return Account(id=row.id, name=row.name, role=row.role, display=row.display, bot=bool(row.bot))


def find_channel(connection: Connection, name: str) -> ConversationRow | None:
    """Return the channel, or announcements, of that name without `#`."""
    return _conversation(connection.execute(_by_name, {"name_key": name_key(name)}).first())


def find_direct(connection: Connection, one: AccountId, other: AccountId) -> ConversationRow | None:
    """Return the direct conversation of two accounts."""
    return _conversation(connection.execute(_by_accounts, {"direct_key": direct_key(one, other)}).first())


def find_group(connection: Connection, number: str) -> ConversationRow | None:
    """Return the group of that number, as it is spelled behind the `&`."""
    row = find_conversation(connection, int(number)) if number.isascii() and number.isdecimal() else None
    return row if row is not None and row.kind == "group" else None


def find_conversation(connection: Connection, number: int) -> ConversationRow | None:
    """Return the conversation with that number."""
    if not 0 < number <= MAX_CONVERSATION:
        return None
    return _conversation(connection.execute(_by_id, {"id": number}).first())


def seat(connection: Connection, conversation: int, number: AccountId) -> Seat | None:
    """Return an account's newest membership of a conversation, which may have ended."""
    row = connection.execute(_seat, {"conversation": conversation, "account": number}).first()
    return None if row is None else Seat(*row)


def resolve(
    connection: Connection, asker: AccountId, ref: int | str, *, reading: bool = False
) -> tuple[ConversationRow, Seat | None]:
    """Return the conversation that an account means, and its seat there.

    Args:
        connection: to the store.
        asker: who means it.
        ref: number, `#channel`, `@user` or `&12`.
        reading: whether a former member finds it, too: it may read up to where it left.

    Raises:
        Refused: `no_conversation`, also for what the account may not know of.
    """
    found = _found(connection, asker, ref)
    if found is None:
        raise no_conversation(ref)
    row, mine = found
    if not row.known_to_all and (mine is None or not (mine.taken or reading)):
        raise no_conversation(ref)
    return row, mine


def _found(connection: Connection, asker: AccountId, ref: int | str) -> tuple[ConversationRow, Seat | None] | None:
    """Return what a reference names, whether or not the asker may know of it, and the asker's newest seat there."""
    if isinstance(ref, int):
        if not 0 < ref <= MAX_CONVERSATION:
            return None
        return _at_once(connection.execute(_by_id_with_seat, {"account": asker, "id": ref}).first())
    if ref.startswith("#"):
        key = name_key(ref[1:])
        return _at_once(connection.execute(_by_name_with_seat, {"account": asker, "name_key": key}).first())
    row: ConversationRow | None = None
    if ref.startswith("@"):
        other = find_account(connection, ref[1:])
        row = None if other is None else find_direct(connection, asker, AccountId(other.id))
    elif ref.startswith("&"):
        row = find_group(connection, ref[1:])
    return None if row is None else (row, seat(connection, row.id, asker))


def _at_once(found: Any) -> tuple[ConversationRow, Seat | None] | None:
    if found is None:
        return None
    width = len(CONVERSATION)
    mine = found[width:]
    return ConversationRow(*found[:width]), None if mine[0] is None else Seat(*mine)


def no_conversation(ref: int | str) -> Refused:
    """Return the refusal for a conversation that is not, or not for the asker."""
    if isinstance(ref, int):
        return Refused(Refusal.NO_CONVERSATION, REFUSALS[Refusal.NO_CONVERSATION].text)
    shown = clean_line(ref[:64])
    if shown.startswith("@"):
        return Refused(Refusal.NO_CONVERSATION, f"There is no direct conversation with '{shown}'; open it first.")
    return Refused(Refusal.NO_CONVERSATION, f"There is no conversation '{shown}'.")


def _conversation(row: Any) -> ConversationRow | None:
    return None if row is None else ConversationRow(*row)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Split values into lists that fit into one IN."""
    rest = iter(values)
    while some := list(islice(rest, MANY)):
        yield some
