"""Commands about groups: conversations of a few people. `/invite` brings somebody in, `/leave` leaves."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.protocol.requests.groups import OpenGroup
from chat_tui.commands.arguments_of_rest import Users
from chat_tui.commands.command import command
from chat_tui.commands.context import Context


@command("group", example="/group @ann @bob", moves=True)
async def group(ctx: Context, users: Users) -> None:
    """Open the group of you and some others, or make it: 3 to 20 people in all.

    The very same people have one group. Nobody else can see it or find it. In it, /invite @cid brings somebody in, who
    reads what is said from then on; /leave leaves it, /users tells who is in it. Elsewhere it goes by its number, as in
    `/go &12`. What stands behind the names is said there at once: `/group @ann @bob lunch?`. If you left the group,
    this brings you back.
    """
    names, text = users.parts
    if len(names) < 2:
        raise UsageFault("A group has at least 3 people: name two others, each with @, or write to one with /dm.")
    opened = await ctx.calls.call(OpenGroup(accounts=names))
    if text:
        ctx.calls.post(opened.conversation.id, text)
    ctx.desk.open_soon(opened.conversation.id)
