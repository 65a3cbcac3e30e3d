"""Private chats, and who may write to an account privately. Whether somebody is online is known here only."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.private import (
    AboutChat,
    AnswerChat,
    Chats,
    EndChat,
    Ignored,
    ListChats,
    ListIgnored,
    RequestChat,
    SetDmPolicy,
    SetIgnored,
)
from chat_core.protocol.values import Account
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Permission
from chat_core.server.store.base import Refused
from chat_core.server.store.naming import spelled
from chat_core.server.store.private import LISTED, AskChat, ChooseDmPolicy, CloseChat, IgnoreAccount, ReplyChat


@handles(RequestChat, needs=Permission.JOIN, cost=3, heard=Heard.ALWAYS)
async def request_chat(ctx: Context, request: RequestChat) -> AboutChat:
    """Ask for a private chat."""
    name, account = spelled(request.account), ctx.account

    other = await ctx.store.read(lambda reader: reader.account_named(name))
    if other is not None and other.id != account:
        _check_available(ctx, other)
    chat, conversation = await ctx.store.write(AskChat(account, name, ctx.wall_ms()))
    online = sum(ctx.hub.online(number) for number in (account, chat.account))
    return AboutChat(chat=chat, conversation=replace(conversation, online=online))


def _check_available(ctx: Context, other: Account) -> None:
    """Refuse to ask somebody who is not there, or busy. Raises: Refused `unavailable`."""
    if not ctx.hub.presence.reachable(other.id):
        raise Refused(Refusal.UNAVAILABLE, f"'{other.name}' is not online; try later.")
    standing = ctx.hub.presence.standings.of(other.id)
    if standing.state == "busy":
        why = f": {standing.text}" if standing.text else ""
        raise Refused(Refusal.UNAVAILABLE, f"'{other.name}' is busy{why}; try later.")


@handles(AnswerChat, needs=Permission.JOIN, cost=3)
async def answer_chat(ctx: Context, request: AnswerChat) -> Done:
    """Accept or decline."""
    await ctx.store.write(ReplyChat(ctx.account, spelled(request.account), request.accept, ctx.wall_ms()))
    return Done()


@handles(EndChat, needs=Permission.JOIN)
async def end_chat(ctx: Context, request: EndChat) -> Done:
    """End a private chat for both."""
    await ctx.store.write(CloseChat(ctx.account, request.number, ctx.wall_ms()))
    return Done()


@handles(ListChats, needs=Permission.READ)
async def list_chats(ctx: Context, request: ListChats) -> Chats:
    """List one's private chat and requests."""
    account = ctx.account
    chats, policy = await ctx.store.read(lambda reader: reader.chats_of(account))
    number = next((chat.number for chat in chats if chat.begun), 0)
    return Chats(number=number, chats=tuple(chats[:LISTED]), policy=policy)


@handles(SetDmPolicy, needs=Permission.SELF)
async def set_dm_policy(ctx: Context, request: SetDmPolicy) -> Done:
    """Say who may write to one privately."""
    await ctx.store.write(ChooseDmPolicy(ctx.account, request.policy))
    return Done()


@handles(SetIgnored, needs=Permission.SELF, cost=5)
async def set_ignored(ctx: Context, request: SetIgnored) -> Done:
    """Ignore somebody, or no longer."""
    await ctx.store.write(IgnoreAccount(ctx.account, spelled(request.account), request.ignored))
    return Done()


@handles(ListIgnored, needs=Permission.READ)
async def list_ignored(ctx: Context, request: ListIgnored) -> Ignored:
    """List whom one ignores."""
    account = ctx.account
    return Ignored(names=tuple(await ctx.store.read(lambda reader: reader.ignored_by(account))))
