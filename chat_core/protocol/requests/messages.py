"""Messages: sending, editing, deleting, reading pages of history, reading the log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.values import CidBytes, ConversationRef, Message, SeqNumber, SeqOrNone, Style


class Posted(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The message is on disk; `conversation:seq` is its address for ever."""

    conversation: int
    """Number of the conversation."""
    seq: int
    """Its number there."""
    ts: int
    """When the server took it, in milliseconds since 1970-01-01 UTC."""
    duplicate: bool = False
    """Whether it was accepted earlier under this cid: the answer is that of the first time."""


class Post(Request[Posted], frozen=True, kw_only=True, tag="post"):
    """Send a message. Safe to repeat with the same cid: it is stored once, and answered the same."""

    conversation: ConversationRef
    """Where; one must be a member."""
    cid: CidBytes
    """16 bytes that name this send: unique per account, for ever."""
    prev: CidBytes | None = None
    """cid of one's previous send there; refused with `unknown_prev` while that one is not stored, so that
    the order is kept. Nil: no such condition."""
    body: str
    """The text; the server cleans it (control characters, line ends) before it is stored."""
    style: Style = "text"
    """How it is drawn."""
    reply_to: SeqNumber | None = None
    """seq of the message it answers; `no_message` if that is not there, or was deleted."""
    thread: SeqNumber | None = None
    """seq of the message whose thread it is for; of one that is in a thread itself: that thread. `no_message` if it is
    not there, or was deleted before it had a thread."""
    in_channel: bool = False
    """With `thread`: whether it stands in the conversation besides."""


class Broadcast(Request[Posted], frozen=True, kw_only=True, tag="broadcast"):
    """Write an announcement, which everybody gets. Safe to repeat with the same cid, as `post` is."""

    cid: CidBytes
    """16 bytes that name this send: unique per account, for ever."""
    body: str
    """The text, cleaned and bounded as in `post`."""


class Edited(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The text is on disk."""

    conversation: int
    """Number of the conversation."""
    seq: int
    """seq of the event that says so."""
    ts: int
    """When the server took it, in milliseconds since 1970-01-01 UTC."""
    duplicate: bool = False
    """Whether the message had that text already: there is no new event, `seq` and `ts` are those of the last one."""


class Edit(Request[Edited], frozen=True, kw_only=True, tag="edit"):
    """Replace the text of a message of one's own. Safe to repeat: the same text again changes nothing."""

    conversation: ConversationRef
    """Where; one must be a member."""
    seq: SeqNumber
    """seq of the message."""
    body: str
    """The new text, cleaned and bounded as in `post`."""


class Deleted(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The text is gone."""

    conversation: int
    """Number of the conversation."""
    seq: int
    """seq of the event that says so."""
    ts: int
    """When the server took it, in milliseconds since 1970-01-01 UTC."""
    duplicate: bool = False
    """Whether the message was deleted before: there is no new event, `seq` and `ts` are those of the first time."""


class Delete(Request[Deleted], frozen=True, kw_only=True, tag="delete"):
    """Drop the text of a message of one's own, for ever; who keeps order there drops others', too. Safe to repeat."""

    conversation: ConversationRef
    """Where; one must be a member."""
    seq: SeqNumber
    """seq of the message."""


class Page(Reply, frozen=True, kw_only=True):
    """Messages of one conversation, oldest first."""

    conversation: int
    """Number of the conversation."""
    messages: tuple[Message, ...]
    """At most `limit`; fewer when the page would not fit into a frame."""
    head: int
    """seq of the newest event there when the page was read; for who has left, of the last that is for them."""
    at_start: bool
    """Whether no readable message lies before the first of these."""
    at_end: bool
    """Whether no message lies behind the last of these, up to `head`."""


class History(Request[Page], frozen=True, kw_only=True, tag="history"):
    """Read a page of messages as they stand now."""

    conversation: ConversationRef
    """Which one; one must be a member, or it is a public channel."""
    anchor: Literal["latest", "before", "after", "around"] = "latest"
    """`latest`: the newest; `before`/`after`: next to `seq`, without it; `around`: `seq` in the middle."""
    seq: SeqOrNone = 0
    """The seq that `anchor` speaks of."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = 50
    """Most messages wanted."""


class Events(Reply, frozen=True, kw_only=True):
    """A piece of a conversation's log."""

    conversation: int
    """Number of the conversation."""
    events: tuple[dict[str, Any], ...]
    """Conversation events as in a push, oldest first, without a hole from `after + 1` on."""
    head: int
    """seq of the newest event when this was read; for who has left, of the last that is for them."""
    more: bool
    """Whether there are events behind the last one."""


class ReadEvents(Request[Events], frozen=True, kw_only=True, tag="read_events"):
    """Read the log itself: fills a hole, or the rest of a catch-up."""

    conversation: ConversationRef
    """Which one; one must be a member."""
    after: SeqOrNone
    """Begin behind this seq."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = PAGE_ITEMS
    """Most events wanted."""


class Version(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text that a message has or had."""

    seq: SeqNumber
    """seq of the event that brought it."""
    ts: int
    """When that was, in milliseconds since 1970-01-01 UTC."""
    body: str = ""
    """The text; empty: the message was deleted since."""


class Versions(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The texts of a message."""

    versions: tuple[Version, ...] = ()
    """Oldest first; the last one is what it says now."""
    more: bool = False
    """Whether there are older ones, for which a frame has no room."""


class ReadVersions(Request[Versions], frozen=True, kw_only=True, tag="read_versions"):
    """Read all texts that a message had: its author may, and whoever keeps order there."""

    conversation: ConversationRef
    """Where; one must be a member."""
    seq: SeqNumber
    """seq of the message."""


REQUESTS = (Post, Broadcast, Edit, Delete, History, ReadEvents, ReadVersions)
"""This domain's requests, in the order of the documentation."""
