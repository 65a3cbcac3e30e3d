"""Commands about accounts: which one is one's own here."""

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


@command("login", example="/login annika", classic=("log on", "/login NAME"))
async def login(ctx: Context, name: NewName = NewName("")) -> None:
    """Sign in here as somebody else; without a name, choose one on the start screen."""
    ctx.desk.sign_in_as(str(name))


@command("register", example="/register annika", classic=("/register NAME",))
async def register(ctx: Context, name: NewName) -> None:
    """Make an account with a password here, and be it from now on."""
    ctx.desk.sign_in_as(str(name), register=True)


@command("logout", example="/logout", classic=("log out",))
async def logout(ctx: Context) -> None:
    """Sign out, and go to the start screen."""
    ctx.desk.sign_out()
