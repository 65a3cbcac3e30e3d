"""Conversations: joining, leaving, opening, listing, topics, members, read markers, typing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.values import ChannelSummary, Conversation, ConversationRef, Member, SeqOrNone

WantedName = Annotated[str, Meta(min_length=1, max_length=128)]


class Opened(Reply, frozen=True, kw_only=True):
    """A conversation that one is a member of now."""

    conversation: Conversation
    """As of the join."""
    created: bool = False
    """Whether it was made just now."""


class Join(Request[Opened], frozen=True, kw_only=True, tag="join"):
    """Become a member of a public channel; being one already is no fault."""

    channel: WantedName
    """Its name, with or without `#`."""
    create: bool = True
    """Whether to make it if there is none; else `no_conversation`."""


class OpenDirect(Request[Opened], frozen=True, kw_only=True, tag="open_direct"):
    """Find or make the direct conversation with an account."""

    account: WantedName
    """The other one's name, with or without `@`."""


class Leave(Request[Done], frozen=True, kw_only=True, tag="leave"):
    """End one's membership of a channel or a group; a direct conversation cannot be left."""

    conversation: ConversationRef
    """Which one."""


class Find(Request[Opened], frozen=True, kw_only=True, tag="find"):
    """Look up a conversation one is a member of, by name."""

    conversation: ConversationRef
    """Which one."""


class Channels(Reply, frozen=True, kw_only=True):
    """A page of public channels, ordered by name."""

    channels: tuple[ChannelSummary, ...]
    """At most `limit` channels."""
    more: bool = False
    """Whether there are channels behind the last one."""


class ListChannels(Request[Channels], frozen=True, kw_only=True, tag="list_channels"):
    """List the public channels of the server."""

    after: Annotated[str, Meta(max_length=128)] = ""
    """Begin behind this name; empty: from the first."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = PAGE_ITEMS
    """Most channels wanted."""


class Members(Reply, frozen=True, kw_only=True):
    """A page of a conversation's members, ordered by name."""

    members: tuple[Member, ...]
    """At most `limit` members."""
    rev: int
    """`members_changed` signals up to this `rev` are folded in."""
    total: int
    """Number of all members."""
    online: int
    """Number of those that are connected."""
    more: bool = False
    """Whether there are members behind the last one."""


class ListMembers(Request[Members], frozen=True, kw_only=True, tag="list_members"):
    """List who is in a conversation."""

    conversation: ConversationRef
    """Which one."""
    after: Annotated[str, Meta(max_length=128)] = ""
    """Begin behind this name; empty: from the first."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = PAGE_ITEMS
    """Most members wanted."""


class SetTopic(Request[Done], frozen=True, kw_only=True, tag="set_topic"):
    """Set the topic of a channel; answered once the event is in the log."""

    conversation: ConversationRef
    """Which one."""
    topic: str
    """The new topic, one line; empty: none."""


class MarkRead(Request[Done], frozen=True, kw_only=True, tag="mark_read"):
    """Move one's read marker; an older seq changes nothing, unless it may go back."""

    conversation: ConversationRef
    """Which one."""
    seq: SeqOrNone
    """Everything up to it was read."""
    back: bool = False
    """Whether it may go back: what follows is unread from now on."""


class SetTyping(Request[Done], frozen=True, kw_only=True, tag="set_typing"):
    """Tell the others that one is writing; at most each 3 s, and `active: false` when one stops."""

    conversation: ConversationRef
    """Where."""
    active: bool = True
    """False: stopped."""


REQUESTS = (Join, OpenDirect, Leave, Find, ListChannels, ListMembers, SetTopic, MarkRead, SetTyping)
"""This domain's requests, in the order of the documentation."""
