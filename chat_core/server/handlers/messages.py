"""Messages: sending, editing, deleting, reading pages of history, reading the log."""

from __future__ import annotations

from chat_core.base.ids import Cid
from chat_core.protocol.codec import to_map
from chat_core.protocol.requests.messages import (
    Broadcast,
    Delete,
    Deleted,
    Edit,
    Edited,
    Events,
    History,
    Page,
    Post,
    Posted,
    ReadEvents,
    ReadVersions,
    Versions,
)
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.latecomers import for_latecomer
from chat_core.server.rules.permissions import Heard, Inside, Permission
from chat_core.server.saying import cleaned, here_now, moderated
from chat_core.server.store.access import readable
from chat_core.server.store.base import ANNOUNCEMENTS, Reader
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage


@handles(Post, needs=Permission.SPEAK, inside=Inside.SPEAKER, heard=Heard.NEWS)
async def post(ctx: Context, request: Post) -> Posted:
    """Store one message; the push to everybody is queued before this returns."""
    body = cleaned(request.body)
    conversation, seq, ts, duplicate = await moderated(
        ctx,
        AppendMessage(
            account=ctx.account,
            conversation=request.conversation,
            cid=Cid(request.cid),
            prev=None if request.prev is None else Cid(request.prev),
            body=body,
            raw=request.body,
            style=request.style,
            reply_to=request.reply_to,
            thread=request.thread,
            in_channel=request.in_channel and request.thread is not None,
            ts=ctx.wall_ms(),
            here=here_now(ctx, body),
        ),
    )
    return Posted(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(Broadcast, needs=Permission.BROADCAST, cost=5, heard=Heard.NEWS)
async def broadcast(ctx: Context, request: Broadcast) -> Posted:
    """Store one announcement; everybody is a member there."""
    body = cleaned(request.body)
    conversation, seq, ts, duplicate = await moderated(
        ctx,
        AppendMessage(
            account=ctx.account,
            conversation=f"#{ANNOUNCEMENTS}",
            cid=Cid(request.cid),
            prev=None,
            body=body,
            raw=request.body,
            style="text",
            reply_to=None,
            ts=ctx.wall_ms(),
            broadcast=True,
        ),
    )
    return Posted(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(Edit, needs=Permission.SPEAK, inside=Inside.SPEAKER, heard=Heard.NEWS)
async def edit(ctx: Context, request: Edit) -> Edited:
    """Replace the text of one message."""
    body = cleaned(request.body)
    conversation, seq, ts, duplicate = await moderated(
        ctx,
        EditMessage(
            ctx.account,
            request.conversation,
            request.seq,
            body,
            ctx.wall_ms(),
            ctx.services.changing.edit_within_s,
            here_now(ctx, body),
        ),
    )
    return Edited(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(Delete, needs=Permission.SPEAK, inside=Inside.MEMBER)
async def delete(ctx: Context, request: Delete) -> Deleted:
    """Drop the text of one message."""
    conversation, seq, ts, duplicate = await ctx.store.write(
        DeleteMessage(
            ctx.account, request.conversation, request.seq, ctx.wall_ms(), ctx.services.changing.delete_within_s
        )
    )
    return Deleted(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(History, needs=Permission.READ, inside=Inside.READER, cost=2)
async def history(ctx: Context, request: History) -> Page:
    """Read a page of messages."""
    account = ctx.account

    def query(reader: Reader) -> Page:
        place = reader.readable(account, request.conversation)
        bounds = readable(place)
        page = reader.history(place.id, request.anchor, request.seq, request.limit, bounds, account)
        return Page(
            conversation=place.id,
            messages=tuple(page.messages),
            head=bounds.head(place.head),
            at_start=page.at_start,
            at_end=page.at_end,
        )

    return await ctx.store.read(query)


@handles(ReadEvents, needs=Permission.READ, inside=Inside.READER, cost=2)
async def read_events(ctx: Context, request: ReadEvents) -> Events:
    """Read a piece of the log."""
    account = ctx.account

    def query(reader: Reader) -> Events:
        place = reader.readable(account, request.conversation)
        bounds = readable(place)
        upto = bounds.head(place.head)
        events = reader.events(place.id, max(request.after, bounds.after), upto, request.limit)
        reached = events[-1].seq if events else max(request.after, bounds.after)
        return Events(
            conversation=place.id,
            events=tuple(to_map(for_latecomer(event, bounds.after)) for event in events),
            head=upto,
            more=reached < upto,
        )

    async with ctx.catching_up():
        return await ctx.store.read(query)


@handles(ReadVersions, needs=Permission.READ, inside=Inside.MEMBER, cost=2)
async def read_versions(ctx: Context, request: ReadVersions) -> Versions:
    """Read the texts that a message had."""
    account = ctx.account
    versions, more = await ctx.store.read(lambda reader: reader.versions(account, request.conversation, request.seq))
    return Versions(versions=tuple(versions), more=more)
