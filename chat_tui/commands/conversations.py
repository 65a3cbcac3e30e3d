"""Commands about conversations: joining, leaving, listing, topics, members."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.names import name_key
from chat_core.base.numbers import number_in
from chat_core.client.state.model import ConversationState
from chat_core.protocol.requests.conversations import ListChannels, ListMembers, SetTopic
from chat_core.protocol.values import ChannelSummary, Member
from chat_tui.commands.administering import administer
from chat_tui.commands.arguments import Addressee, Channel, Leavable, Letters, User, Where
from chat_tui.commands.arguments_of_rest import Body, Listed, Reason, Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.elsewhere import WINDOWS, WINDOWS_WAY
from chat_tui.commands.tables import channel_lines, member_lines
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import ordered
from chat_tui.views.lines import elide
from chat_tui.views.names import in_sentence, title_of

MAX_LISTED = 1_000
"""Channels or members after which a list ends."""
_SHOWN = 9
"""Cells of a number that is none which are shown."""


@command("join", example="/join #ops", moves=True)
async def join(ctx: Context, channel: Channel) -> None:
    """Join a channel and go there; make it if there is none."""
    ctx.desk.open_soon(await ctx.calls.join(channel))


@command("go", aliases=("buffer", "win", "window", "switch", "focus"), key="ctrl+k", example="/go dev", moves=True)
async def go(ctx: Context, where: Where) -> None:
    """Go to a conversation you are in, by its number or its name.

    /3 is the same as /go 3; the beginning of a name is enough.
    """
    ctx.desk.open_soon(meant(ctx, where))


def meant(ctx: Context, where: Where) -> int:
    """Return the number of the conversation that somebody means, of those one is in. Raises: UsageFault."""
    found = ordered(ctx.state)
    if where.isdecimal():
        at = number_in(where, len(found))
        if not at:
            raise UsageFault(f"There is no conversation {elide(where, _SHOWN)}; {_last_of(len(found))}.")
        return found[at - 1].id
    if where.startswith("&"):
        return ctx.find(where).id
    wanted = name_key(where.lstrip("#@"))
    sigil = where[:1] if where[:1] in "#@" else ""
    names = {each.id: name_key(each.info.name) for each in found if each.target.startswith(sigil)}
    exact = [number for number, name in names.items() if name == wanted]
    close = exact or [number for number, name in names.items() if name.startswith(wanted)]
    if len(close) != 1:
        which = ", ".join(ctx.state.conversations[number].target for number in close[:5])
        way = f" {WINDOWS_WAY}" if where in WINDOWS else ""
        raise UsageFault(f"'{where}' may be {which}: write more of it." if close else f"You are not in '{where}'.{way}")
    return close[0]


@command("leave", aliases=("part",), example="/leave #ops", moves=True)
async def leave(ctx: Context, channel: Leavable = Leavable(""), reason: Reason = Reason("")) -> None:
    """Leave a channel or a group: this one, or the one that is named.

    A channel's messages stay on the server and are back after /join. Into a group you come back with /group and
    the names of all who are in it. A reason behind the name, as on IRC, is told to nobody.
    """
    conversation = ctx.find(channel) if channel else ctx.here
    if conversation.info.kind == "direct":
        raise UsageFault("A direct conversation cannot be left; /close puts its tab away.")
    if conversation.info.kind == "announcements":
        raise UsageFault("Everybody is in the announcements; they cannot be left.")
    await ctx.calls.leave(conversation.id)
    untold = " Nobody was told the reason: say it before you go." if reason else ""
    if conversation.info.kind == "group":
        ctx.desk.answer(Answer(drawable_line(f"You left the group with {title_of(conversation.info)}.{untold}")))
        return
    ctx.desk.answer(Answer(f"You left {conversation.target}. /join {conversation.target} brings you back.{untold}"))


@command("list", example="/list")
async def list_channels(ctx: Context, letters: Letters = Letters("")) -> None:
    """List the public channels, all or those with some letters in their name.

    A click on one goes there.
    """
    wanted = name_key(letters)
    channels: list[ChannelSummary] = []
    more = True
    while more and len(channels) < MAX_LISTED:
        page = await ctx.calls.call(ListChannels(after=channels[-1].name if channels else ""))
        channels += page.channels
        more = page.more and bool(page.channels)
    ctx.desk.learn_channels([channel.name for channel in channels])
    found = [channel for channel in channels if wanted in name_key(channel.name)]
    many, its = ("1 channel", "its") if len(found) == 1 else (f"{len(found)} channels", "their")
    what = f" with '{letters}' in {its} name" if letters else ""
    ctx.desk.answer(Answer(f"{many}{what}; /join #name goes there", channel_lines(found)))


@command(
    "dm",
    aliases=("msg", "query", "m", "q"),
    example="/dm @ann are you there?",
    moves=True,
    classic=('/dm user2 "hello"',),
)
async def dm(ctx: Context, whom: Addressee, text: Body = Body("")) -> None:
    """Open the direct conversation with somebody, and say something there.

    Named by its `#`, a channel you are in does as well.
    """
    if whom.startswith("@"):
        conversation = await ctx.calls.open_direct(whom.removeprefix("@"))
    elif whom.startswith("#") and ctx.state.by_target(whom) is None:
        raise UsageFault(f"You are not in {whom}: /join {whom} goes there.")
    else:
        conversation = ctx.find(whom).id
    if text:
        ctx.calls.post(conversation, text)
    ctx.desk.open_soon(conversation)


@command("history", example="/history @ann", moves=True, classic=("HISTORY_REQ(<pair>)",))
async def history(ctx: Context, user: User) -> None:
    """Open what you and somebody else have said to each other."""
    ctx.desk.open_soon(await ctx.calls.open_direct(user.removeprefix("@")))
    how = "PgUp reads back, to its beginning." if ctx.desk.has_keys else "/read 100 reads out its last 100 messages."
    ctx.desk.answer(Answer(f"Your history with {user}: {how}"))


@command("topic", aliases=("t",), example="/topic Release on Friday")
async def topic(ctx: Context, text: Rest = Rest("")) -> None:
    """Show the topic of this channel, or set it."""
    conversation = ctx.here
    if conversation.info.personal:
        raise UsageFault("Only a channel has a topic.")
    if text:
        await ctx.calls.call(SetTopic(conversation=conversation.id, topic=text))
    else:
        now = conversation.info.topic
        ctx.desk.answer(Answer(f"{conversation.target}: {now}" if now else f"{conversation.target} has no topic."))


@command("users", aliases=("who", "names", "members", "n"), key="f8", example="/users", classic=("/users",))
async def users(ctx: Context, listed: Listed = Listed("")) -> None:
    """List who is in this conversation, or in the one that is named.

    Those who run the server write `/users add NAME`, `passwd`, `disable`, `role` and more, as of /accounts.
    """
    if listed and not listed.startswith(("#", "@", "&")):
        await administer(ctx, listed)
        return
    conversation = ctx.find(listed) if listed else ctx.here
    members: list[Member] = []
    more, total, online = True, 0, 0
    while more and len(members) < MAX_LISTED:
        after = members[-1].name if members else ""
        page = await ctx.calls.call(ListMembers(conversation=conversation.id, after=after))
        members += page.members
        more, total, online = page.more and bool(page.members), page.total, page.online
    ctx.desk.answer(Answer(_many(conversation, total, online), member_lines(members, ctx.state.me)))


@command("close", aliases=("wc",), example="/close")
async def close(ctx: Context) -> None:
    """Put the tab of this direct conversation or group away until somebody writes there again."""
    conversation = ctx.here
    if not conversation.info.personal:
        raise UsageFault("Only a direct conversation or a group has a tab to close; /leave leaves a channel.")
    ctx.desk.close_tab(conversation.id)


def _last_of(count: int) -> str:
    """Return how many conversations there are, where that is not enough."""
    if not count:
        return "none has come from the server yet"
    return "there is one" if count == 1 else f"there are {count}"


def _many(conversation: ConversationState, total: int, online: int) -> str:
    members = "1 member" if total == 1 else f"{total} members"
    return f"{in_sentence(conversation.info)}: {members}, {online} online"
