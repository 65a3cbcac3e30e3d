"""Reactions, pins and bookmarks as values: ops of the store, and what it tells of them. Knows no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.reactions import Reactor
from chat_core.protocol.requests.marks import BookmarkedMessage, BookmarkedSeqs
from chat_core.protocol.requests.messages import Version
from chat_core.protocol.values import Message
from chat_core.server.store.bounds import Bounds


@dataclass(frozen=True, slots=True)
class ReactTo:
    """React to a message, or take that back.

    Outcome: `reply` is `(conversation, seq, ts, duplicate)` of the `ReactionAdded` or `ReactionRemoved`; where it is so
    already, there is no event and the numbers are those of the last event folded into the message.
    Refused: `not_member`, `no_conversation`, `no_message` (also: it was deleted), `too_many`, and whatever forbids to
    write there.
    """

    account: AccountId
    conversation: int | str
    seq: int
    emoji: str
    """In its full form."""
    on: bool
    ts: int


@dataclass(frozen=True, slots=True)
class PinMessage:
    """Pin a message, or pin it no more; outcome as above, of the `MessagePinned` or `MessageUnpinned`.

    Refused: `no_conversation`, `not_member`, `not_allowed` (no operator), `no_message`, `too_many`; among a few people,
    who all pin, whatever forbids to write there.
    """

    account: AccountId
    conversation: int | str
    seq: int
    on: bool
    ts: int


@dataclass(frozen=True, slots=True)
class SetBookmark:
    """Put a bookmark at a message, or take it away.

    Outcome: `reply` is `(conversation, duplicate)`; a `BookmarkChanged`, unless it is so already.
    Refused: `no_conversation`, `no_message`, `too_many`.
    """

    account: AccountId
    conversation: int | str
    seq: int
    on: bool
    ts: int


MarkOp = ReactTo | PinMessage | SetBookmark


class MarkReads(Protocol):
    """What a `Reader` tells of all this."""

    def reactors(
        self, conversation: ConversationId, seq: int, limit: int, readable: Bounds
    ) -> tuple[Sequence[Reactor], bool]:
        """Return who reacted to a message, by emoji in order, and whether there are others besides."""
        ...

    def pins(self, conversation: ConversationId, asker: AccountId, readable: Bounds) -> tuple[Sequence[Message], bool]:
        """Return the newest pinned messages, oldest first, and whether older ones had no room.

        To whom has left: those that were pinned then, and were not deleted since.
        """
        ...

    def bookmarks(
        self, account: AccountId, before: int | None, limit: int
    ) -> tuple[Sequence[BookmarkedMessage], int | None]:
        """Return a page of bookmarks, the newest first, without those that may not be read any more.

        And `before` of the page that follows; None: there is none.
        """
        ...

    def bookmarked_seqs(self, account: AccountId) -> Sequence[BookmarkedSeqs]:
        """Return at which messages an account has bookmarks, by conversation."""
        ...

    def versions(self, account: AccountId, conversation: int | str, seq: int) -> tuple[Sequence[Version], bool]:
        """Return the texts of a message, oldest first, and whether older ones had no room.

        Raises: Refused `no_conversation`, `not_member`, `no_message`, `not_allowed` (neither author nor operator).
        """
        ...
