"""Threads as values: ops of the store about following them, and what it tells of them. Knows no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import Message, ThreadCount, ThreadSummary
from chat_core.server.store.bounds import Bounds


@dataclass(frozen=True, slots=True)
class SetFollowing:
    """Follow a thread, with all that is in it as read, or no longer.

    Outcome: `reply` None; a `ThreadMarked`, unless it was so already.
    Refused: `not_member`, `no_conversation`, `no_message`.
    """

    account: AccountId
    conversation: int | str
    thread: int
    """seq of the message that it hangs on, or of any in it."""
    following: bool


@dataclass(frozen=True, slots=True)
class MoveThreadMarker:
    """Move a read marker in a thread forward, at most to the head; in one that is not followed nothing is kept.

    Outcome: `reply` None; a `ThreadMarked` unless nothing changed. Refused: as `SetFollowing`.
    """

    account: AccountId
    conversation: int | str
    thread: int
    seq: int


ThreadOp = SetFollowing | MoveThreadMarker


@dataclass(frozen=True, slots=True)
class ThreadPiece:
    """A page of a thread."""

    summary: ThreadSummary
    messages: Sequence[Message]
    """Oldest first."""
    at_start: bool
    at_end: bool


class ThreadReads(Protocol):
    """What a `Reader` tells of threads."""

    def thread(self, account: AccountId, conversation: ConversationId, thread: int, bounds: Bounds) -> ThreadSummary:
        """Return how an account stands to a thread.

        Args:
            account: who.
            conversation: where.
            thread: seq of the message that it hangs on, or of any in it.
            bounds: what may be read.

        Raises:
            Refused: `no_message`.
        """
        ...

    def thread_page(
        self, summary: ThreadSummary, anchor: str, seq: int, limit: int, upto: int | None, asker: AccountId
    ) -> ThreadPiece:
        """Return a page of a thread, cut to about PAGE_BYTES of bodies on the side away from the anchor.

        Args:
            summary: as `thread` returned it.
            anchor: `latest`, `before`, `after` as in the request `read_thread`.
            seq: what the anchor speaks of.
            limit: most messages.
            upto: last seq that may be read; None: no bound.
            asker: whose reactions are told of as their own.
        """
        ...

    def threads_of(self, account: AccountId, limit: int, *, unread: bool) -> tuple[Sequence[ThreadSummary], bool]:
        """Return threads that an account follows where it is a member, the newest reply first, and whether more are."""
        ...

    def thread_counts(
        self, account: AccountId, conversation: ConversationId | None, limit: int
    ) -> tuple[Sequence[ThreadCount], bool]:
        """Return the same as numbers only.

        Args:
            account: who.
            conversation: only in that one; None: in all of which it is a member.
            limit: most threads.
        """
        ...
