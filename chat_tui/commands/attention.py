"""Commands about what deserves attention: mentions, what is read, quiet conversations."""

from __future__ import annotations

from chat_core.protocol.requests.attention import ListMentions, MarkAllRead, SetQuiet
from chat_core.protocol.requests.conversations import MarkRead
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import Position
from chat_tui.commands.arguments import OnOff, Target
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Calls, Context


@command("mentions", example="/mentions")
async def mentions(ctx: Context) -> None:
    """List what mentions you, everywhere, the newest first, each where it was said."""
    found = await _mentions(ctx.calls, b"")
    if not found.hits:
        ctx.desk.answer(Answer("Nobody has mentioned you where you are."))
        return

    async def more(cursor: bytes) -> SearchResults:
        return await _mentions(ctx.calls, cursor)

    ctx.desk.show_found("mentions of you", found, more)


@command("read", key="alt+shift+u", example="/read #ops")
async def read(ctx: Context, where: Target = Target("")) -> None:
    """Mark this conversation as read, or the one that is named; /readall does it everywhere."""
    conversation = ctx.find(where) if where else ctx.here
    await ctx.calls.call(MarkRead(conversation=conversation.id, seq=conversation.position.seq))
    ctx.desk.answer(Answer(f"{conversation.target} is read."))


@command("readall", key="alt+shift+u", example="/readall")
async def read_all(ctx: Context) -> None:
    """Mark everything everywhere as read."""
    unread = [each for each in ctx.state.conversations.values() if each.unread]
    if unread:
        positions = tuple(Position(conversation=each.id, seq=each.position.seq) for each in unread)
        await ctx.calls.call(MarkAllRead(positions=positions))
    ctx.desk.answer(Answer("Everything is read."))


@command("quiet", example="/quiet on")
async def quiet(ctx: Context, wanted: OnOff = OnOff("")) -> None:
    """Hear of this conversation only where it names you: no badge, no stop on the way to news.

    It holds on all your devices until /quiet off. Alone, it tells how it is.
    """
    conversation = ctx.here
    now = conversation.info.quiet
    if wanted:
        now = wanted == "on"
        await ctx.calls.call(SetQuiet(conversation=conversation.id, quiet=now))
    words = "is quiet: you hear of it where it names you" if now else "is not quiet: you hear of everything in it"
    ctx.desk.answer(Answer(f"{conversation.target} {words}."))


async def _mentions(calls: Calls, cursor: bytes) -> SearchResults:
    found = await calls.call(ListMentions(cursor=cursor.decode()))
    return SearchResults(hits=found.hits, cursor=found.cursor.encode())
