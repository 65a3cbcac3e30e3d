"""Groups: finding or making one. Joining, leaving and everything else is as in any conversation."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.names import spell_account_name
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.conversations import Opened
from chat_core.protocol.requests.groups import OpenGroup
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Permission
from chat_core.server.store.base import Refused
from chat_core.server.store.groups import MakeGroup


@handles(OpenGroup, needs=Permission.OPERATE, cost=5, heard=Heard.NEWS)
async def open_group(ctx: Context, request: OpenGroup) -> Opened:
    """Find or make a group."""
    names = tuple(_name(name) for name in request.accounts)
    conversation, created = await ctx.store.write(MakeGroup(ctx.account, names, ctx.wall_ms()))
    return Opened(conversation=ctx.hub.seen(conversation), created=created)


def _name(text: str) -> str:
    try:
        return spell_account_name(text.removeprefix("@"))
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, f"'{clean_line(text[:40])}': {fault}") from fault
