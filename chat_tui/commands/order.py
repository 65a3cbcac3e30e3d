"""Commands that keep order: warnings, mutes, kicks, bans and lockdowns, in a channel and on the whole server.

All of them take the same: whom; where, else it is the channel on the screen; how long; and why.
"""

from __future__ import annotations

from chat_core.base.durations import in_words
from chat_core.base.errors import UsageFault
from chat_core.protocol.requests.moderation import ListModeration, SetModeration
from chat_core.protocol.requests.order import (
    ListMemberSanctions,
    ListSanctions,
    Lockdown,
    SanctionAccount,
    SanctionMember,
    Sanctions,
    SetRules,
)
from chat_core.protocol.values import SanctionAct
from chat_tui.commands.arguments import Person, User
from chat_tui.commands.arguments_of_rest import Change, Details, Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.particulars import SERVER, Particulars, particulars
from chat_tui.commands.tables import pair_lines
from chat_tui.views.clean import drawable_line
from chat_tui.views.order import sanction_words

_DONE: dict[SanctionAct, str] = {
    "warn": "was warned",
    "mute": "is muted",
    "unmute": "may write again",
    "kick": "was put out",
    "ban": "is banned",
    "unban": "may come back",
}


@command("warn", example="/warn @bob mind your words")
async def warn(ctx: Context, user: User, details: Details = Details("")) -> None:
    """Tell somebody, and nobody else, that this was not right."""
    await _act(ctx, "warn", user, particulars(details, timed=False))


@command(
    "mute",
    example="/mute @bob 10m too loud",
    bare="Say who is not to write; to silence this conversation for yourself, enter /notify none.",
)
async def mute(ctx: Context, user: User, details: Details = Details("")) -> None:
    """Let somebody read but not write, here or on the whole server.

    It lasts for the time that is given, or until /unmute. What makes a conversation silent for you is /notify none.
    """
    await _act(ctx, "mute", user, particulars(details, timed=True))


@command("unmute", example="/unmute @bob")
async def unmute(ctx: Context, user: User, details: Details = Details("")) -> None:
    """Let somebody write again."""
    await _act(ctx, "unmute", user, particulars(details, timed=False))


@command("kick", aliases=("k",), example="/kick @bob off topic")
async def kick(ctx: Context, user: User, details: Details = Details("")) -> None:
    """Put somebody out of this channel, or with `server` off the server; they may come back."""
    await _act(ctx, "kick", user, particulars(details, timed=False))


@command("ban", example="/ban @bob server 7d spam")
async def ban(ctx: Context, person: Person, details: Details = Details("")) -> None:
    """Put somebody out and keep them out, of this channel or of the whole server.

    It lasts for the time that is given, or until /unban. On the whole server it holds for the account and for the
    addresses it is connected from; an address alone can be banned, too.
    """
    await _act(ctx, "ban", person, particulars(details, timed=True))


@command("unban", example="/unban @bob")
async def unban(ctx: Context, person: Person, details: Details = Details("")) -> None:
    """Let somebody in again."""
    await _act(ctx, "unban", person, particulars(details, timed=False))


@command("lockdown", example="/lockdown 10m a raid")
async def lockdown(ctx: Context, details: Details = Details("")) -> None:
    """Let only operators write here, or with `server` only moderators anywhere.

    It lasts for the time that is given, or until `/lockdown off`. A server that is locked down takes no new accounts
    and no joins either.
    """
    said = particulars(details, timed=True)
    off = said.reason.casefold() == "off"
    reason = "" if off else said.reason
    if _everywhere(ctx, said):
        await ctx.calls.call(Lockdown(locked=not off, seconds=said.seconds, reason=reason))
        ctx.desk.answer(Answer("This server is open again." if off else f"This server is locked down{_for(said)}."))
    else:
        conversation = ctx.find(said.where) if said.where else ctx.here
        await ctx.calls.call(
            SetRules(conversation=conversation.id, locked=not off, locked_s=said.seconds, reason=reason)
        )


@command("sanctions", aliases=("bans", "mutes"), example="/sanctions server")
async def sanctions(ctx: Context, where: Rest = Rest("")) -> None:
    """List who is muted or banned in this channel, or on the whole server."""
    said = particulars(where, timed=False)
    if said.reason:
        raise UsageFault(f"'{said.reason[:40]}' is neither a #channel nor the word server.")
    if _everywhere(ctx, said):
        title, found = "On this server", await ctx.calls.call(ListSanctions())
    else:
        conversation = ctx.find(said.where) if said.where else ctx.here
        title = f"In {drawable_line(conversation.target)}"
        found = await ctx.calls.call(ListMemberSanctions(conversation=conversation.id))
    _list(ctx, title, found)


@command("moderation", example="/moderation shouting kick")
async def moderation(ctx: Context, change: Change = Change("")) -> None:
    """Show what is moderated in this channel, or change one setting of it.

    The rules are flood, shouting, words, links and repeats; each is off, warn, mute, kick or ban. A rule warns first,
    and then does what it says. `/moderation shouting default` makes it what it is on the server.
    """
    here = ctx.here
    if here.info.kind != "channel":
        raise UsageFault("Only a channel has rules.")
    name, _, value = change.strip().partition(" ")
    if name and not value.strip():
        raise UsageFault(f"Say what {name[:40]} is to be, or default: as it is on the server.")
    if name:
        wanted = value.strip()
        await ctx.calls.call(
            SetModeration(
                conversation=here.id,
                name=name.casefold()[:40],
                value=None if wanted.casefold() == "default" else wanted[:1000],
            )
        )
        ctx.desk.answer(Answer(drawable_line(f"{here.target}: {name} is {wanted} from now on.")))
        return
    found = await ctx.calls.call(ListModeration(conversation=here.id))
    pairs = [
        (each.name, f"{each.value}{'' if each.own else '  as on the server'}") for each in found.settings if each.value
    ]
    ctx.desk.answer(
        Answer(
            drawable_line(f"{here.target}: what is moderated"),
            pair_lines([(drawable_line(one), drawable_line(two)) for one, two in pairs]),
        )
    )


async def _act(ctx: Context, act: SanctionAct, person: str, said: Particulars) -> None:
    """Do it, and tell the one who asked where nobody else is told."""
    named = person.startswith("@")
    if _everywhere(ctx, said) or not named:
        request = SanctionAccount(
            account=person if named else "",
            address="" if named else person,
            act=act,
            seconds=said.seconds,
            reason=said.reason,
        )
        await ctx.calls.call(request)
        where = "of" if act == "kick" else "on"
        ctx.desk.answer(Answer(f"{person} {_DONE[act]} {where} this server{_for(said)}."))
        return
    conversation = ctx.find(said.where) if said.where else ctx.here
    await ctx.calls.call(
        SanctionMember(conversation=conversation.id, account=person, act=act, seconds=said.seconds, reason=said.reason)
    )
    if act == "warn":
        ctx.desk.answer(Answer(f"{person} {_DONE[act]}."))


def _everywhere(ctx: Context, said: Particulars) -> bool:
    """Return whether the whole server is meant: it was said, or nothing was and there is no channel on the screen."""
    return said.where == SERVER or (not said.where and ctx.here.info.kind != "channel")


def _for(said: Particulars) -> str:
    return "" if said.seconds is None else f" for {in_words(said.seconds)}"


def _list(ctx: Context, title: str, found: Sanctions) -> None:
    now_ms = ctx.desk.now_ms()
    pairs = [tuple(map(drawable_line, sanction_words(sanction, now_ms))) for sanction in found.sanctions]
    lines = pair_lines([(pair[0], pair[1]) for pair in pairs])
    many = "nobody is muted or banned" if not pairs else f"{len(pairs)}{'+' if found.more else ''} in force"
    locked = f"; locked down{': ' + found.reason if found.reason else ''}" if found.locked else ""
    ctx.desk.answer(Answer(drawable_line(f"{title}: {many}{locked}"), lines))
