"""The command that searches."""

from __future__ import annotations

from chat_tui.commands.arguments_of_rest import Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context


@command("search", aliases=("find",), example='/search "disk full" from:ann in:#ops')
async def search(ctx: Context, query: Rest) -> None:
    """Find messages by their words, each where it was said.

    All must be in a message: words, "words that stand together", beginnings* of words, and filters: from:ann or
    from:me, in:#ops, before:2026-01-31, after:2026-01-31, on:2026-01-31, has:link, mentions:me. Of disk OR memory one
    is enough, and brackets hold together: (disk full) OR "no space". Nothing can be left out: -disk is the word disk.
    """
    found = await ctx.calls.search(query)
    if found.hits:
        ctx.desk.show_found(query, found)
        return
    from chat_tui.views.nothing_found import nothing_found

    ctx.desk.answer(Answer(nothing_found(query, found)))


@command("lastlog", example="/lastlog disk full")
async def lastlog(ctx: Context, query: Rest) -> None:
    """Find messages of this conversation by their words, as /search does."""
    await search(ctx, Rest(f"{query} in:{ctx.here.target}"))
