"""Commands about answers and threads: to answer, to open a thread, to follow one, to see which have news."""

from __future__ import annotations

import re
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.names import name_key
from chat_core.protocol.requests.threads import FollowThread, ListThreads, UnfollowThread
from chat_core.protocol.values import Message
from chat_tui.commands.ambiguous import refuse_two_meanings
from chat_tui.commands.arguments import MessageNumber
from chat_tui.commands.arguments_of_rest import Body
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.views.here import last_of_others, message_here
from chat_tui.views.threads import news_words, threads_lines

_ADDRESS: Final = re.compile(r"([#@&]\S+)?:([1-9][0-9]{0,9})")
_NUMBER: Final = re.compile(r"#[0-9]+")


@command("reply", example="/reply #17 I am on it")
async def reply(ctx: Context, text: Body) -> None:
    """Answer the last message of somebody else, or one by its number.

    The details of a message tell its number; in line mode, /numbers on tells all of them. Before a text it needs its #.
    """
    first, _, rest = text.partition(" ")
    if _ADDRESS.fullmatch(first) or _NUMBER.fullmatch(first):
        answered, body = _named(ctx, first, "answered"), rest.strip()
        if not body:
            raise UsageFault(f"Say what to answer: /reply {first} I am on it")
    else:
        answered, body = _last_of_others(ctx), text
        await refuse_two_meanings(ctx, text, "reply", answered)
    known = message_here(ctx.here, ctx.thread, answered)
    if known is not None and known.deleted:
        raise UsageFault("That message was deleted: it cannot be answered any more.")
    thread = ctx.thread or (known.thread if known is not None and known.aside else None)
    ctx.calls.post(ctx.here.id, body, reply_to=answered, thread=thread)


@command("thread", example="/thread #17")
async def thread(ctx: Context, message: MessageNumber = MessageNumber("")) -> None:
    """Open the newest thread here, or that of a message by its number."""
    if message.startswith(("#", "@", "&")) and _ADDRESS.fullmatch(message):
        target, _, seq = message.rpartition(":")
        ctx.desk.open_thread(ctx.find(target).id, int(seq))
        return
    ctx.desk.open_thread(ctx.here.id, _named(ctx, message, "opened") if message else _newest(ctx).seq)


@command("threads", example="/threads")
async def threads(ctx: Context) -> None:
    """Show the threads that you follow, those with the newest replies first."""
    found = await ctx.calls.call(ListThreads())
    if not found.threads:
        ctx.desk.answer(Answer(f"You follow no thread. {_opening(ctx)}; who writes in it follows it."))
        return
    known = ctx.state.conversations
    listed = [(known[each.conversation].target, each) for each in found.threads if each.conversation in known]
    unread = sum(each.unread > 0 for _, each in listed)
    ctx.desk.answer(Answer(news_words(unread), threads_lines(listed, ctx.desk.now_ms(), ctx.state.ignored)))


@command("follow", example="/follow #17")
async def follow(ctx: Context, message: MessageNumber = MessageNumber("")) -> None:
    """Follow the open thread, or that of a message: /threads tells what is new in it."""
    await ctx.calls.call(FollowThread(conversation=ctx.here.id, thread=_meant(ctx, message)))
    ctx.desk.answer(Answer("You follow this thread now."))


@command("unfollow", example="/unfollow")
async def unfollow(ctx: Context, message: MessageNumber = MessageNumber("")) -> None:
    """Follow the open thread, or that of a message by its number, no longer."""
    await ctx.calls.call(UnfollowThread(conversation=ctx.here.id, thread=_meant(ctx, message)))
    ctx.desk.answer(Answer("You do not follow this thread any more."))


@command("also", example="/also")
async def also(ctx: Context) -> None:
    """Let what you write in a thread stand in the channel, too; again: in the thread only."""
    ctx.desk.write_also()


def _opening(ctx: Context) -> str:
    return "Ctrl+S selects a message, t opens its thread" if ctx.desk.has_keys else "/thread 17 opens that of a message"


def _named(ctx: Context, address: str, done: str) -> int:
    """Return the seq in `17`, `#17`, `:17` or `#here:17`. Raises: UsageFault."""
    # Where nothing but a number can stand, it needs no colon.
    bare = address.removeprefix("#")
    match = _ADDRESS.fullmatch(f":{bare}" if bare.isascii() and bare.isdigit() else address)
    if match is None:
        raise UsageFault(f"'{address}' is no number of a message: write it as #17.")
    target, seq = match.groups()
    if target is not None and name_key(target) != name_key(ctx.here.target):
        raise UsageFault(f"{address} is in another conversation; a message can only be {done} where it was said.")
    return int(seq)


def _meant(ctx: Context, address: str) -> int:
    if address:
        return _named(ctx, address, "followed")
    if not ctx.thread:
        raise UsageFault("No thread is open here: name a message, as in /follow #17")
    return ctx.thread


def _last_of_others(ctx: Context) -> int:
    message = last_of_others(ctx.here, ctx.thread, ctx.state.listener.silent)
    if message is None:
        raise UsageFault("Nobody else has said anything here yet.")
    return message.seq


def _newest(ctx: Context) -> Message:
    for message in reversed(list(ctx.here.timeline)):
        if message.replies or message.thread is not None:
            return message
    raise UsageFault(f"There is no thread here yet. {_opening(ctx)}.")
