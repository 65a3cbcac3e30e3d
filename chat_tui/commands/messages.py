"""Commands about messages: saying something in another way, and what becomes of one that was refused."""

from __future__ import annotations

import os

from chat_core.base.errors import UsageFault
from chat_core.base.ids import make_cid
from chat_core.client.state.model import Unsent
from chat_core.protocol.requests.messages import Broadcast
from chat_tui.commands.arguments_of_rest import Body, Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Context
from chat_tui.views.hiding import hidden
from chat_tui.views.unmarked import unmarked

_SHRUG = r"¯\\_(ツ)_/¯"
"""With a backslash more than one sees: one alone would be a mark."""


@command("me", example="/me waves")
async def me(ctx: Context, text: Body) -> None:
    """Say what you do: "ann waves"."""
    ctx.calls.post(ctx.here.id, text, style="action", thread=ctx.thread or None)


@command("shrug", example="/shrug no idea")
async def shrug(ctx: Context, text: Body = Body("")) -> None:
    """Say something and shrug."""
    ctx.calls.post(ctx.here.id, f"{text} {_SHRUG}".strip(), thread=ctx.thread or None)


@command("spoiler", example="/spoiler he wakes up")
async def spoiler(ctx: Context, text: Body) -> None:
    """Say something that others see only when they want to."""
    body = hidden(text)
    if body is None:
        raise UsageFault("A line that ends in a backslash cannot be hidden: write something behind it.")
    ctx.calls.post(ctx.here.id, body, thread=ctx.thread or None)


@command("plain", example="/plain **kwargs, not bold")
async def plain(ctx: Context, text: Rest) -> None:
    """Say something without formatting, just as you type it: ** and ``` stay what they are.

    So do :tada: and lists; the others see what you typed, whichever client they use.
    """
    ctx.calls.post(ctx.here.id, unmarked(text), thread=ctx.thread or None)


@command("broadcast", aliases=("bm",), example="/broadcast Back in ten minutes", classic=('/bm "hello"',))
async def broadcast(ctx: Context, text: Body) -> None:
    """Say something to everybody: it stands in #announcements, and where each one is.

    Moderators may, and on the server's own machine everybody.
    """
    await ctx.calls.call(Broadcast(cid=make_cid(ctx.desk.now_ms(), os.urandom(10)), body=_unquoted(text)))


@command("retry", example="/retry")
async def retry(ctx: Context) -> None:
    """Send again what the server refused here."""
    for unsent in _refused(ctx):
        ctx.calls.retry(unsent.cid)


@command("discard", example="/discard")
async def discard(ctx: Context) -> None:
    """Forget what the server refused here."""
    for unsent in _refused(ctx):
        ctx.calls.discard(unsent.cid)


def _unquoted(text: str) -> str:
    """Return what stands between quotes, if the whole text is quoted."""
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1] else text


def _refused(ctx: Context) -> list[Unsent]:
    found = [unsent for unsent in ctx.here.unsent if unsent.status == "failed"]
    if not found:
        raise UsageFault("Nothing was refused here.")
    return found
