"""Conversations: joining, leaving, opening, listing, topics, members, read markers, typing."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.base.errors import UsageFault
from chat_core.base.names import check_channel_name, spell_account_name
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import Typing
from chat_core.protocol.limits import TOPIC_BYTES
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.conversations import (
    Channels,
    Find,
    Join,
    Leave,
    ListChannels,
    ListMembers,
    MarkRead,
    Members,
    OpenDirect,
    Opened,
    SetTopic,
    SetTyping,
)
from chat_core.protocol.values import Conversation, Member
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Inside, Permission
from chat_core.server.saying import moderated
from chat_core.server.sessions.hub import encode
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, Place, SetChannelTopic
from chat_core.server.store.conversations import OpenDirect as OpenDirectOp
from chat_core.server.store.messages import MoveReadMarker


@handles(Join, needs=Permission.JOIN, cost=3, heard=Heard.NEWS)
async def join(ctx: Context, request: Join) -> Opened:
    """Become a member of a public channel."""
    try:
        name = check_channel_name(request.channel)
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, str(fault)) from fault
    conversation, created = await ctx.store.write(JoinChannel(ctx.account, name, request.create, ctx.wall_ms()))
    return Opened(conversation=_with_online(ctx, conversation), created=created)


@handles(OpenDirect, needs=Permission.JOIN, cost=3, heard=Heard.NEWS)
async def open_direct(ctx: Context, request: OpenDirect) -> Opened:
    """Find or make a direct conversation."""
    try:
        name = spell_account_name(request.account.removeprefix("@"))
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, str(fault)) from fault
    conversation, created = await ctx.store.write(OpenDirectOp(ctx.account, name, ctx.wall_ms()))
    return Opened(conversation=_with_online(ctx, conversation), created=created)


@handles(Leave, needs=Permission.JOIN, inside=Inside.MEMBER)
async def leave(ctx: Context, request: Leave) -> Done:
    """End a membership."""
    await ctx.store.write(LeaveConversation(ctx.account, request.conversation, ctx.wall_ms()))
    return Done()


@handles(Find, needs=Permission.READ, inside=Inside.MEMBER)
async def find(ctx: Context, request: Find) -> Opened:
    """Look up a conversation the caller is in."""
    account = ctx.account
    place = await _member(ctx, request.conversation)
    conversation = await ctx.store.read(lambda reader: reader.conversation(account, place.id))
    return Opened(conversation=_with_online(ctx, conversation))


@handles(ListChannels, needs=Permission.READ, cost=3)
async def list_channels(ctx: Context, request: ListChannels) -> Channels:
    """List public channels."""
    account = ctx.account
    channels, more = await ctx.store.read(lambda reader: reader.channels(account, request.after, request.limit))
    return Channels(channels=tuple(channels), more=more)


@handles(ListMembers, needs=Permission.READ, inside=Inside.MEMBER, cost=2)
async def list_members(ctx: Context, request: ListMembers) -> Members:
    """List who is in a conversation, with who is online."""
    place = await _member(ctx, request.conversation)
    rev = ctx.hub.presence.rev(place.id)
    members, total, more = await ctx.store.read(lambda reader: reader.members(place.id, request.after, request.limit))
    return Members(
        members=tuple(seen_member(ctx, member) for member in members),
        rev=rev,
        total=total,
        online=len(ctx.hub.feed(place.id).present),
        more=more,
    )


@handles(SetTopic, needs=Permission.TOPIC, inside=Inside.SPEAKER, heard=Heard.NEWS)
async def set_topic(ctx: Context, request: SetTopic) -> Done:
    """Set a channel's topic."""
    topic = clean_line(request.topic)
    if len(topic.encode()) > TOPIC_BYTES:
        raise Refused(Refusal.TOO_LONG, f"A topic has at most {TOPIC_BYTES} bytes, this one has {len(topic.encode())}.")
    await moderated(ctx, SetChannelTopic(ctx.account, request.conversation, topic, ctx.wall_ms()))
    return Done()


@handles(MarkRead, needs=Permission.SELF, inside=Inside.MEMBER)
async def mark_read(ctx: Context, request: MarkRead) -> Done:
    """Move the caller's read marker."""
    await ctx.store.write(MoveReadMarker(ctx.account, request.conversation, request.seq, request.back))
    return Done()


@handles(SetTyping, needs=Permission.SPEAK, inside=Inside.MEMBER)
async def set_typing(ctx: Context, request: SetTyping) -> Done:
    """Tell the others that the caller is writing."""
    presence = ctx.hub.presence
    if not presence.typing or ctx.account in presence.standings.hidden:
        return Done()  # here nobody is told, or nobody is to know that this account is there
    number = request.conversation
    if not isinstance(number, int) or number not in ctx.session.attached:
        number = (await _member(ctx, request.conversation)).id
    if ctx.hub.bouncer.is_muted(ctx.account, number, ctx.wall_ms()):
        return Done()  # it is not heard; that is told where it writes
    event = Typing(
        conversation=number,
        account=ctx.account,
        name=ctx.session.name,
        display=ctx.session.display,
        active=request.active,
    )
    ctx.hub.feed(number).signal(encode(event), besides=ctx.account)
    return Done()


def seen_member(ctx: Context, member: Member) -> Member:
    """Return a member with what only the live side knows: whether it is there, and how it wants to be met."""
    state = ctx.hub.presence.standings.of(member.account).state
    return replace(member, online=ctx.hub.online(member.account), state=state)


async def _member(ctx: Context, ref: int | str) -> Place:
    """Resolve a conversation that the caller must be in."""
    account = ctx.account
    place = await ctx.store.read(lambda reader: reader.find(account, ref))
    if not place.member:
        raise Refused(Refusal.NOT_MEMBER, f"You are not in #{place.name}: join it first.")
    return place


def _with_online(ctx: Context, conversation: Conversation) -> Conversation:
    return ctx.hub.seen(conversation)
