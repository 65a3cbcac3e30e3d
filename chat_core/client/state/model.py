"""What a client knows, as frozen values. Pure; the client's thread makes new ones, any thread may read them.

A timeline is a tuple of blocks of some 256 messages: one frozen list of everything would be copied for each message.
What is out of date is kept beside it, so that nothing can take it for the truth by mistake.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

import msgspec

from chat_core.base.names import name_key
from chat_core.protocol.events import (
    GroupEvent,
    MemberSanctioned,
    MessageEvent,
    MessagePosted,
    RoleChanged,
    RulesChanged,
)
from chat_core.protocol.values import Account, Conversation, Member, Message, Position, Style

Amendment = MessageEvent | MessagePosted
"""What is folded into a message: a change of its text, or a reply in its thread."""
BLOCK: Final = 256
"""Messages in a block before a new one is begun."""


class LinkStatus(StrEnum):
    """How the connection to the server is."""

    OFFLINE = "offline"
    """Not connected, and not trying."""
    CONNECTING = "connecting"
    """Trying right now."""
    ONLINE = "online"
    """Signed in and caught up."""
    WAITING = "waiting"
    """Lost; the next try is at `retry_at`."""
    REFUSED = "refused"
    """The server does not want this client; `detail` says why; only the user can mend it."""


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """The connection, as shown in a status line."""

    status: LinkStatus = LinkStatus.OFFLINE
    """How it is."""
    detail: str = ""
    """One sentence for people, empty when online."""
    retry_at: float | None = None
    """Monotonic time of the next try, with WAITING."""
    attempt: int = 0
    """Failed tries since it was last online."""
    lost: bool = False
    """Whether it was online before, since this client began."""
    latency_ms: float | None = None
    """Round trip of a call that was answered lately, in milliseconds."""


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A message of one's own that is not acknowledged yet."""

    cid: bytes
    """Its name, for ever."""
    conversation: int
    """Where it goes."""
    body: str
    """The text as given."""
    ts: int
    """When it was written, milliseconds since 1970."""
    style: Style = "text"
    """How it is drawn."""
    reply_to: int | None = None
    """seq of the message it answers."""
    thread: int | None = None
    """seq of the message whose thread it is for."""
    in_channel: bool = False
    """With `thread`: whether it stands in the conversation besides."""
    detached: bool = False
    """Whether it was an answer once: what it answered has another number now."""
    status: Literal["queued", "sending", "failed"] = "queued"
    """`queued`: waits for the connection; `sending`: on its way, unknown; `failed`: refused for good."""
    code: str = ""
    """With `failed`: the refusal's code; also while a refusal that passes is waited out."""
    text: str = ""
    """The refusal's sentence."""

    @property
    def aside(self) -> bool:
        """Whether it stands in its thread only."""
        return self.thread is not None and not self.in_channel


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A line between messages that is not a message."""

    after: int
    """It stands behind the message or event with this seq."""
    ts: int
    """When, milliseconds since 1970."""
    kind: Literal["topic", "joined", "left", "went", "came", "renamed", "reset", "order", "broadcast", "away"]
    """What happened; `went`: offline, without leaving; `came`: back from there."""
    names: tuple[str, ...] = ()
    """Who; with `renamed`: the old name and the new one."""
    text: str = ""
    """With `topic`: the new one; with `reset`: the reason in words; with `broadcast`: what was said to everybody;
    with `away`: how they want to be met, and what they say of it."""
    event: RoleChanged | RulesChanged | MemberSanctioned | GroupEvent | None = None
    """With `order`: what happened."""


class Stale(msgspec.Struct, frozen=True, kw_only=True):
    """Messages from before a `reset{far_behind}`: what was done to them since may be missing. Never empty."""

    blocks: tuple[tuple[Message, ...], ...]
    """Consecutive messages by seq, all in front of the timeline's `known_from`, in blocks."""
    up_to: int
    """Nothing is missing among them, nor behind them up to this seq."""
    at_start: bool = False
    """Whether nothing older existed."""

    def __iter__(self) -> Iterator[Message]:
        """Iterate over all of them, oldest first."""
        for block in self.blocks:
            yield from block

    @property
    def last_seq(self) -> int:
        """Seq of the newest one."""
        return self.blocks[-1][-1].seq

    def find(self, seq: int) -> Message | None:
        """Return the message with that seq, if it is among them."""
        return _found(self.blocks, seq)


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive messages of one conversation, oldest first, as far as they are known.

    What stands in front of them in a window is `stale`; everything else here speaks of what is up to date.
    """

    blocks: tuple[tuple[Message, ...], ...] = ()
    """Messages by seq, in blocks."""
    count: int = 0
    """Number of messages."""
    at_start: bool = False
    """Whether nothing older exists."""
    known_from: int = 0
    """Every message from this seq on, up to the position, is in it."""
    strays: tuple[Amendment, ...] = ()
    """Changes of messages that are not in it, oldest first: a page that was read before them lacks them."""
    strays_from: int = 0
    """All such changes behind this seq are kept; a page that was read before it cannot be mended."""
    stale: Stale | None = None
    """Older ones that pages have not replaced yet; with a gap behind them if `missing`."""

    def __iter__(self) -> Iterator[Message]:
        """Iterate over all messages, oldest first."""
        for block in self.blocks:
            yield from block

    @property
    def missing(self) -> int:
        """Events between what is stale and what is known, of which nothing is known; 0: there is no gap."""
        return 0 if self.stale is None else max(0, self.known_from - 1 - self.stale.up_to)

    @property
    def first_seq(self) -> int:
        """Seq of the oldest known message; 0: none."""
        return self.blocks[0][0].seq if self.blocks else 0

    @property
    def last_seq(self) -> int:
        """Seq of the newest known message; 0: none."""
        return self.blocks[-1][-1].seq if self.blocks else 0

    def find(self, seq: int) -> Message | None:
        """Return the message with that seq, if it is known."""
        return _found(self.blocks, seq)

    def newest(self, count: int) -> tuple[Message, ...]:
        """Return the newest `count` messages, oldest first."""
        taken: list[Message] = []
        for block in reversed(self.blocks):
            taken[:0] = block[max(0, len(block) - (count - len(taken))) :]
            if len(taken) >= count:
                break
        return tuple(taken)


def _found(blocks: tuple[tuple[Message, ...], ...], seq: int) -> Message | None:
    index = bisect_left(blocks, seq, key=lambda block: block[-1].seq)
    if index == len(blocks):
        return None
    block = blocks[index]
    at = bisect_left(block, seq, key=lambda message: message.seq)
    return block[at] if block[at].seq == seq else None


class Typist(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is writing."""

    account: int
    """Who."""
    name: str
    """Their name."""
    display: str = ""
    """What they are shown as; empty: their name."""
    until: float
    """Monotonic time at which it fades."""


class MemberList(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in a conversation, as far as it was asked for."""

    members: tuple[Member, ...] = ()
    """By name."""
    rev: int = 0
    """Signals up to this one are folded in."""
    total: int = 0
    """Number of all members."""
    online: int = 0
    """Number of those that are connected."""
    stale: bool = True
    """Whether it should be asked for again before it is shown as the truth."""


class ThreadState(msgspec.Struct, frozen=True, kw_only=True):
    """A thread that was opened here."""

    root: Message
    """What it hangs on."""
    messages: tuple[Message, ...] = ()
    """What was said in it, oldest first, without a hole up to the conversation's position."""
    at_start: bool = False
    """Whether nothing older is in it."""
    following: bool = False
    """Whether one follows it."""
    read: int = 0
    """Own read marker in it."""
    stale: bool = False
    """Whether something may be missing: it must be read again."""

    def unread(self, silent: frozenset[int]) -> int:
        """Return how many messages are behind the read marker that were not deleted, but for those by some accounts."""
        return sum(
            message.seq > self.read and message.author not in silent and not message.deleted
            for message in self.messages
        )


class ThreadNews(msgspec.Struct, frozen=True, kw_only=True):
    """What is new in a thread that one follows, as the server counted it."""

    read: int = 0
    """Own read marker in it."""
    unread: int = 0
    """Messages by others behind it; not those that were deleted."""
    mentions: int = 0
    """Those among them that call one and stand in the thread only."""


def _no_threads() -> Mapping[int, ThreadState]:
    return MappingProxyType({})


def _none_followed() -> Mapping[int, ThreadNews]:
    return MappingProxyType({})


class ConversationState(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation as this client has it."""

    info: Conversation
    """Kind, name, topic, members; its `head`, `read` and `unread` are as of the last resume: use those below."""
    position: Position
    """The last event handed to the application."""
    timeline: Timeline = Timeline()
    """Known messages."""
    notices: tuple[Notice, ...] = ()
    """Lines between them, oldest first; the newest 200."""
    unsent: tuple[Unsent, ...] = ()
    """One's own messages that are not acknowledged, in sending order."""
    read: int = 0
    """Own read marker."""
    confirmed: int = 0
    """How far it was at the server, as far as that is known: a marker that is before it there went back."""
    put_back: int = 0
    """seq of the account's event that put it there by hand, and it has not moved since; 0: none. Whoever says that it
    is further on, and was not asked behind that, speaks of an older time."""
    unread: int = 0
    """Messages behind it by others whom one does not ignore; not those that were deleted."""
    mentions: int = 0
    """Those among them that name oneself, or call everybody."""
    uncounted: bool = False
    """Whether the marker moved among messages that are not known here, or such messages changed since, or whom one
    ignores: then the two above, and where an own message has moved the marker to, are asked for again."""
    typing: tuple[Typist, ...] = ()
    """Others who are writing."""
    members: MemberList = MemberList()
    """Who is in it."""
    remembered: bool = False
    """Whether it is known from an earlier run only, and the server has not said anything of it yet."""
    loading: bool = False
    """Whether older messages are being fetched."""
    threads: Mapping[int, ThreadState] = msgspec.field(default_factory=_no_threads)
    """Threads that were opened here, by the seq of what they hang on; read-only."""
    followed: Mapping[int, ThreadNews] = msgspec.field(default_factory=_none_followed)
    """Threads that one follows, by the seq of what they hang on; read-only, of a client that watches threads only."""
    recounts: int = 0
    """How often something came that can have changed what is new in those."""

    @property
    def id(self) -> int:
        """Number of the conversation."""
        return self.info.id

    @property
    def target(self) -> str:
        """Spelled as a TARGET."""
        return self.info.target


class Listener(NamedTuple):
    """For whom messages count as something new."""

    me: Account | None
    """Who one is; None before the first sign-in."""
    ignored: frozenset[int] = frozenset()
    """Accounts that one ignores."""

    @property
    def silent(self) -> frozenset[int]:
        """Accounts whose messages are nothing new: one's own, and those."""
        return self.ignored if self.me is None else self.ignored | {self.me.id}


def _nothing() -> Mapping[int, ConversationState]:
    return MappingProxyType({})


def _no_bookmarks() -> Mapping[int, frozenset[int]]:
    return MappingProxyType({})


class ClientState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything."""

    me: Account | None = None
    """Who one is; None before the first sign-in."""
    server: str = ""
    """Program and version of the server."""
    motd: str = ""
    """The server's message of the day, as of the last sign-in; empty: none."""
    epoch: str = ""
    """Life of the store the positions belong to; empty before the first resume."""
    account_seq: int = 0
    """Position in the account's log."""
    link: LinkState = LinkState()
    """The connection."""
    ignored: frozenset[int] = frozenset()
    """Accounts that one ignores: what they say is folded away, and is nothing new."""
    bookmarks: Mapping[int, frozenset[int]] = msgspec.field(default_factory=_no_bookmarks)
    """Seqs of the messages at which one has bookmarks, by conversation; read-only."""
    conversations: Mapping[int, ConversationState] = msgspec.field(default_factory=_nothing)
    """By number, read-only."""

    @property
    def listener(self) -> Listener:
        """For whom messages count."""
        return Listener(self.me, self.ignored)

    def by_target(self, target: str) -> ConversationState | None:
        """Return the conversation spelled `#channel` or `@user`, compared as names are."""
        wanted = name_key(target)
        for conversation in self.conversations.values():
            if name_key(conversation.target) == wanted:
                return conversation
        return None


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What one was last: enough to look at the list and to write while the server is away."""

    me: Account
    """Who."""
    epoch: str
    """Life of the server's store."""
    server: str
    """Program and version of the server."""
    conversations: tuple[Conversation, ...]
    """As they were."""
    account_seq: int = 0
    """Position in the account's log: what is behind it was missed. 0: not known."""
