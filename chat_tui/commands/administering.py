"""Commands for the people who run a server: accounts, who may register, invites, and what was done with privilege."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal, cast

from chat_core.base.durations import parse_duration
from chat_core.base.errors import UsageFault
from chat_core.base.names import check_channel_name
from chat_core.base.numbers import number_in
from chat_core.protocol.requests.people import (
    AddAccount,
    AllowName,
    DisableAccount,
    ListAccounts,
    ListAllowed,
    ListAudit,
    MakeInvite,
    SetAccountPassword,
    SetServerRole,
)
from chat_core.protocol.values import AccountDetails
from chat_core.transport.urls import is_loopback, parse_invitation
from chat_tui.commands.arguments_of_rest import ACTS, Change
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.tables import pair_lines
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span
from chat_tui.views.when import since

MOST: Final = 1_000
"""Accounts in one list; for more there is `chat-core users list`."""

Act = Callable[[Context, str, str], Awaitable[str]]


@command("accounts", example="/accounts role bob moderator")
async def accounts(ctx: Context, change: Change = Change("")) -> None:
    """List the accounts of this server, or change one; for those who run it.

    `/users add ...` is the same.
    `list`, `add NAME`, `passwd NAME`, `disable NAME`, `enable NAME`, `role NAME member|moderator|owner`, `allow NAME`,
    `disallow NAME`, `allowed`. A password is asked for in a form of its own.
    """
    await administer(ctx, str(change))


@command("audit", example="/audit")
async def audit(ctx: Context) -> None:
    """List sanctions, roles, rules and accounts as they were decided of late.

    For those who run the server.
    """
    acts = (await ctx.calls.call(ListAudit())).acts
    now_ms = ctx.desk.now_ms()
    pairs = [
        (drawable_line(since(act.ts, now_ms, None)), drawable_line(f"{act.actor}: {act.act} {act.target} {act.detail}"))
        for act in reversed(acts)
    ]
    ctx.desk.answer(
        Answer(f"{len(acts)} acts, the newest first; `chat-core audit verify` proves them", pair_lines(pairs))
    )


async def administer(ctx: Context, line: str) -> None:
    """Do what stands behind `/accounts`.

    Raises:
        UsageFault: it is nothing that can be done.
    """
    word, _, rest = line.strip().partition(" ")
    word = word.casefold() or "list"
    act = _ACTS.get(word)
    if act is None:
        raise UsageFault(f"'{word[:40]}' is none of {', '.join(ACTS)}.")
    name, _, more = rest.strip().partition(" ")
    if not name and word not in ("list", "allowed"):
        raise UsageFault(f"Whom? Write /accounts {word} NAME.")
    if more.strip() and word != "role":
        raise UsageFault(f"'{more.strip()[:40]}' is too much here.")
    if told := await act(ctx, name.removeprefix("@"), more.strip()):
        ctx.desk.answer(Answer(drawable_line(told)))


_HOW: Final = "it is opened with chat-tui connect. Hand it on over a way that you trust"
_NEAR: Final = (
    "only from this computer: others do not reach this server. For friends elsewhere run chat-core serve "
    "--host 0.0.0.0 where they can reach it, and go there with /connect"
)


async def make_invite(ctx: Context, line: str) -> None:
    """Make an invite to the server: `[--uses N|any] [--expires 7d|never] [#channel]`.

    Raises:
        UsageFault: the line is another one.
    """
    request = invite_of(line)
    made = await ctx.calls.call(request)
    uses = (
        "for any number of people"
        if made.uses is None
        else "for 1 person"
        if made.uses == 1
        else f"for {made.uses} people"
    )
    far = made.link and not is_loopback(parse_invitation(made.link).address.host)
    shown = made.link or made.code
    copied = " (copied)" if ctx.desk.copy(shown) else ""
    told = f"An invite {uses}{copied}; {_HOW if far else _NEAR}"
    ctx.desk.answer(Answer(told, (Line((Span(drawable_line(shown), "strong"),)),)))


def invite_of(line: str) -> MakeInvite:
    """Return the request that a person means. Raises: UsageFault."""
    uses: int | None = 1
    lasts_s: int | None = 7 * 24 * 3600
    channel = ""
    words = iter(line.split())
    for word in words:
        if word == "--uses":
            uses = _uses(next(words, ""))
        elif word == "--expires":
            value = next(words, "")
            lasts_s = None if value == "never" else parse_duration(value)
        elif word.startswith("#") and not channel:
            channel = check_channel_name(word)
        else:
            raise UsageFault(f"'{word[:40]}' is not understood: /invite [--uses N] [--expires 7d] [#channel].")
    return MakeInvite(uses=uses, lasts_s=lasts_s, channel=channel)


def _uses(value: str) -> int | None:
    if value == "any":
        return None
    uses = number_in(value, 999_999)
    if not uses:
        raise UsageFault("Behind --uses stands a number from 1 to 999999, or any.")
    return uses


async def _list(ctx: Context, name: str, more: str) -> str:
    found: list[AccountDetails] = []
    goes_on = True
    while goes_on and len(found) < MOST:
        page = await ctx.calls.call(ListAccounts(after=found[-1].account.name if found else ""))
        found += page.accounts
        goes_on = page.more and bool(page.accounts)
    pairs = [(drawable_line(about.account.name), drawable_line(_facts(about, ctx.desk.now_ms()))) for about in found]
    many = "1 account" if len(found) == 1 else f"{len(found)}{'+' if goes_on else ''} accounts"
    ctx.desk.answer(Answer(f"{many} on this server", pair_lines(pairs)))
    return ""


async def _add(ctx: Context, name: str, more: str) -> str:
    given = await ctx.desk.secrets(f"A password for the new account {name}", ("password",))
    if given is None:
        return "Nothing was made."
    account = (await ctx.calls.call(AddAccount(name=name, password=given[0]))).about.account
    return f"{account.name} is {account.role} of this server."


async def _passwd(ctx: Context, name: str, more: str) -> str:
    given = await ctx.desk.secrets(f"Another password for {name}", ("new password",))
    if given is None:
        return "The password stays."
    await ctx.calls.call(SetAccountPassword(name=name, password=given[0]))
    return f"{name} has another password, and is signed out everywhere."


async def _disable(ctx: Context, name: str, more: str) -> str:
    account = (await ctx.calls.call(DisableAccount(name=name))).about.account
    return f"{account.name} cannot sign in any more."


async def _enable(ctx: Context, name: str, more: str) -> str:
    account = (await ctx.calls.call(DisableAccount(name=name, disabled=False))).about.account
    return f"{account.name} can sign in again."


async def _role(ctx: Context, name: str, more: str) -> str:
    if more not in ("member", "moderator", "owner"):
        raise UsageFault("A role on the server is member, moderator or owner.")
    wanted = cast(Literal["member", "moderator", "owner"], more)
    account = (await ctx.calls.call(SetServerRole(name=name, role=wanted))).about.account
    return f"{account.name} is {account.role} of this server."


async def _allow(ctx: Context, name: str, more: str) -> str:
    await ctx.calls.call(AllowName(name=name))
    return f"{name} may register."


async def _disallow(ctx: Context, name: str, more: str) -> str:
    await ctx.calls.call(AllowName(name=name, allowed=False))
    return f"{name} is not on the list of those who may register."


async def _allowed(ctx: Context, name: str, more: str) -> str:
    names = (await ctx.calls.call(ListAllowed())).names
    return f"May register: {', '.join(names)}." if names else "The list of those who may register is empty."


_ACTS: Final[dict[str, Act]] = dict(
    zip(ACTS, (_list, _add, _passwd, _disable, _enable, _role, _allow, _disallow, _allowed), strict=True)
)


def _facts(about: AccountDetails, now_ms: int) -> str:
    seen = f"seen {since(about.seen, now_ms, None)}" if about.seen else "" if about.online else "never seen"
    devices = f"{about.devices} device{'s' if about.devices != 1 else ''}" if about.devices else ""
    words = [about.account.role, "password" if about.registered else "no password", seen, devices]
    words += [word for word, holds in (("online", about.online), ("DISABLED", about.disabled)) if holds]
    return ", ".join(word for word in words if word)
