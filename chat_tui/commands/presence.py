"""Commands about how one wants to be met, and about how somebody else does."""

from __future__ import annotations

from typing import Final, Literal

from chat_core.base.durations import in_words, is_duration
from chat_core.protocol.requests.presence import AboutPerson, SetPresence, Whois
from chat_tui.commands.arguments import User
from chat_tui.commands.arguments_of_rest import Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.tables import pair_lines
from chat_tui.views.clean import drawable_line
from chat_tui.views.presence import in_a_word

_END: Final = "/back ends that."


@command("away", example="/away lunch until two")
async def away(ctx: Context, text: Rest = Rest("")) -> None:
    """Tell the others that you are not at the keyboard, and why.

    Who writes to you privately reads it once. It lasts until /back, on all your devices.
    """
    await _stand(ctx, "away", text)


@command("busy", aliases=("dnd",), example="/busy a meeting")
async def busy(ctx: Context, text: Rest = Rest("")) -> None:
    """Tell the others that you do not want to be disturbed, until /back.

    Nobody can ask you for a private chat meanwhile.
    """
    await _stand(ctx, "busy", text)


@command("back", example="/back")
async def back(ctx: Context) -> None:
    """Be there again, neither away nor busy."""
    await ctx.calls.call(SetPresence(state="online"))
    ctx.desk.answer(Answer("You are back."))


@command("whois", aliases=("wi",), example="/whois @bob")
async def whois(ctx: Context, user: User) -> None:
    """Tell whether somebody is there, away or busy, and what they say of it."""
    about = await ctx.calls.call(Whois(account=user))
    pairs = [(term, drawable_line(text)) for term, text in _facts(about, ctx.desk.now_ms())]
    ctx.desk.answer(Answer(drawable_line(f"About {about.account.name}"), pair_lines(pairs)))


async def _stand(ctx: Context, state: Literal["away", "busy"], text: str) -> None:
    words = " ".join(text.split())
    await ctx.calls.call(SetPresence(state=state, text=words[:400]))
    said = f"You are {state}{': ' + words if words else ''}."
    end = f"Others read “{words}”, but it does not end by itself: /back ends it." if is_duration(words) else _END
    ctx.desk.answer(Answer(drawable_line(f"{said} {end}")))


def _facts(about: AboutPerson, now_ms: int) -> list[tuple[str, str]]:
    account = about.account
    said = f": {about.text}" if about.text and about.online else ""
    since = f", for {in_words((now_ms - about.since) / 1000)}" if about.since and about.online else ""
    facts = [("Is", f"{in_a_word(about.online, about.state)}{said}{since}")]
    if account.display:
        facts.insert(0, ("Shown as", account.display))
    if account.role != "member":
        facts.append(("Role", account.role))
    if about.chatting:
        facts.append(("Private chat", "in one at this moment"))
    return facts
