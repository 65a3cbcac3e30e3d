"""Searching messages by words and by what else is known of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import PAGE_ITEMS, QUERY_CHARACTERS, SEARCH_CURSOR_BYTES
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.values import ConversationRef, SearchHit


class SearchResults(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """Messages that are what was looked for, as they stand now."""

    hits: tuple[SearchHit, ...]
    """At most `limit`, the newest first, or, `ranked`, the best first; fewer when they would not fit into a frame."""
    cursor: bytes = b""
    """Ask again with it for those that follow; empty: there are none; with `partial`: no time was left to go on."""
    partial: bool = False
    """Whether not everything was looked at: time ran out (after 250 ms), or too much was changed since one left."""
    behind: int = 0
    """Events of the conversations searched that the index does not know of yet; it follows the log within a second."""


class Search(Request[SearchResults], frozen=True, kw_only=True, tag="search"):
    """Find messages. Looks through the conversations one is in, or through those that are named."""

    query: Annotated[str, Meta(max_length=QUERY_CHARACTERS)]
    """Words, `"phrases"`, `word*`, and filters: `from:ann`, `in:#ops`, `before:2026-01-31`, `after:`, `on:`,
    `has:link`, `mentions:me`. All must hold; of `a OR b`, one; of several `from:`, or `in:`, one; brackets hold
    together. Refused with `bad_query`, whose text says where and why."""
    conversation: ConversationRef | None = None
    """Look only there; as `in:`."""
    ranked: bool = False
    """The best first, of the newest 10,000 hits."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = 20
    """Most hits wanted."""
    cursor: Annotated[bytes, Meta(max_length=SEARCH_CURSOR_BYTES)] = b""
    """From the answer to the same search: go on behind it. Empty: from the beginning."""
    zone_min: Annotated[int, Meta(ge=-1440, le=1440)] = 0
    """Minutes by which the asker's clock is ahead of UTC: days in the query are theirs."""


REQUESTS = (Search,)
"""This domain's requests, in the order of the documentation."""
