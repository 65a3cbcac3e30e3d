"""Commands about messages: saying something in another way, and what becomes of one that was refused."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.client.state.model import Unsent
from chat_tui.commands.arguments import Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Context


@command("me", example="/me waves")
async def me(ctx: Context, text: Rest) -> None:
    """Say what you do: "ann waves"."""
    ctx.calls.post(ctx.here.id, text, style="action")


@command("retry", example="/retry")
async def retry(ctx: Context) -> None:
    """Send again what the server refused here."""
    for unsent in _refused(ctx):
        ctx.calls.retry(unsent.cid)


@command("discard", example="/discard")
async def discard(ctx: Context) -> None:
    """Forget what the server refused here."""
    for unsent in _refused(ctx):
        ctx.calls.discard(unsent.cid)


def _refused(ctx: Context) -> list[Unsent]:
    found = [unsent for unsent in ctx.here.unsent if unsent.status == "failed"]
    if not found:
        raise UsageFault("Nothing was refused here.")
    return found
