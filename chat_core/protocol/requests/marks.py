"""What is put on messages besides their text: reactions, pins, and bookmarks of one's own."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chat_core.protocol.limits import EMOJI_CHARS, MAX_NUMBER, PAGE_ITEMS
from chat_core.protocol.reactions import Reactor
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.values import ConversationNumber, ConversationRef, Message, SeqNumber

WantedEmoji = Annotated[str, Meta(min_length=1, max_length=EMOJI_CHARS)]


class Marked(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """It is on disk."""

    conversation: int
    """Number of the conversation."""
    seq: int
    """seq of the event that says so."""
    ts: int
    """When the server took it, in milliseconds since 1970-01-01 UTC."""
    duplicate: bool = False
    """Whether it was so already: there is no new event, `seq` and `ts` are those of the last one about the message."""


class React(Request[Marked], frozen=True, kw_only=True, tag="react"):
    """React to a message with an emoji, or take that back. Safe to repeat: what is so already changes nothing."""

    conversation: ConversationRef
    """Where; one must be a member."""
    seq: SeqNumber
    """seq of the message."""
    emoji: WantedEmoji
    """One emoji that Unicode recommends; the server writes it in its full form. No shortcode."""
    on: bool = True
    """False: take it back."""


class Reactors(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """Who reacted to a message."""

    reactors: tuple[Reactor, ...] = ()
    """By emoji, in the order in which they reacted."""
    more: bool = False
    """Whether there are others besides."""


class ReadReactions(Request[Reactors], frozen=True, kw_only=True, tag="read_reactions"):
    """Tell who reacted to a message, and with what."""

    conversation: ConversationRef
    """Where; one must be a member, or it is a public channel."""
    seq: SeqNumber
    """seq of the message."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = 50
    """Most names wanted."""


class Pin(Request[Marked], frozen=True, kw_only=True, tag="pin"):
    """Pin a message for everybody in the conversation, or pin it no more; in direct ones both may, but no guest.

    Among a few people it is refused where a message would be: to who is muted, or whom the other one ignores. Safe to
    repeat.
    """

    conversation: ConversationRef
    """Where."""
    seq: SeqNumber
    """seq of the message."""
    on: bool = True
    """False: pin it no more."""


class Pins(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """What is pinned."""

    conversation: int
    """Where."""
    messages: tuple[Message, ...] = ()
    """The newest of them, in the order of the conversation."""
    more: bool = False
    """Whether there are older ones, for which a frame has no room."""


class ReadPins(Request[Pins], frozen=True, kw_only=True, tag="read_pins"):
    """Read the pinned messages of a conversation."""

    conversation: ConversationRef
    """Which one; one must be a member, or it is a public channel."""


class Bookmarked(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The bookmark is kept, or gone."""

    conversation: int
    """Number of the conversation."""
    duplicate: bool = False
    """Whether it was so already."""


class Bookmark(Request[Bookmarked], frozen=True, kw_only=True, tag="bookmark"):
    """Put a bookmark of one's own at a message, or take it away; nobody else is told. Safe to repeat."""

    conversation: ConversationRef
    """Where; one must be a member, or it is a public channel."""
    seq: SeqNumber
    """seq of the message."""
    on: bool = True
    """False: take it away."""


class BookmarkedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A bookmark, and what is there."""

    conversation: int
    """Number of the conversation."""
    target: str
    """That spelled as a TARGET, as the account calls it: `#general`, `@ann`."""
    message: Message
    """The message as it stands now."""
    ts: int
    """When the bookmark was put there, in milliseconds since 1970-01-01 UTC."""


class BookmarkedSeqs(msgspec.Struct, frozen=True, kw_only=True):
    """At which messages of one conversation the account has bookmarks."""

    conversation: ConversationNumber
    """Where."""
    messages: tuple[SeqNumber, ...]
    """Their seqs, the oldest first."""


class Bookmarks(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """One's own bookmarks."""

    bookmarks: tuple[BookmarkedMessage, ...] = ()
    """The newest first; without those that one may not read any more."""
    next: int | None = None
    """`before` of the page that follows; nil: there is none."""


class ReadBookmarks(Request[Bookmarks], frozen=True, kw_only=True, tag="read_bookmarks"):
    """Read one's own bookmarks, the newest first."""

    before: Annotated[int, Meta(ge=1, le=MAX_NUMBER)] | None = None
    """Go on with what the page before gave as `next`; nil: from the newest on."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = 50
    """Most wanted."""


REQUESTS = (React, ReadReactions, Pin, ReadPins, Bookmark, ReadBookmarks)
"""This domain's requests, in the order of the documentation."""
