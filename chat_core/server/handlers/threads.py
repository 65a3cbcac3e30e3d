"""Threads: reading, following, read markers, the list of those that one follows."""

from __future__ import annotations

from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.threads import (
    CountThreads,
    FollowThread,
    ListThreads,
    MarkThreadRead,
    ReadThread,
    ThreadCounts,
    ThreadPage,
    Threads,
    UnfollowThread,
)
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Inside, Permission
from chat_core.server.store.access import readable
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.threading import MoveThreadMarker, SetFollowing


@handles(ReadThread, needs=Permission.READ, inside=Inside.READER, cost=2)
async def read_thread(ctx: Context, request: ReadThread) -> ThreadPage:
    """Read a page of a thread."""
    account = ctx.account

    def query(reader: Reader) -> ThreadPage:
        place = reader.readable(account, request.conversation)
        bounds = readable(place)
        summary = reader.thread(account, place.id, request.thread, bounds)
        page = reader.thread_page(summary, request.anchor, request.seq, request.limit, bounds.upto, account)
        return ThreadPage(
            thread=page.summary,
            messages=tuple(page.messages),
            head=bounds.head(place.head),
            at_start=page.at_start,
            at_end=page.at_end,
        )

    return await ctx.store.read(query)


@handles(FollowThread, needs=Permission.SELF, inside=Inside.MEMBER)
async def follow_thread(ctx: Context, request: FollowThread) -> Done:
    """Follow a thread."""
    await ctx.store.write(SetFollowing(ctx.account, request.conversation, request.thread, following=True))
    return Done()


@handles(UnfollowThread, needs=Permission.SELF, inside=Inside.MEMBER)
async def unfollow_thread(ctx: Context, request: UnfollowThread) -> Done:
    """Follow a thread no longer."""
    await ctx.store.write(SetFollowing(ctx.account, request.conversation, request.thread, following=False))
    return Done()


@handles(MarkThreadRead, needs=Permission.SELF, inside=Inside.MEMBER)
async def mark_thread_read(ctx: Context, request: MarkThreadRead) -> Done:
    """Move the caller's read marker in a thread."""
    await ctx.store.write(MoveThreadMarker(ctx.account, request.conversation, request.thread, request.seq))
    return Done()


@handles(ListThreads, needs=Permission.READ, cost=3)
async def list_threads(ctx: Context, request: ListThreads) -> Threads:
    """List the threads that the caller follows."""
    account = ctx.account
    found, more = await ctx.store.read(lambda reader: reader.threads_of(account, request.limit, unread=request.unread))
    return Threads(threads=tuple(found), more=more)


@handles(CountThreads, needs=Permission.READ, inside=Inside.MEMBER, cost=2)
async def count_threads(ctx: Context, request: CountThreads) -> ThreadCounts:
    """Count what is new in the threads that the caller follows."""
    account = ctx.account

    def query(reader: Reader) -> ThreadCounts:
        place = None if request.conversation is None else reader.find(account, request.conversation)
        if place is not None and not place.member:
            raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
        counts, more = reader.thread_counts(account, None if place is None else place.id, request.limit)
        return ThreadCounts(counts=tuple(counts), more=more)

    return await ctx.store.read(query)
