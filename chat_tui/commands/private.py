"""Commands about private chats, and about who may write to one privately."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.protocol.requests.private import (
    AnswerChat,
    Chats,
    EndChat,
    ListChats,
    ListIgnored,
    RequestChat,
    SetDmPolicy,
    SetIgnored,
)
from chat_core.protocol.values import DmPolicy, PrivateChat
from chat_tui.commands.arguments import ChatNumber, Policy, User
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.tables import pair_lines
from chat_tui.views.clean import drawable_line

_POLICIES: dict[DmPolicy, str] = {
    "open": "Everybody may write to you privately.",
    "request": "Others ask you for a private chat, which you accept or decline.",
    "closed": "Nobody may write to you privately.",
}


@command("chat", example="/chat @bob", moves=True, classic=("CHAT_REQUEST(<pair>)",))
async def chat(ctx: Context, user: User) -> None:
    """Ask somebody for a private chat, which has a number and lasts until one of you ends it.

    It begins at once, unless they want to be asked; then they /accept or /decline.
    """
    about = await ctx.calls.call(RequestChat(account=user))
    ctx.desk.open_soon(about.conversation.id)
    if not about.chat.begun:
        ctx.desk.answer(Answer(f"{user} was asked for a private chat; you are told when it begins."))


@command("accept", example="/accept @bob")
async def accept(ctx: Context, user: User) -> None:
    """Begin the private chat that somebody asks you for."""
    await ctx.calls.call(AnswerChat(account=user, accept=True))


@command("decline", example="/decline @bob")
async def decline(ctx: Context, user: User) -> None:
    """Say no to somebody who asks you for a private chat."""
    await ctx.calls.call(AnswerChat(account=user, accept=False))
    ctx.desk.answer(Answer(f"{user} is told that you do not want to."))


@command("end", example="/end", classic=("END_REQUEST(<number>)",))
async def end(ctx: Context, number: ChatNumber = ChatNumber("0")) -> None:
    """End your private chat for both of you, or the one with that number; what was said stays.

    With the number of a request of yours that waits for an answer, it withdraws that.
    """
    if not int(number):
        number = ChatNumber(str((await ctx.calls.call(ListChats())).number))
        if not int(number):
            raise UsageFault("You are in no private chat.")
    await ctx.calls.call(EndChat(number=int(number)))


@command("session", example="/session", classic=("SNUM",))
async def session(ctx: Context) -> None:
    """Tell the number of your private chat, 0 while you are free, and who asks for one."""
    said = await ctx.calls.call(ListChats())
    pairs = [(f"{chat.number}", _words(chat)) for chat in said.chats]
    ctx.desk.answer(Answer(_number(said), pair_lines(pairs)))


@command("privacy", example="/privacy request")
async def privacy(ctx: Context, policy: Policy = Policy("")) -> None:
    """Tell or choose who may write to you privately.

    `open` is everybody, `request` those whose requests you accept, `closed` nobody.
    """
    chosen = policy.chosen
    if chosen is None:
        chosen = (await ctx.calls.call(ListChats())).policy
    else:
        await ctx.calls.call(SetDmPolicy(policy=chosen))
    ctx.desk.answer(Answer(_POLICIES[chosen]))


@command("ignore", example="/ignore @bob")
async def ignore(ctx: Context, user: User = User("")) -> None:
    """Take no private messages from somebody, and fold what they say in channels.

    They are not told, and cannot ask you for a private chat either. What they say is neither unread nor a mention.
    It holds on all your devices.
    Alone, it lists whom you ignore.
    """
    if user:
        await ctx.calls.call(SetIgnored(account=user, ignored=True))
        ctx.desk.answer(
            Answer(f"You ignore {user}, and they cannot write to you privately. /unignore {user} ends that.")
        )
        return
    names = (await ctx.calls.call(ListIgnored())).names
    ctx.desk.answer(Answer(drawable_line(f"You ignore {', '.join(names)}." if names else "You ignore nobody.")))


@command("unignore", example="/unignore @bob")
async def unignore(ctx: Context, user: User) -> None:
    """Take private messages and chat requests from somebody again."""
    await ctx.calls.call(SetIgnored(account=user, ignored=False))
    ctx.desk.answer(Answer(f"You do not ignore {user} any more."))


def _number(said: Chats) -> str:
    going = next((chat for chat in said.chats if chat.begun), None)
    if going is None:
        return f"{said.number}: you are free."
    return f"{said.number}: your private chat with {drawable_line(going.name)}."


def _words(chat: PrivateChat) -> str:
    name = drawable_line(chat.name)
    if chat.begun:
        return f"with @{name}"
    return f"@{name} was asked" if chat.mine else f"@{name} asks you: /accept @{name} or /decline @{name}"
