"""Commands that say something in another way."""

from __future__ import annotations

from chat_tui.commands.arguments import Rest
from chat_tui.commands.command import command
from chat_tui.commands.context import Context


@command("me", example="/me waves")
async def me(ctx: Context, text: Rest) -> None:
    """Say what you do: "ann waves"."""
    ctx.calls.post(ctx.here.id, text, style="action")
