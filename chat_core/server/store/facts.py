"""What posting must know of conversations, members, names and order: read once, then kept in step with every write.

Only a store that is its database's one writer may keep facts from one transaction to the next; and after a rollback
they must be cleared. Absence is never kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.values import ChannelRole, Rules, ServerRole, is_personal
from chat_core.server.manners import Own
from chat_core.server.store import enforcing, lookups, private_lookups
from chat_core.server.store.base import Refused
from chat_core.server.store.enforcing import Order
from chat_core.server.store.keys import MAX_CONVERSATION, MAX_SEQ, SEQ_BITS, seq_of
from chat_core.server.store.private_lookups import Door
from chat_core.server.store.schema import conversations, memberships, messages
from chat_core.server.store.settings import manners_of, rules_of

MOST: Final = 50_000
"""Things kept before all are forgotten: some ten megabytes."""

_first = conversations.c.id.op("<<")(SEQ_BITS)
_deleted = (
    select(func.max(messages.c.id))
    .where(messages.c.id > _first, messages.c.id <= _first.op("|")(MAX_SEQ), messages.c.deleted)
    .correlate(conversations)
    .scalar_subquery()
    .label("deleted")
)
_logs = (
    select(
        conversations.c.id,
        conversations.c.kind,
        conversations.c.head,
        conversations.c.ordinal,
        conversations.c.visibility,
        conversations.c.moderated,
        conversations.c.locked,
        conversations.c.archived,
        conversations.c.slow_s,
        conversations.c.settings,
        _deleted,
    )
    .where(conversations.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(conversations.c.id)  # several writers lock in one order, or they would wait for each other
    .with_for_update()
)
_seats = select(
    memberships.c.account,
    memberships.c.read_ordinal,
    memberships.c.own_unread,
    memberships.c.role,
    memberships.c.read_seq,
    memberships.c.since_seq,
).where(
    memberships.c.conversation == bindparam("conversation"),
    memberships.c.account.in_(bindparam("accounts", expanding=True)),
    memberships.c.until_seq.is_(None),
)


@dataclass(slots=True)
class LogFacts:
    """Where a conversation's log stands."""

    id: ConversationId
    kind: str
    head: int
    ordinal: int
    hidden: bool = False
    """Whether it is told of to members only."""
    rules: Rules | None = None
    """Those that forbid some members to write; None: nobody."""
    manners: Own = ()
    """What it sets of moderation, for itself."""
    deleted: int = 0
    """seq of the newest message that was deleted; 0: none."""


@dataclass(slots=True)
class SeatFacts:
    """A member's read marker, in messages, and its role."""

    read_ordinal: int
    own_unread: int
    role: ChannelRole = "member"
    read_seq: int = 0
    since_seq: int = 0


class Facts:
    """See the module's head."""

    def __init__(self) -> None:
        self.logs: dict[int, LogFacts] = {}
        self.seats: dict[tuple[int, AccountId], SeatFacts] = {}
        self.absent: set[tuple[int, AccountId]] = set()
        """Of whom it is known that they have no seat there."""
        self.names: dict[AccountId, str] = {}
        self.roles: dict[AccountId, ServerRole] = {}
        """Of the same accounts, on the server."""
        self.displays: dict[AccountId, str] = {}
        """What those of them are shown as that are not shown as their name."""
        self.bots: set[AccountId] = set()
        """Those of the same accounts that belong to programs."""
        self.order: Order | None = None
        """Who is muted, and whether the server is locked down; None: to be read."""
        self.spoke: dict[tuple[int, AccountId], int] = {}
        """When a member of a slow channel wrote there last, milliseconds since 1970."""
        self.refs: dict[tuple[AccountId, str], ConversationId] = {}
        self.doors: dict[tuple[int, AccountId], Door | None] = {}
        """How the other one of a direct conversation stands to being written to by this account."""
        self.ignorers: dict[AccountId, tuple[AccountId, ...]] = {}
        """Who ignores an account, also where that is nobody."""
        self.last: dict[AccountId, Cid] = {}
        """The send accepted last."""

    def clear(self) -> None:
        """Forget everything."""
        self.logs.clear()
        self.seats.clear()
        self.absent.clear()
        self.names.clear()
        self.roles.clear()
        self.displays.clear()
        self.bots.clear()
        self.order = None
        self.spoke.clear()
        self.refs.clear()
        self.doors.clear()
        self.ignorers.clear()
        self.last.clear()

    def trim(self) -> None:
        """Forget everything if it has become much."""
        people = len(self.seats) + len(self.absent) + len(self.names) + len(self.last) + len(self.ignorers)
        if people + len(self.refs) + len(self.logs) + len(self.spoke) + len(self.doors) > MOST:
            self.clear()

    def forget_log(self, conversation: int) -> None:
        """A conversation's row was written."""
        self.logs.pop(conversation, None)

    def forget_seat(self, conversation: int, account: AccountId) -> None:
        """A membership was written."""
        self.seats.pop((conversation, account), None)
        self.absent.discard((conversation, account))

    def forget_name(self, account: AccountId) -> None:
        """An account was renamed, or has another role: `@name` may mean another conversation."""
        self.names.pop(account, None)
        self.roles.pop(account, None)
        self.displays.pop(account, None)
        self.bots.discard(account)
        self.refs.clear()
        self.doors.clear()

    def learn_logs(self, connection: Connection, numbers: Iterable[int]) -> None:
        """Read what is not known of these conversations."""
        missing = {number for number in numbers if number not in self.logs and 0 < number <= MAX_CONVERSATION}
        for some in lookups.chunks(sorted(missing)):
            for row in connection.execute(_logs, {"ids": some}):
                rules = rules_of(row)
                strict = rules.moderated or rules.locked or rules.archived or rules.slow_s
                hidden = is_personal(row.kind) or rules.visibility != "public"
                self.logs[row.id] = LogFacts(
                    row.id,
                    row.kind,
                    row.head,
                    row.ordinal,
                    hidden,
                    rules if strict else None,
                    manners_of(row.settings),
                    seq_of(row.deleted or 0),
                )

    def learn_seats(self, connection: Connection, wanted: Iterable[tuple[int, AccountId]]) -> None:
        """Read what is not known of these memberships."""
        missing: dict[int, set[AccountId]] = {}
        for conversation, account in wanted:
            place = (conversation, account)
            if conversation in self.logs and place not in self.seats and place not in self.absent:
                missing.setdefault(conversation, set()).add(account)
                self.absent.add(place)
        for conversation, accounts in missing.items():
            for some in lookups.chunks(accounts):
                rows = connection.execute(_seats, {"conversation": conversation, "accounts": some})
                for account, *seat in rows:
                    self.seats[conversation, account] = SeatFacts(*seat)
                    self.absent.discard((conversation, account))

    def learn_names(self, connection: Connection, numbers: Iterable[AccountId]) -> None:
        """Read what is not known of these accounts' names."""
        missing = {number for number in numbers if number not in self.names}
        if missing:
            for account in lookups.accounts_of(connection, missing):
                self.names[AccountId(account.id)] = account.name
                self.roles[AccountId(account.id)] = account.role
                if account.display:
                    self.displays[AccountId(account.id)] = account.display
                if account.bot:
                    self.bots.add(AccountId(account.id))

    def learn_ignorers(self, connection: Connection, authors: Iterable[AccountId]) -> None:
        """Read who ignores these accounts, where that is not known."""
        missing = {author for author in authors if author not in self.ignorers}
        if missing:
            self.ignorers.update(dict.fromkeys(missing, ()))
            self.ignorers.update(private_lookups.ignorers_of(connection, missing))

    def forget_ignorers(self, author: AccountId, account: AccountId) -> None:
        """Somebody ignores an author from now on, or no longer: what counts as unread for them is another number."""
        self.ignorers.pop(author, None)
        for place in [place for place in self.seats if place[1] == account]:
            del self.seats[place]

    def learn_order(self, connection: Connection, now_ms: int) -> Order:
        """Read who may not write, if that is not known."""
        if self.order is None:
            self.order = enforcing.read_order(connection, now_ms)
        return self.order

    def forget_refs(self) -> None:
        """A conversation's name is free: it may mean another one."""
        self.refs.clear()

    def forget_sends(self) -> None:
        """A channel is deleted: what was sent there last is in no log any more."""
        self.last.clear()

    def forget_order(self) -> None:
        """A mute or the server's lock was written."""
        self.order = None

    def door(self, connection: Connection, conversation: ConversationId, author: AccountId) -> Door | None:
        """Return how the other one of a direct conversation stands to the author; None: there is no other one."""
        place = (conversation, author)
        if place not in self.doors:
            self.doors[place] = private_lookups.door_of(connection, conversation, author)
        return self.doors[place]

    def forget_doors(self) -> None:
        """A policy, a private chat or who ignores whom was written."""
        self.doors.clear()

    def resolve(self, connection: Connection, asker: AccountId, ref: str) -> ConversationId | None:
        """Return the number behind a `#channel` or `@user`, None if there is none for the asker."""
        known = self.refs.get((asker, ref))
        if known is None:
            try:
                row, _ = lookups.resolve(connection, asker, ref)
            except Refused:
                return None
            known = self.refs[asker, ref] = row.id
        return known
