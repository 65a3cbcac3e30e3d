"""Commands about a channel's rules and its members' roles."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.client.state.model import ConversationState
from chat_core.protocol.requests.order import DeleteChannel, InviteMember, SetRole, SetRules
from chat_core.protocol.values import ChannelRole, Rules
from chat_tui.commands.administering import make_invite
from chat_tui.commands.arguments import Channel, Leavable, Length, User
from chat_tui.commands.arguments_of_rest import Change, Invitee
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.particulars import rule_change
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span
from chat_tui.views.order import rule_words

_NAME = 128
"""Letters of a name that are sent."""
_ROLES: dict[ChannelRole, str] = {
    "operator": "You are an operator here.",
    "voice": "You have a voice here.",
    "member": "You are a member here.",
}


@command("channel", example="/channel moderated on")
async def channel(ctx: Context, change: Change = Change("")) -> None:
    """Show the rules of this channel, or change one of them.

    Operators write `/channel public`, `unlisted` or `invite-only`; `moderated on` lets only voices and operators write;
    `slow 30s` lets each member write every 30 seconds; `topic operators` says who sets the topic; `archived on` ends
    all writing. Each can be undone: `moderated off`, `slow off`, `topic members`, `archived off`.

    `/channel delete` deletes the channel with all that was said in it, for everybody; that cannot be undone, and so
    wants the channel's name behind it. Who made the channel does that, and owners of the server.
    """
    here = _channel(ctx)
    word, _, rest = change.partition(" ")
    if word.casefold() == "delete":
        await _delete(ctx, here, rest.strip())
        return
    if change:
        await ctx.calls.call(SetRules(conversation=here.id, **rule_change(change)))
        return
    said = rule_words(here.info.rules, Rules.__struct_fields__, ctx.desk.now_ms())
    role = Line((Span(_ROLES[here.info.role], "muted"),))
    ctx.desk.answer(Answer(f"{drawable_line(here.target)}: {', '.join(said)}", [role]))


@command("op", example="/op @bob")
async def op(ctx: Context, user: User, channel: Channel = Channel("")) -> None:
    """Make a member of this channel an operator: who may do everything here."""
    await _give(ctx, user, channel, "operator")


@command("voice", example="/voice @bob")
async def voice(ctx: Context, user: User, channel: Channel = Channel("")) -> None:
    """Give a member of this channel a voice: who may write while it is moderated or slow."""
    await _give(ctx, user, channel, "voice")


@command("deop", aliases=("devoice",), example="/deop @bob")
async def deop(ctx: Context, user: User, channel: Channel = Channel("")) -> None:
    """Make an operator or a voice of this channel a plain member again; also yourself."""
    await _give(ctx, user, channel, "member")


@command("invite", example="/invite @bob #ops")
async def invite(ctx: Context, whom: Invitee = Invitee("")) -> None:
    """Let somebody join a closed channel, or bring them into a group; or make a server invite.

    It is this channel or group, or the one that is named. Who is brought into a group reads what is said from then on.
    `/invite @bob #ops` is for somebody who is here already. `/invite --uses 5 --expires 7d #ops` shows the link for
    friends who have no account yet; each of the three may be left out.
    """
    first, _, rest = whom.strip().partition(" ")
    if not first or first.startswith(("-", "#")):
        await make_invite(ctx, whom)
        return
    user, place = User.parse(first), Leavable.parse(rest.strip()) if rest.strip() else ""
    conversation = ctx.find(place) if place else ctx.here
    if conversation.info.kind == "group":
        await ctx.calls.call(InviteMember(conversation=conversation.id, account=user))
        return  # its log tells of it, to everybody in it
    conversation = _channel(ctx, place)
    await ctx.calls.call(InviteMember(conversation=conversation.id, account=user))
    ctx.desk.answer(Answer(f"{user} may join {conversation.target} now, and was told."))


@command("slow", example="/slow 30s")
async def slow(ctx: Context, length: Length, channel: Channel = Channel("")) -> None:
    """Let each member of this channel write only now and then; `off` ends it."""
    await ctx.calls.call(SetRules(conversation=_channel(ctx, channel).id, slow_s=int(length or 0)))


@command("archive", example="/archive #old")
async def archive(ctx: Context, channel: Channel = Channel("")) -> None:
    """Keep this channel, or a named one, for reading only: nobody writes there any more.

    It stays in the list of those who are in it, and in /list, marked so; /unarchive ends it. Operators do that.
    """
    await ctx.calls.call(SetRules(conversation=_channel(ctx, channel).id, archived=True))


@command("unarchive", example="/unarchive #old")
async def unarchive(ctx: Context, channel: Channel = Channel("")) -> None:
    """Let people write in an archived channel again."""
    await ctx.calls.call(SetRules(conversation=_channel(ctx, channel).id, archived=False))


async def _delete(ctx: Context, here: ConversationState, name: str) -> None:
    """Delete a channel, once its name was written, too."""
    if not name:
        target = drawable_line(here.target)
        raise UsageFault(
            f"This deletes {target} with all that was said in it, for everybody, and cannot be undone (/archive can). "
            f"If you mean that, write /channel delete {target}."
        )
    await ctx.calls.call(DeleteChannel(conversation=here.id, name=name[:_NAME]))


async def _give(ctx: Context, user: User, channel: Channel, role: ChannelRole) -> None:
    await ctx.calls.call(SetRole(conversation=_channel(ctx, channel).id, account=user, role=role))


def _channel(ctx: Context, named: str = "") -> ConversationState:
    conversation = ctx.find(named) if named else ctx.here
    if conversation.info.kind != "channel":
        raise UsageFault("Only a channel has operators and rules: go there, or name it.")
    return conversation
