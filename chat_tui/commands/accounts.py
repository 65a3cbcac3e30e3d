"""Commands about accounts: which one is one's own here."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.names import check_display_name
from chat_core.protocol.requests.accounts import Rename, SetDisplay
from chat_tui.commands.arguments import NewName
from chat_tui.commands.arguments_of_rest import Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.line import PREFIX
from chat_tui.views.clean import drawable_line


@command("nick", example="/nick annika")
async def nick(ctx: Context, name: NewName) -> None:
    """Take another name, everywhere; your old messages show it too."""
    done = await ctx.calls.call(Rename(name=name))
    ctx.desk.answer(Answer(f"You are {done.account.name} now."))


@command("alias", example="/alias Annika B.")
async def alias(ctx: Context, shown: Rest = Rest("")) -> None:
    """Be shown as something else beside your name, which stays what others type to mean you.

    Alone, it tells what you are shown as; `/alias off` shows your name again. Moderators take somebody else's display
    name away with `/alias @bob off`.
    """
    words = shown.strip()
    me = ctx.state.me
    if not words:
        display = me.display if me is not None else ""
        told = f"You are shown as {display}." if display else "You are shown by your name; /alias NAME changes that."
        ctx.desk.answer(Answer(drawable_line(told)))
        return
    user, _, behind = words.partition(" ")
    if user.startswith("@"):
        if behind.strip().casefold() != "off":
            raise UsageFault("Of others, a display name can only be taken away: /alias @bob off.")
        await ctx.calls.call(SetDisplay(account=user, display=""))
        ctx.desk.answer(Answer(drawable_line(f"{user} is shown by their name.")))
        return
    if any(word.startswith(PREFIX) for word in words.split()):  # as IRC's programs make commands of one's own
        raise UsageFault("An alias is what you are shown as, and makes no command: /help lists those there are.")
    done = await ctx.calls.call(SetDisplay(display="" if words.casefold() == "off" else check_display_name(words)))
    display = done.account.display
    ctx.desk.answer(Answer(drawable_line(f"You are shown as {display}." if display else "You are shown by your name.")))


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
    """Sign out of this server, and go to another one that is open, or to the start screen."""
    ctx.desk.sign_out()
