"""A text that begins with a number, where one could also mean the message of that number.

Elsewhere a bare number always names a message; before a text it can be the first word of that. Nobody is to say to one
message what was meant for another: where there is a message of that number, one is asked to write which is meant.
"""

from __future__ import annotations

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.numbers import number_in
from chat_tui.commands.context import Context
from chat_tui.commands.marks import said_here


async def refuse_two_meanings(ctx: Context, text: str, command: str, other: int) -> None:
    """Refuse a text whose first word is the number of a message here.

    Args:
        ctx: where.
        text: what was written behind the command.
        command: its name.
        other: the message that it is about without a number.

    Raises:
        UsageFault: with a sentence that tells how both are written.
    """
    first, *_ = text.split(maxsplit=1) or ("",)
    seq = number_in(first)
    if seq and await _may_be_said(ctx, seq):
        raise UsageFault(
            f"Message {seq}, or a text that begins with {seq}? "
            f"Write /{command} #{seq} … for that message, /{command} #{other} {seq} … for the text."
        )


async def _may_be_said(ctx: Context, seq: int) -> bool:
    """Return whether there is a message of a number here; where the server cannot be asked, there may be."""
    if seq > ctx.here.position.seq:
        return False
    try:
        await said_here(ctx, seq)
    except UsageFault:
        return False
    except ChatError:
        return True
    return True
