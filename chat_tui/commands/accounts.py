"""Commands about accounts."""

from __future__ import annotations

from chat_core.protocol.requests.accounts import Rename
from chat_tui.commands.arguments import NewName
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context


@command("nick", example="/nick annika")
async def nick(ctx: Context, name: NewName) -> None:
    """Take another name, everywhere; your old messages show it too."""
    done = await ctx.calls.call(Rename(name=name))
    ctx.desk.answer(Answer(f"You are {done.account.name} now."))
