"""The `Reader` of the port over an SQLAlchemy connection: the same queries for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, exists, or_, select
from sqlalchemy import and_ as both

from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, ConversationEvent, ConversationLeft
from chat_core.protocol.values import Account, ChannelSummary, Conversation, DmPolicy, Member, PrivateChat, Sanction
from chat_core.server.manners import Own
from chat_core.server.store import auditing, enforcing, leftovers, lookups, mentioned, pages, private_lookups, views
from chat_core.server.store.acts import Act, ServerLock
from chat_core.server.store.as_of import edited_since
from chat_core.server.store.attention import Mentioned, MentionKey
from chat_core.server.store.base import Head, Refused
from chat_core.server.store.bounds import Bounds, Ends
from chat_core.server.store.conversations import Place
from chat_core.server.store.file_reads import SqlFileReads
from chat_core.server.store.hook_reads import SqlHookReader
from chat_core.server.store.keys import MAX_SEQ
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.mark_reads import SqlMarkReader
from chat_core.server.store.messages import MessagePage
from chat_core.server.store.payloads import CONVERSATION_LEFT, account_event
from chat_core.server.store.people_reads import SqlPeopleReader
from chat_core.server.store.schema import account_events, accounts, channel_invites, conversations, memberships, meta
from chat_core.server.store.searching import Found, Index, Search
from chat_core.server.store.settings import manners_of
from chat_core.server.store.thread_reads import SqlThreadReader

_member = both(
    memberships.c.account == accounts.c.id,
    memberships.c.conversation == bindparam("conversation"),
    memberships.c.until_seq.is_(None),
)
_behind = accounts.c.name_key > bindparam("after")
# A small conversation is gathered and sorted; for a large one it is cheaper to go through the names in order.
_members_sorted: Final = (
    select(*lookups.ACCOUNT, memberships.c.role.label("channel_role"))
    .join_from(memberships, accounts, _member)
    .where(_behind)
    .order_by(accounts.c.name_key)
    .limit(bindparam("count"))
)
_members_in_order: Final = (
    select(
        *lookups.ACCOUNT,
        select(memberships.c.role).where(_member).limit(1).scalar_subquery().label("channel_role"),
    )
    .where(_behind, exists(select(memberships.c.account).where(_member)))
    .order_by(accounts.c.name_key)
    .limit(bindparam("count"))
)
LARGE: Final = 500
"""Members from which on a conversation is a large one."""
_member_count: Final = select(conversations.c.member_count).where(conversations.c.id == bindparam("conversation"))
_invited: Final = select(channel_invites.c.conversation).where(
    channel_invites.c.account == bindparam("account"),
    channel_invites.c.conversation.in_(bindparam("numbers", expanding=True)),
)
_users: Final = select(*lookups.ACCOUNT).where(_behind).order_by(accounts.c.name_key).limit(bindparam("count"))
_joined: Final = exists(
    select(memberships.c.account).where(
        memberships.c.conversation == conversations.c.id,
        memberships.c.account == bindparam("account"),
        memberships.c.until_seq.is_(None),
    )
)
_channels: Final = (
    select(
        conversations.c.id,
        conversations.c.name,
        conversations.c.topic,
        conversations.c.member_count,
        conversations.c.visibility,
        conversations.c.archived,
        _joined.label("joined"),
    )
    .where(
        conversations.c.kind == "channel",
        conversations.c.name_key > bindparam("after"),
        or_(conversations.c.visibility == "public", _joined),
    )
    .order_by(conversations.c.name_key)
    .limit(bindparam("count"))
)
_last_leave: Final = (
    select(account_events.c.seq, account_events.c.payload)
    .where(
        account_events.c.account == bindparam("account"),
        account_events.c.conversation == bindparam("conversation"),
        account_events.c.kind == CONVERSATION_LEFT,
    )
    .order_by(account_events.c.seq.desc())
    .limit(1)
)
_settings: Final = select(conversations.c.settings).where(conversations.c.id == bindparam("number"))
_account_head: Final = select(accounts.c.log_head).where(accounts.c.id == bindparam("account"))
_account_events: Final = (
    select(
        account_events.c.seq,
        account_events.c.kind,
        account_events.c.conversation,
        account_events.c.payload,
    )
    .where(account_events.c.account == bindparam("account"), account_events.c.seq > bindparam("after"))
    .order_by(account_events.c.seq)
)


class SqlReader(SqlFileReads, SqlHookReader, SqlPeopleReader, SqlMarkReader, SqlThreadReader):
    """A `Searcher`; see there.

    Args:
        connection: in a transaction that shows one snapshot.
        index: what searches are put to; None: it is asked for none.
    """

    def __init__(self, connection: Connection, index: Index | None = None) -> None:
        self._connection = connection
        self._index = index

    def find(self, account: AccountId, ref: int | str) -> Place:
        """Resolve a number, `#channel` or `@user`. Raises: Refused `no_conversation`."""
        return self._place(account, ref, reading=False)

    def readable(self, account: AccountId, ref: int | str) -> Place:
        """Do the same for reading: a former member finds a closed channel, too. Raises: Refused `no_conversation`."""
        return self._place(account, ref, reading=True)

    def _place(self, account: AccountId, ref: int | str, *, reading: bool) -> Place:
        row, seat = lookups.resolve(self._connection, account, ref, reading=reading)
        return _place(row, seat, account, views.partners_of(self._connection, account, [row]))

    def places_of(self, account: AccountId) -> Sequence[Place]:
        """Return all conversations the account is a member of, by id."""
        return views.places_of(self._connection, account)

    def numbers_of(self, account: AccountId) -> Sequence[ConversationId]:
        """Return the numbers of all conversations of the account, in order."""
        return lookups.numbers_of(self._connection, account)

    def conversations_of(self, account: AccountId) -> Sequence[Conversation]:
        """Return all conversations of the account, by id."""
        return views.all_of(self._connection, account)

    def conversation(self, account: AccountId, conversation: ConversationId) -> Conversation:
        """Return one of these. Raises: Refused `no_conversation`, `not_member`."""
        row, seat = lookups.resolve(self._connection, account, conversation)
        if seat is None or not seat.taken:
            raise Refused(Refusal.NOT_MEMBER, "You are not in that conversation: join it first.")
        return views.some_of(self._connection, account, [row.id])[row.id]

    def account_head(self, account: AccountId) -> int:
        """Return the seq of the newest event in the account's log; 0: none."""
        return self._connection.execute(_account_head, {"account": account}).scalar() or 0

    def account_events(self, account: AccountId, after: int) -> Sequence[AccountEvent]:
        """Return the account's events behind a seq, oldest first."""
        rows = self._connection.execute(_account_events, {"account": account, "after": after}).all()
        shown = views.some_of(self._connection, account, {row.conversation for row in rows})
        return [account_event(row.seq, row.kind, row.payload, shown[row.conversation]) for row in rows]

    def events(self, conversation: ConversationId, after: int, upto: int, limit: int) -> Sequence[ConversationEvent]:
        """Return `after < seq <= upto`, oldest first, as much as fits into a page."""
        return pages.log_piece(self._connection, conversation, after, upto, limit)

    def eids_at(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """Return the ids of events, by conversation and seq; what is not there is missing."""
        return pages.eids_at(self._connection, places)

    def history(
        self,
        conversation: ConversationId,
        anchor: str,
        seq: int,
        limit: int,
        bounds: Bounds,
        asker: AccountId | None = None,
    ) -> MessagePage:
        """Return a page of messages."""
        return pages.history(self._connection, conversation, anchor, seq, limit, bounds, asker)

    def members(self, conversation: ConversationId, after: str, limit: int) -> tuple[Sequence[Member], int, bool]:
        """Return a page of members by name, the number of all, and whether more follow."""
        total: int = self._connection.execute(_member_count, {"conversation": conversation}).scalar() or 0
        statement = _members_in_order if total > LARGE else _members_sorted
        rows, more = self._page(statement, limit, {"conversation": conversation, "after": name_key(after)})
        members = [
            Member(account=row.id, name=row.name, role=row.role, channel_role=row.channel_role, display=row.display)
            for row in rows
        ]
        return members, total, more

    def users(self, after: str, limit: int) -> tuple[Sequence[Account], bool]:
        """Return a page of accounts by name, and whether more follow."""
        rows, more = self._page(_users, limit, {"after": name_key(after)})
        return [lookups.account_of(row) for row in rows], more

    def accounts(self, ids: Sequence[AccountId]) -> Sequence[Account]:
        """Return the accounts of these numbers, by name."""
        found = lookups.accounts_of(self._connection, set(ids))
        return sorted(found, key=lambda account: name_key(account.name))

    def channels(self, account: AccountId, after: str, limit: int) -> tuple[Sequence[ChannelSummary], bool]:
        """Return a page of channels by name, and whether more follow: public ones, and the account's own."""
        rows, more = self._page(_channels, limit, {"account": account, "after": name_key(after)})
        return [
            ChannelSummary(
                id=row.id,
                name=row.name,
                topic=row.topic,
                members=row.member_count,
                joined=bool(row.joined),
                visibility=row.visibility,
                archived=row.archived,
            )
            for row in rows
        ], more

    def account_named(self, name: str) -> Account | None:
        """Return the account that has this name, in whatever spelling."""
        return lookups.find_account(self._connection, name)

    def acts(self, newest: int) -> Sequence[Act]:
        """Return the newest acts of the audit log, oldest first."""
        return list(auditing.read_acts(self._connection, newest))

    def unemptied(self) -> Sequence[ConversationId]:
        """Return the deleted channels that something is left of."""
        return leftovers.unemptied(self._connection)

    def last_leave(self, account: AccountId, conversation: int) -> ConversationLeft | None:
        """Return how the account left a conversation the last time; None: it never did."""
        row = self._connection.execute(_last_leave, {"account": account, "conversation": conversation}).first()
        if row is None:
            return None
        shown = Conversation(id=conversation, kind="channel", name="")
        left = account_event(row.seq, CONVERSATION_LEFT, row.payload, shown)
        return left if isinstance(left, ConversationLeft) else None

    def invited_to(self, account: AccountId, conversations: Collection[int]) -> frozenset[int]:
        """See OrderReads."""
        if not conversations:
            return frozenset()
        asked = {"account": account, "numbers": list(conversations)}
        return frozenset(self._connection.execute(_invited, asked).scalars())

    def sanctions(self, conversation: int | None, now_ms: int, limit: int) -> tuple[Sequence[Sanction], bool]:
        """Return the newest mutes and bans in force in a channel or on the whole server, and whether older ones are."""
        return enforcing.listed(self._connection, conversation, now_ms, limit)

    def manners(self, conversation: ConversationId) -> Own:
        """Return what a channel sets of moderation, for itself."""
        packed = self._connection.execute(_settings, {"number": conversation}).scalar()
        return manners_of(packed or b"")

    def server_lock(self, now_ms: int) -> ServerLock | None:
        """Return how the whole server is locked down; None: it is not."""
        return enforcing.read_lock(self._connection, now_ms)

    def chats_of(self, account: AccountId) -> tuple[Sequence[PrivateChat], DmPolicy]:
        """Return an account's private chat and its waiting requests, oldest first, and its policy."""
        chats = private_lookups.chats_of(self._connection, account)
        return chats, private_lookups.policy_of(self._connection, account)

    def ignored_numbers(self, account: AccountId) -> Sequence[int]:
        """Return the numbers of those whom an account ignores."""
        return private_lookups.ignored_numbers(self._connection, account)

    def is_chatting(self, account: int) -> bool:
        """Return whether an account is in a private chat."""
        return any(chat.begun for chat in private_lookups.chats_of(self._connection, AccountId(account)))

    def ignored_by(self, account: AccountId) -> Sequence[str]:
        """Return the names of those whom an account ignores, sorted."""
        return private_lookups.ignored_by(self._connection, account)

    def unread_of(self, account: AccountId) -> Sequence[Conversation]:
        """Return the conversations of an account in which something is unread, by id."""
        return views.unread_of(self._connection, account)

    def mentions_of(
        self, account: AccountId, before: MentionKey | None, limit: int
    ) -> tuple[Sequence[Mentioned], bool]:
        """Return a page of what mentions an account, the newest first, and whether there is more."""
        return mentioned.mentions_of(self._connection, account, before, limit)

    def search(self, search: Search) -> Found:
        """Return messages, as they stand now, within what may be read. Raises: BadCursor."""
        if self._index is None:
            raise Refused(Refusal.STORE_FAILED, "This server cannot search.")
        ends: Ends = {int(reach.conversation): reach.last for reach in search.reaches if reach.last < MAX_SEQ}
        messages = partial(pages.by_key, self._connection, asker=search.asker, ends=ends)
        return self._index.search(search, messages, partial(edited_since, self._connection, ends))

    def _page(self, statement: Select[Any], limit: int, values: dict[str, object]) -> tuple[Sequence[Row[Any]], bool]:
        rows = self._connection.execute(statement, {**values, "count": limit + 1}).all()
        return rows[:limit], len(rows) > limit


def _place(row: ConversationRow, seat: Seat | None, account: AccountId, partners: dict[AccountId, Account]) -> Place:
    return Place(
        id=row.id,
        kind=row.kind,
        name=views.label(row, account, partners),
        head=row.head,
        eid=row.eid,
        member=seat is not None and seat.taken,
        last_readable=None if seat is None else seat.until_seq,
        since=0 if seat is None else seat.since_seq,
        public=row.public,
        role=seat.role if seat is not None and seat.taken else "member",
    )


def read_epoch(connection: Connection) -> str:
    """Return the name of the store's life."""
    epoch: str = connection.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar_one()
    return epoch


def read_heads(connection: Connection) -> list[Head]:
    """Return where every conversation's log stands."""
    rows = connection.execute(select(conversations.c.id, conversations.c.head, conversations.c.head_eid))
    return [Head(ConversationId(row.id), row.head, row.head_eid) for row in rows]
