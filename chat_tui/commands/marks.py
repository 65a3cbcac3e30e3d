"""Commands about what is put on messages: reactions, pins, and bookmarks of one's own."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.protocol.requests.marks import Bookmark, Pin, React, ReadBookmarks, ReadPins
from chat_core.protocol.requests.messages import History
from chat_core.protocol.values import Message, SearchHit
from chat_tui.commands.arguments import Emoji, Which
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.views.here import last_of_others, message_here
from chat_tui.views.names import in_sentence

_NO_NUMBER = Which("")
_NO_EMOJI = Emoji("")


@command("react", example="/react :tada:")
async def react(ctx: Context, emoji: Emoji = _NO_EMOJI, message: Which = _NO_NUMBER) -> None:
    """React to a message with an emoji; alone, it lets you choose one.

    Without a number it is the selected message, else the last one by others.
    """
    if not emoji:
        ctx.desk.act("react", meant(ctx, message))
        return
    await ctx.calls.call(React(conversation=ctx.here.id, seq=meant(ctx, message), emoji=emoji))


@command("unreact", example="/unreact :tada:")
async def unreact(ctx: Context, emoji: Emoji, message: Which = _NO_NUMBER) -> None:
    """Take a reaction of yours back; which message is decided as in /react."""
    await ctx.calls.call(React(conversation=ctx.here.id, seq=meant(ctx, message), emoji=emoji, on=False))


@command("pin", example="/pin #17")
async def pin(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Pin a message, so that everybody finds it with /pins.

    In channels its operators do that, between two people both. Which message is decided as in /react.
    """
    done = await ctx.calls.call(Pin(conversation=ctx.here.id, seq=meant(ctx, message)))
    ctx.desk.answer(Answer("It is pinned already." if done.duplicate else "Pinned."))


@command("unpin", example="/unpin #17")
async def unpin(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Pin a message no more."""
    done = await ctx.calls.call(Pin(conversation=ctx.here.id, seq=meant(ctx, message), on=False))
    ctx.desk.answer(Answer("It is not pinned." if done.duplicate else "It is pinned no more."))


@command("pins", aliases=("pinned",), example="/pins")
async def pins(ctx: Context) -> None:
    """List what is pinned here, each where it was said."""
    here = ctx.here
    found = await ctx.calls.call(ReadPins(conversation=here.id))
    hits = [SearchHit(conversation=here.id, target=here.target, message=message) for message in found.messages]
    _show(ctx, f"Pinned in {in_sentence(here.info, first=False)}", hits, "Nothing is pinned here.")


@command("bookmark", example="/bookmark #17")
async def bookmark(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Put a bookmark at a message, which nobody else sees.

    Which message is decided as in /react.
    """
    done = await ctx.calls.call(Bookmark(conversation=ctx.here.id, seq=meant(ctx, message)))
    ctx.desk.answer(Answer("It has a bookmark already." if done.duplicate else "Bookmarked: /bookmarks lists it."))


@command("unbookmark", example="/unbookmark #17")
async def unbookmark(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Take your bookmark at a message away."""
    done = await ctx.calls.call(Bookmark(conversation=ctx.here.id, seq=meant(ctx, message), on=False))
    ctx.desk.answer(Answer("It has no bookmark." if done.duplicate else "The bookmark is gone."))


@command("bookmarks", aliases=("saved",), example="/bookmarks")
async def bookmarks(ctx: Context) -> None:
    """List your bookmarks, the newest first, each where it was said."""
    hits: list[SearchHit] = []
    page = await ctx.calls.call(ReadBookmarks())
    while True:
        hits += [
            SearchHit(conversation=each.conversation, target=each.target, message=each.message)
            for each in page.bookmarks
        ]
        if page.next is None:
            break
        page = await ctx.calls.call(ReadBookmarks(before=page.next))
    how = "Ctrl+S selects a message, *" if ctx.desk.has_keys else "/bookmark 17"
    _show(ctx, "Your bookmarks", hits, f"You have no bookmarks: {how} puts one there.")


def _show(ctx: Context, title: str, hits: list[SearchHit], none: str) -> None:
    if hits:
        ctx.desk.show_kept(title, hits)
    else:
        ctx.desk.answer(Answer(none))


def meant(ctx: Context, number: str) -> int:
    """Return the message that a command is about.

    Raises:
        UsageFault: there is none.
    """
    if number:
        return int(number)
    selected = ctx.desk.selected_seq
    if selected:
        return selected
    message = last_of_others(ctx.here, ctx.thread, ctx.state.listener.silent)
    if message is None:
        raise UsageFault("There is no message by others here: give the number of one, as /react :tada: #17.")
    return message.seq


async def said_here(ctx: Context, seq: int) -> Message:
    """Return a message of the open conversation, from the server if it is not known here.

    Raises:
        UsageFault: there is none of that number.
        ChatError: the server cannot be asked.
    """
    known = message_here(ctx.here, ctx.thread, seq)
    if known is not None:
        return known
    page = await ctx.calls.call(History(conversation=ctx.here.id, anchor="around", seq=seq, limit=1))
    found = next((message for message in page.messages if message.seq == seq), None)
    if found is None:
        raise UsageFault(f"There is no message {seq} here.")
    return found
