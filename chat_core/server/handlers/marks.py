"""Reactions, pins and bookmarks."""

from __future__ import annotations

from chat_core.base.emoji import full_form
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.marks import (
    Bookmark,
    Bookmarked,
    Bookmarks,
    Marked,
    Pin,
    Pins,
    React,
    Reactors,
    ReadBookmarks,
    ReadPins,
    ReadReactions,
)
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Inside, Permission
from chat_core.server.store.access import readable
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark


@handles(React, needs=Permission.SPEAK, inside=Inside.SPEAKER, heard=Heard.NEWS)
async def react(ctx: Context, request: React) -> Marked:
    """React to a message, or take that back."""
    emoji = full_form(request.emoji)
    if not emoji:
        raise Refused(Refusal.BAD_REQUEST, "'emoji' is not one emoji: choose one, as 👍 or, in the client, :+1:.")
    conversation, seq, ts, duplicate = await ctx.store.write(
        ReactTo(ctx.account, request.conversation, request.seq, emoji, request.on, ctx.wall_ms())
    )
    return Marked(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(ReadReactions, needs=Permission.READ, inside=Inside.READER)
async def read_reactions(ctx: Context, request: ReadReactions) -> Reactors:
    """Tell who reacted."""
    account = ctx.account

    def query(reader: Reader) -> Reactors:
        place = reader.readable(account, request.conversation)
        found, more = reader.reactors(place.id, request.seq, request.limit, readable(place))
        return Reactors(reactors=tuple(found), more=more)

    return await ctx.store.read(query)


@handles(Pin, needs=Permission.OPERATE, inside=Inside.OPERATOR, cost=2, heard=Heard.ALWAYS)
async def pin(ctx: Context, request: Pin) -> Marked:
    """Pin a message, or pin it no more."""
    conversation, seq, ts, duplicate = await ctx.store.write(
        PinMessage(ctx.account, request.conversation, request.seq, request.on, ctx.wall_ms())
    )
    return Marked(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(ReadPins, needs=Permission.READ, inside=Inside.READER, cost=2)
async def read_pins(ctx: Context, request: ReadPins) -> Pins:
    """Read the pinned messages."""
    account = ctx.account

    def query(reader: Reader) -> Pins:
        place = reader.readable(account, request.conversation)
        found, more = reader.pins(place.id, account, readable(place))
        return Pins(conversation=place.id, messages=tuple(found), more=more)

    return await ctx.store.read(query)


@handles(Bookmark, needs=Permission.SELF, inside=Inside.READER)
async def bookmark(ctx: Context, request: Bookmark) -> Bookmarked:
    """Put a bookmark at a message, or take it away."""
    conversation, duplicate = await ctx.store.write(
        SetBookmark(ctx.account, request.conversation, request.seq, request.on, ctx.wall_ms())
    )
    return Bookmarked(conversation=conversation, duplicate=duplicate)


@handles(ReadBookmarks, needs=Permission.SELF, cost=2)
async def read_bookmarks(ctx: Context, request: ReadBookmarks) -> Bookmarks:
    """Read one's own bookmarks."""
    account = ctx.account
    found, following = await ctx.store.read(lambda reader: reader.bookmarks(account, request.before, request.limit))
    return Bookmarks(bookmarks=tuple(found), next=following)
