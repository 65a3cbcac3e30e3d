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

from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, ConversationEvent
from chat_core.protocol.values import (
    Account,
    ChannelRole,
    ChannelSummary,
    Conversation,
    FileInfo,
    Member,
    Message,
    Style,
    target_of,
)
from chat_core.server.store.acts import (
    Enforced,
    Expelled,
    OrderOp,
    OrderReads,
    SanctionInChannel,
    SanctionOnServer,
)
from chat_core.server.store.attention import AttentionOp, AttentionReads
from chat_core.server.store.bounds import Bounds
from chat_core.server.store.files import FileReads
from chat_core.server.store.groups import GroupOp
from chat_core.server.store.hooks import HookOp, HookReads
from chat_core.server.store.marks import MarkOp, MarkReads
from chat_core.server.store.people import PeopleOp, PeopleReader
from chat_core.server.store.people import SignInByName as SignInByName
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


@dataclass(frozen=True, slots=True)
class RenameAccount:
    """Give an account another name. Outcome: `reply` is the `Account`.

    Refused: `name_taken`, `bad_name`, `no_account`.
    """

    account: AccountId
    name: str


@dataclass(frozen=True, slots=True)
class SetDisplayName:
    """Say what an account is shown as. Outcome: `reply` is the `Account`, as `renamed`, if it is new.

    Refused: `name_taken`, `bad_name`, `no_account`, `not_allowed` (somebody else's: no moderator, rank, not empty).
    """

    account: AccountId
    target: str
    """Name of whose it is; empty: of `account`."""
    display: str
    """Checked; empty: none."""
    ts: int


@dataclass(frozen=True, slots=True)
class JoinChannel:
    """Make an account a member of a channel, and the channel, with it as operator, if it is missing and `create`.

    Outcome: `reply` is `(Conversation, created)`; if it was no member before, one `ConversationJoined` account event
    and one membership; what was said before counts as read.
    Refused: `no_conversation` (also: it is closed, and may not be known of), `name_taken` (the same, where it would
    have been made), `too_many`, `not_allowed` (guests make none), `banned`, `locked`, `bad_name`.
    """

    account: AccountId
    name: str
    create: bool
    ts: int


@dataclass(frozen=True, slots=True)
class OpenDirect:
    """Find or make the direct conversation of two accounts; both become members, once, for ever.

    Outcome: `reply` is `(Conversation as `account` sees it, created)`; when made, a `ConversationJoined` for each of
    the two (one, if somebody writes to themselves). Refused: `no_account`, `too_many`.
    """

    account: AccountId
    other_name: str
    ts: int


@dataclass(frozen=True, slots=True)
class LeaveConversation:
    """End a membership of a channel or a group. Outcome: `reply` None, a `ConversationLeft`, a membership; of a group
    a `MemberLeft`, too.

    Refused: `not_member`, `no_conversation`, `not_allowed` (direct, announcements).
    """

    account: AccountId
    conversation: int | str
    ts: int


@dataclass(frozen=True, slots=True)
class AppendMessage:
    """Store one message.

    Outcome: `reply` is `Posted`-shaped `(conversation, seq, ts, duplicate)`; one `MessagePosted`, unless it is a
    duplicate: then the numbers are those of the first time and there is no event. The author's own read marker
    moves to its message when nothing unread lies between. One in a thread raises the numbers of its root, lets its
    author and that of the root follow the thread (a `ThreadMarked` for each), and without `in_channel` it is
    unread nowhere else.
    Refused: `not_member`, `no_conversation`, `not_allowed`, `cid_reused` (same cid, other digest), `unknown_prev`,
    `no_message` (reply_to or thread names no message, or one that was deleted), `muted`, `locked`, `archived`,
    `slow_mode`; and `Moderated`. A rule that only warns lets the message through: then there is an
    `AccountSanctioned` besides.
    """

    account: AccountId
    conversation: int | str
    """Number, `#channel` or `@user`; the digest is over the resolved number."""
    cid: Cid
    prev: Cid | None
    body: str
    """Cleaned."""
    raw: str
    """As received: what the digest covers, with conversation, style and reply_to."""
    style: Style
    reply_to: int | None
    ts: int
    thread: int | None = None
    """seq of the message whose thread it is for; the digest covers it and `in_channel`."""
    in_channel: bool = False
    via: str = ""
    """What a webhook calls itself in this message, cleaned; empty: nothing."""
    broadcast: bool = False
    """Whether it may go into the announcements: the caller has seen that its author may write there."""
    file: FileInfo | None = None
    """What hangs on it: its bytes are on disk already."""


@dataclass(frozen=True, slots=True)
class EditMessage:
    """Replace the text of a message.

    Outcome: `reply` is `(conversation, seq, ts, duplicate)` of the `MessageEdited`; where the message has that text
    already, there is no event and the numbers are those of the last event folded into it.
    Refused: `not_member`, `no_conversation`, `no_message` (also: it was deleted), `not_allowed` (it is somebody
    else's, or an announcement).
    """

    account: AccountId
    conversation: int | str
    seq: int
    body: str
    """Cleaned."""
    ts: int
    within_s: int = 0
    """Time for that after it was sent; 0: for ever. Who keeps order there need not mind."""


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Drop the text of a message wherever it is kept: in the message, in its events, and the digest of its cid.

    Outcome: `reply` is `(conversation, seq, ts, duplicate)` of the `MessageDeleted`; where it was deleted before,
    there is no event and the numbers are those of the first time. The cid stays: a repeated send gets its first
    answer, whatever it says.
    Refused: as for `EditMessage`, but that a deleted message is no fault, and who keeps order deletes others', audited.
    """

    account: AccountId
    conversation: int | str
    seq: int
    ts: int
    within_s: int = 0
    """As above."""


@dataclass(frozen=True, slots=True)
class SetChannelTopic:
    """Set a topic. Outcome: `reply` None and one `TopicChanged` (none, if it is the same).

    Refused: `not_member`, `not_allowed`, `no_conversation`.
    """

    account: AccountId
    conversation: int | str
    topic: str
    ts: int


@dataclass(frozen=True, slots=True)
class MoveReadMarker:
    """Move a read marker forward, at most to the head, and past own messages that follow at once.

    Outcome: `reply` None; a `ReadMarkerMoved` unless nothing changed. Refused: `not_member`, `no_conversation`.
    """

    account: AccountId
    conversation: int | str
    seq: int
    back: bool = False
    """Whether it may go back: then it is put to this very seq, and there is an event even where it was there."""


Op = (
    PeopleOp
    | PrivateOp
    | AttentionOp
    | MarkOp
    | RenameAccount
    | SetDisplayName
    | JoinChannel
    | OpenDirect
    | LeaveConversation
    | AppendMessage
    | EditMessage
    | DeleteMessage
    | SetChannelTopic
    | MoveReadMarker
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


OnCommit = Callable[[Sequence[Committed]], None]


# --- reads ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation as seen by one account that may or may not be in it."""

    id: ConversationId
    kind: str
    name: str
    head: int
    eid: bytes
    member: bool
    last_readable: int | None
    """seq of the last event a former member may read; None: no such bound (a member, or never one)."""
    since: int = 0
    """seq behind which a member, or a former one, may read: what was said before it came is not for it."""
    public: bool = False
    """Whether everybody may read it."""
    role: ChannelRole = "member"
    """What the account may do in it, as a member."""

    @property
    def target(self) -> str:
        """The conversation spelled as a TARGET."""
        return target_of(self.kind, self.id, self.name)


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages, oldest first."""

    messages: Sequence[Message]
    at_start: bool
    at_end: bool


class Reader(
    FileReads, HookReads, OrderReads, PeopleReader, PrivateReads, AttentionReads, MarkReads, ThreadReads, Protocol
):
    """Reads on one consistent snapshot. Called in a reader's thread, never on the event loop."""

    def find(self, account: AccountId, ref: int | str) -> Place:
        """Resolve a number, `#channel` or `@user`.

        Raises: Refused `no_conversation`, also for what the account may not know of.
        """
        ...

    def readable(self, account: AccountId, ref: int | str) -> Place:
        """Do the same, but let a former member of a closed channel find it, who may read up to `last_readable`."""
        ...

    def places_of(self, account: AccountId) -> Sequence[Place]:
        """Return all conversations the account is a member of, by id, each as `find` does."""
        ...

    def conversations_of(self, account: AccountId) -> Sequence[Conversation]:
        """Return all conversations the account is a member of, by id, with unread counts; `online` is left 0."""
        ...

    def conversation(self, account: AccountId, conversation: ConversationId) -> Conversation:
        """Return one of these."""
        ...

    def account_head(self, account: AccountId) -> int:
        """Return the seq of the newest event in the account's log; 0: none."""
        ...

    def account_events(self, account: AccountId, after: int) -> Sequence[AccountEvent]:
        """Return the account's events behind a seq, oldest first; superseded read markers are missing.

        `ConversationJoined.conversation` shows the conversation as it is now.
        """
        ...

    def events(self, conversation: ConversationId, after: int, upto: int, limit: int) -> Sequence[ConversationEvent]:
        """Return `after < seq <= upto`, oldest first, at most `limit` some PAGE_BYTES (but at least one)."""
        ...

    def eid_at(self, conversation: ConversationId, seq: int) -> bytes | None:
        """Return the id of the event with that seq; None if there is none."""
        ...

    def history(
        self,
        conversation: ConversationId,
        anchor: str,
        seq: int,
        limit: int,
        bounds: Bounds,
        asker: AccountId | None = None,
    ) -> MessagePage:
        """Return a page of messages, cut to about PAGE_BYTES of bodies on the side away from the anchor.

        Args:
            anchor: `latest`, `before`, `after`, `around` as in the request `history`.
            bounds: what may be read.
            asker: whose reactions are told of as their own; None: nobody's.
        """
        ...

    def members(self, conversation: ConversationId, after: str, limit: int) -> tuple[Sequence[Member], int, bool]:
        """Return members by name behind `after`, the number of all, and whether more follow; nobody is `online`."""
        ...

    def users(self, after: str, limit: int) -> tuple[Sequence[Account], bool]:
        """Return a page of accounts by name behind `after`, and whether more follow."""
        ...

    def accounts(self, ids: Sequence[AccountId]) -> Sequence[Account]:
        """Return the accounts of these numbers, by name."""
        ...

    def channels(self, account: AccountId, after: str, limit: int) -> tuple[Sequence[ChannelSummary], bool]:
        """Return a page of channels by name behind `after`, and whether more follow: public ones, and one's own."""
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
