"""Threads: reading one, following it, how far one has read in it, and the list of those that one follows."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.values import ConversationRef, Message, SeqNumber, SeqOrNone, ThreadCount, ThreadSummary

THREADS: int = 50
"""Threads in one list at most."""
COUNTED: int = 500
"""Threads counted in one answer at most."""


class ThreadPage(Reply, frozen=True, kw_only=True):
    """Messages of one thread, oldest first."""

    thread: ThreadSummary
    """The thread, with the message that it hangs on."""
    messages: tuple[Message, ...]
    """At most `limit`, without that message; fewer when the page would not fit into a frame."""
    head: int
    """seq of the newest event there when the page was read; for who has left, of the last that is for them."""
    at_start: bool
    """Whether no message of the thread lies before the first of these."""
    at_end: bool
    """Whether no message of the thread lies behind the last of these, up to `head`."""


class ReadThread(Request[ThreadPage], frozen=True, kw_only=True, tag="read_thread"):
    """Read a page of a thread as it stands now; of a message without one, the page is empty."""

    conversation: ConversationRef
    """Which one; one must be a member, or it is a public channel."""
    thread: SeqNumber
    """seq of the message that it hangs on, or of any in it."""
    anchor: Literal["latest", "before", "after"] = "latest"
    """`latest`: the newest; `before`/`after`: next to `seq`, without it."""
    seq: SeqOrNone = 0
    """The seq that `anchor` speaks of."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = 50
    """Most messages wanted."""


class FollowThread(Request[Done], frozen=True, kw_only=True, tag="follow_thread"):
    """Follow a thread; what is in it now counts as read. Safe to repeat.

    Who wrote the message that it hangs on, and whoever writes in it, follow it by themselves.
    """

    conversation: ConversationRef
    """Where; one must be a member."""
    thread: SeqNumber
    """seq of the message that it hangs on, or of any in it."""


class UnfollowThread(Request[Done], frozen=True, kw_only=True, tag="unfollow_thread"):
    """Follow a thread no longer, until one writes in it. Safe to repeat."""

    conversation: ConversationRef
    """Where; one must be a member."""
    thread: SeqNumber
    """seq of the message that it hangs on, or of any in it."""


class MarkThreadRead(Request[Done], frozen=True, kw_only=True, tag="mark_thread_read"):
    """Move one's read marker in a thread that one follows forward; in another one nothing is kept."""

    conversation: ConversationRef
    """Where; one must be a member."""
    thread: SeqNumber
    """seq of the message that it hangs on, or of any in it."""
    seq: SeqNumber
    """What is in it up to this seq was read."""


class Threads(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """Threads that one follows."""

    threads: tuple[ThreadSummary, ...] = ()
    """The one with the newest reply first."""
    more: bool = False
    """Whether there are more of them."""


class ListThreads(Request[Threads], frozen=True, kw_only=True, tag="list_threads"):
    """List the threads that one follows in one's conversations."""

    unread: bool = False
    """Whether only those in which something is unread."""
    limit: Annotated[int, Meta(ge=1, le=THREADS)] = THREADS
    """Most threads wanted."""


class ThreadCounts(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """What is new in the threads that one follows."""

    counts: tuple[ThreadCount, ...] = ()
    """The one with the newest reply first; those without news, too."""
    more: bool = False
    """Whether there are more of them."""


class CountThreads(Request[ThreadCounts], frozen=True, kw_only=True, tag="count_threads"):
    """Count what is new in the threads that one follows: their numbers, without what was said in them.

    Whoever shows them asks once, and again when `thread_marked` comes, or an event about a message of such a thread.
    """

    conversation: ConversationRef | None = None
    """Only there; one must be a member. nil: in all of one's conversations."""
    limit: Annotated[int, Meta(ge=1, le=COUNTED)] = COUNTED
    """Most threads wanted."""


REQUESTS = (ReadThread, FollowThread, UnfollowThread, MarkThreadRead, ListThreads, CountThreads)
"""This domain's requests, in the order of the documentation."""
