"""How people want to be met, and what everybody may know of somebody."""

from __future__ import annotations

from typing import Final

from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.presence import AboutPerson, SetPresence, Whois
from chat_core.protocol.values import Account
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Permission
from chat_core.server.sessions.standing import Standing
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.naming import spelled

TEXT_CHARS: Final = 200
"""Longest text about why somebody is away, in characters."""


@handles(SetPresence, needs=Permission.SELF, cost=3, words="text")
async def set_presence(ctx: Context, request: SetPresence) -> Done:
    """Say how the caller wants to be met."""
    text = clean_line(request.text)
    if len(text) > TEXT_CHARS:
        raise Refused(Refusal.TOO_LONG, f"At most {TEXT_CHARS} characters are told, these are {len(text)}.")
    if request.state == "hidden":
        ctx.hub.hide(ctx.account)
    else:
        standing = Standing() if request.state == "online" else Standing(request.state, text, ctx.wall_ms())
        ctx.hub.stand(ctx.account, standing)
    return Done()


@handles(Whois, needs=Permission.READ, cost=2)
async def whois(ctx: Context, request: Whois) -> AboutPerson:
    """Tell what everybody may know of somebody."""
    name = spelled(request.account)

    def query(reader: Reader) -> tuple[Account, bool]:
        found = reader.account_named(name)
        if found is None:
            raise Refused(Refusal.NO_ACCOUNT, f"There is no account '{name}'.")
        return found, reader.is_chatting(found.id)

    account, chatting = await ctx.store.read(query)
    standing = ctx.hub.presence.standings.of(account.id)
    online = ctx.hub.online(account.id)
    return AboutPerson(
        account=account,
        online=online,
        state=standing.state,
        text=standing.text,
        since=standing.since,
        chatting=chatting and online,
    )
