"""Webhooks: made, listed, removed, by the operators of their channels."""

from __future__ import annotations

from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.hooks import HookMade, Hooks, ListHooks, MakeHook, RemoveHook
from chat_core.server.auth.tokens import hook_digest
from chat_core.server.context import Context
from chat_core.server.observe import get_log
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Inside, Permission, only_operators, operates
from chat_core.server.store import hooks as ops
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.naming import spelled

log = get_log(__name__)


@handles(MakeHook, needs=Permission.OPERATE, inside=Inside.OPERATOR, cost=5, heard=Heard.ALWAYS)
async def make_hook(ctx: Context, request: MakeHook) -> HookMade:
    """Make a webhook, and tell its address this once."""
    if not ctx.services.hooks_at:
        raise Refused(
            Refusal.UNAVAILABLE,
            "This server takes no webhooks: whoever runs it turns them on in its settings, as [webhooks] listen.",
        )
    name = spelled(request.name)
    secret = ctx.services.auth.token()
    hook = await ctx.store.write(
        ops.AddHook(ctx.account, request.conversation, name, hook_digest(secret), ctx.wall_ms())
    )
    log.info("webhook made", hook=hook.id)
    return HookMade(hook=hook, url=f"{ctx.services.hooks_at}/hooks/{secret}")


@handles(ListHooks, needs=Permission.OPERATE, inside=Inside.OPERATOR, cost=3)
async def list_hooks(ctx: Context, request: ListHooks) -> Hooks:
    """List a channel's webhooks, for its operators."""
    account = ctx.account

    def query(reader: Reader) -> Hooks:
        place = reader.find(account, request.conversation)
        [asker] = reader.accounts([account])
        if place.kind != "channel" or not operates(asker.role, place.role):
            raise Refused(Refusal.NOT_ALLOWED, only_operators(None, "see its webhooks"))
        return Hooks(hooks=tuple(reader.hooks_of(place.id)))

    return await ctx.store.read(query)


@handles(RemoveHook, needs=Permission.OPERATE, inside=Inside.OPERATOR)
async def remove_hook(ctx: Context, request: RemoveHook) -> Done:
    """Remove a webhook."""
    await ctx.store.write(ops.RemoveHook(ctx.account, request.conversation, request.hook, ctx.wall_ms()))
    log.info("webhook removed", hook=request.hook)
    return Done()
