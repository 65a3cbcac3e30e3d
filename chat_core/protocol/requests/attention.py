"""What deserves somebody's attention: everything that mentions them, everything read at once, quiet conversations."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import PAGE_ITEMS, POSITIONS_PER_RESUME
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.values import Conversation, ConversationRef, Position, SearchHit


class Mentions(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """Messages that mention the account, the newest first."""

    hits: tuple[SearchHit, ...]
    """At most `limit` of them, as they stand now; fewer when the page would not fit into a frame."""
    cursor: str = ""
    """What to give as `cursor` for those behind; empty: there are none."""


class ListMentions(Request[Mentions], frozen=True, kw_only=True, tag="list_mentions"):
    """Read what mentions one, in every conversation one is in: by name, or because it calls everybody there."""

    cursor: Annotated[str, Meta(max_length=64)] = ""
    """From the answer before; empty: from the newest on."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = 50
    """Most messages wanted."""


class Unread(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """Where something is unread."""

    conversations: tuple[Conversation, ...]
    """The conversations one is in that have something unread, by number, also quiet ones; `online` is left 0."""


class ListUnread(Request[Unread], frozen=True, kw_only=True, tag="list_unread"):
    """Ask where something is unread, without attaching to anything."""


class MarkAllRead(Request[Done], frozen=True, kw_only=True, tag="mark_all_read"):
    """Move read markers forward, all at once: what came meanwhile stays unread."""

    positions: Annotated[tuple[Position, ...], Meta(max_length=POSITIONS_PER_RESUME)]
    """What was read up to where; a conversation that one is not in, and an older seq, change nothing."""


class SetQuiet(Request[Done], frozen=True, kw_only=True, tag="set_quiet"):
    """Say whether one wants to hear of a conversation only where one is named."""

    conversation: ConversationRef
    """Which one; one must be a member."""
    quiet: bool
    """False: of everything again."""


REQUESTS = (ListMentions, ListUnread, MarkAllRead, SetQuiet)
"""This domain's requests, in the order of the documentation."""
