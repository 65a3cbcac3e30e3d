"""What moved in the client's state: small values that say where to look, not what to draw. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from chat_core.client.state.model import ClientState, Notice, Unsent
from chat_core.protocol.events import Event
from chat_core.protocol.values import Message


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Root of all changes."""


class LinkChanged(Change, frozen=True, kw_only=True):
    """`state.link`, `state.me` or `state.server` is another one."""


class ListChanged(Change, frozen=True, kw_only=True):
    """Conversations came, went, or changed a label (name, topic, number of members)."""

    added: tuple[int, ...] = ()
    """New ones."""
    removed: tuple[int, ...] = ()
    """Ones that are gone."""
    changed: tuple[int, ...] = ()
    """Ones with another label."""


class UnreadChanged(Change, frozen=True, kw_only=True):
    """Unread count, mentions or read marker moved."""

    conversation: int
    """Where."""


class TimelineReset(Change, frozen=True, kw_only=True):
    """The timeline was replaced: draw it anew."""

    conversation: int
    """Which one."""
    reason: str = ""
    """Why, as in a catch-up's `reset`; `renamed`: names in it changed; empty: its first page came."""

    @property
    def jumped(self) -> bool:
        """Whether what follows does not continue what was told before."""
        return self.reason not in ("", "renamed")

    @property
    def is_another_log(self) -> bool:
        """Whether a number may mean another message from now on."""
        return self.reason in ("epoch", "rewound")


class MessagesAppended(Change, frozen=True, kw_only=True):
    """Messages came at the end."""

    conversation: int
    """Where."""
    messages: tuple[Message, ...]
    """Which, oldest first, as they were posted; a `MessageChanged` may follow."""
    live: bool = True
    """False while catching up: no bell, no notification for each."""


class MessageChanged(Change, frozen=True, kw_only=True):
    """A known message was edited or deleted: draw it anew."""

    conversation: int
    """Where."""
    seq: int
    """Which."""


class ThreadChanged(Change, frozen=True, kw_only=True):
    """A thread that is open has other messages, another root, marker or staleness."""

    conversation: int
    """Where."""
    thread: int
    """seq of what it hangs on."""


class MessagesPrepended(Change, frozen=True, kw_only=True):
    """Older messages came at the beginning."""

    conversation: int
    """Where."""
    count: int
    """How many."""


class LoadingChanged(Change, frozen=True, kw_only=True):
    """Fetching older messages began or ended."""

    conversation: int
    """Where."""


class UnsentChanged(Change, frozen=True, kw_only=True):
    """Own messages were queued, sent, acknowledged or refused."""

    conversation: int
    """Where."""


class NoticeAdded(Change, frozen=True, kw_only=True):
    """A line between messages was added, or the last one was extended."""

    conversation: int
    """Where."""
    notice: Notice
    """The line as it is now."""


class IgnoredChanged(Change, frozen=True, kw_only=True):
    """One ignores others than before."""


class BookmarksChanged(Change, frozen=True, kw_only=True):
    """One has other bookmarks in a conversation than before."""

    conversation: int
    """Where."""


class TypingChanged(Change, frozen=True, kw_only=True):
    """Somebody began or stopped writing."""

    conversation: int
    """Where."""


class MembersListed(Change, frozen=True, kw_only=True):
    """The member list, its numbers or its staleness changed."""

    conversation: int
    """Where."""


class SendGivenUp(Change, frozen=True, kw_only=True):
    """An own message can never be sent, and no conversation is left that could show it as failed."""

    unsent: Unsent
    """It."""
    target: str
    """Where it was to go; empty: not known any more."""
    text: str
    """Why, for people."""


class PutOut(Change, frozen=True, kw_only=True):
    """Somebody put this account out of a conversation, or deleted that: it is gone from the list."""

    conversation: int
    """Which one."""
    target: str
    """What it was called."""
    reason: Literal["kicked", "banned", "deleted"]
    """How."""
    name: str
    """Who decided it; empty: the server itself."""
    text: str
    """What they gave as the reason."""
    until: int | None
    """When a ban ends by itself, milliseconds since 1970; None: when it is lifted."""


class Delivered(Change, frozen=True, kw_only=True):
    """An event was handed over: conversation events once each, in seq order."""

    event: Event
    """The event."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The state after some changes, and the changes in order, told as briefly as possible.

    Of changes that only say where to look there is one of a kind and conversation (and message). A `TimelineReset`
    stands for all that happened to that timeline in the batch: no appended, prepended or changed messages of it follow.
    """

    state: ClientState
    """As of the last of them."""
    changes: tuple[Change, ...]
    """Never empty."""
