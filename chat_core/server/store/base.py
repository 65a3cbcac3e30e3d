"""The port to the store: what may be asked, what is promised. Knows no SQL, no connection, no session.

Writes are values (`Op`). The store takes whatever arrived while its last commit ran, carries it out in one
transaction, and after the commit hands the outcomes to `on_commit`, in order, before any caller of `write` goes on:
so the hub has queued every push before the answer that belongs to it.

Reads are functions of a `Reader`, run off the event loop on one consistent snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, ConversationEvent
from chat_core.protocol.values import Account
from chat_core.server.store.acts import (
    Enforced,
    Expelled,
    OrderOp,
    OrderReads,
    SanctionInChannel,
    SanctionOnServer,
)
from chat_core.server.store.attention import AttentionOp, AttentionReads
from chat_core.server.store.conversations import ConversationOp, ConversationReads
from chat_core.server.store.files import FileReads
from chat_core.server.store.groups import GroupOp
from chat_core.server.store.hooks import HookOp, HookReads
from chat_core.server.store.marks import MarkOp, MarkReads
from chat_core.server.store.messages import MessageOp, MessageReads
from chat_core.server.store.people import NamingOp, PeopleOp, PeopleReader
from chat_core.server.store.private import PrivateOp, PrivateReads
from chat_core.server.store.searching import Found, Search
from chat_core.server.store.threading import ThreadOp, ThreadReads

T = TypeVar("T")

GENERAL = "general"
"""Name of the channel every account is in."""
ANNOUNCEMENTS = "announcements"
"""Name of the conversation every account reads."""


class Refused(Exception):
    """The store will not do that; nothing of the op was written. Becomes a failure on the wire.

    Args:
        code: why.
        text: one sentence for people.
        retry_after: seconds after which the same op is worth repeating, or None.
    """

    def __init__(self, code: Refusal, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.retry_after = retry_after


class Moderated(Refused):
    """A rule of moderation will not have a message.

    Args:
        text: why, sentences for its author.
        then: what is to be done besides, once the author has been told; None: nothing.
    """

    def __init__(self, text: str, then: SanctionInChannel | SanctionOnServer | None = None) -> None:
        super().__init__(Refusal.MODERATED, text)
        self.then = then


class StoreBroken(Exception):
    """The disk refused to make a commit durable; nothing may be acknowledged any more, the server must stop."""


# --- writes ---------------------------------------------------------------------------------------------------


Op = (
    PeopleOp
    | NamingOp
    | PrivateOp
    | AttentionOp
    | MarkOp
    | ConversationOp
    | MessageOp
    | OrderOp
    | ThreadOp
    | HookOp
    | GroupOp
)


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """An account became or ceased to be a member."""

    conversation: ConversationId
    account: AccountId
    name: str
    joined: bool
    members: int
    """Number of members afterwards."""
    told: bool = False
    """Whether an event of the log says so already."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What one op did, as of its commit."""

    reply: Any = None
    events: Sequence[ConversationEvent] = ()
    """At most one conversation's, in seq order."""
    latecomers: frozenset[AccountId] = frozenset()
    """Members that may not read the message that the event changes: they came later, and get no text of it."""
    account_events: Sequence[tuple[AccountId, AccountEvent]] = ()
    memberships: Sequence[MembershipChange] = ()
    created: Sequence[ConversationId] = ()
    """Conversations that did not exist before."""
    renamed: Account | None = None
    sanctions: Sequence[Enforced] = ()
    """Those that are new, and those that were lifted."""
    expelled: Sequence[Expelled] = ()
    """Whose connections are to end."""
    dropped: Sequence[bytes] = ()
    """SHA-256 of files that a message no longer holds; others may."""
    removed: Sequence[ConversationId] = ()
    """Channels that were deleted: their logs are empty."""


OnCommit = Callable[[Sequence[Committed]], None]


# --- reads ----------------------------------------------------------------------------------------------------


class Reader(
    ConversationReads,
    MessageReads,
    FileReads,
    HookReads,
    OrderReads,
    PeopleReader,
    PrivateReads,
    AttentionReads,
    MarkReads,
    ThreadReads,
    Protocol,
):
    """Reads on one consistent snapshot. Called in a reader's thread, never on the event loop."""

    def account_head(self, account: AccountId) -> int:
        """Return the seq of the newest event in the account's log; 0: none."""
        ...

    def account_events(self, account: AccountId, after: int) -> Sequence[AccountEvent]:
        """Return the account's events behind a seq, oldest first; superseded read markers are missing.

        `ConversationJoined.conversation` shows the conversation as it is now.
        """
        ...

    def users(self, after: str, limit: int) -> tuple[Sequence[Account], bool]:
        """Return a page of accounts by name behind `after`, and whether more follow."""
        ...

    def accounts(self, ids: Sequence[AccountId]) -> Sequence[Account]:
        """Return the accounts of these numbers, by name."""
        ...


class Searcher(Reader, Protocol):
    """A reader that searches, too."""

    def search(self, search: Search) -> Found:
        """Return messages, as they stand now, within what may be read. Raises: BadCursor."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """Where a conversation's log stands."""

    conversation: ConversationId
    seq: int
    eid: bytes


@dataclass(frozen=True, slots=True)
class Boot:
    """What the hub needs to begin."""

    epoch: str
    heads: Sequence[Head] = field(default_factory=tuple)
    sanctions: Sequence[Enforced] = ()
    """Mutes and bans that are not lifted."""


class Store(Protocol):
    """See the module's head for what is promised."""

    async def open(self, on_commit: OnCommit) -> Boot:
        """Open, or make, the store. Raises: WorldFault (unwritable), UsageFault (made by a newer version)."""
        ...

    async def write(self, op: Op) -> Any:
        """Carry out an op durably and return its `reply`.

        Raises:
            Refused: what the op says, and `store_full`, `store_failed`, `busy`, `shutting_down`.
            StoreBroken: and from then on for every op.
        """
        ...

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Run a query on one snapshot, off the event loop.

        Raises: what the query raises; Refused `store_failed`, `shutting_down`.
        """
        ...

    async def search(self, query: Callable[[Searcher], T]) -> T:
        """Run a query as `read` does, but aside from other reads: it may take a quarter of a second.

        Raises: as `read`; Refused `busy`: too many wait.
        """
        ...

    async def close(self) -> None:
        """Commit what is queued, then close."""
        ...
