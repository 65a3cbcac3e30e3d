"""Commands that do to a message by a line what keys do to a selected one: edit, delete, copy, open, unread."""

from __future__ import annotations

import re
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.protocol.requests.conversations import MarkRead
from chat_core.protocol.requests.messages import Delete, Edit
from chat_core.protocol.values import Message
from chat_tui.commands.ambiguous import refuse_two_meanings
from chat_tui.commands.arguments import Which
from chat_tui.commands.arguments_of_rest import Body
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.marks import meant, said_here
from chat_tui.views.formatting import in_one_line
from chat_tui.views.here import last_own, message_here, messages_here
from chat_tui.views.lines import elide
from chat_tui.views.source import source_of

_NUMBER: Final = re.compile(r"[#:]([1-9][0-9]{0,9})(?:\s+|$)")
_NO_NUMBER: Final = Which("")
_EXCERPT: Final = 40
"""Characters of a message by which one knows it again."""


@command("edit", example="/edit I meant Friday")
async def edit(ctx: Context, text: Body = Body("")) -> None:
    """Write your last message here anew, or the selected one; a text is what it says now.

    `/edit #17 I meant Friday` is for a message by its number, which its details tell.
    """
    named = _NUMBER.match(text)
    seq = int(named[1]) if named is not None else _own(ctx).seq
    if named is None:
        await refuse_two_meanings(ctx, text, "edit", seq)
    body = text[named.end() :] if named is not None else text
    if body.strip():
        await ctx.calls.call(Edit(conversation=ctx.here.id, seq=seq, body=body))
    else:
        ctx.desk.act("edit", seq)


@command("delete", aliases=("redact",), example="/delete #17")
async def delete(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Delete a message by its number, for ever and for everybody.

    Without a number it tells that of your last message, or of the selected one.
    """
    if message:
        await ctx.calls.call(Delete(conversation=ctx.here.id, seq=int(message)))
        ctx.desk.answer(Answer("Deleted."))
        return
    last = _own(ctx)
    said = elide(in_one_line(last.body, 4 * _EXCERPT), _EXCERPT)
    ctx.desk.answer(Answer(f"Delete “{said}” for everybody? /delete #{last.seq} does it."))


@command("copy", example="/copy")
async def copy(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Copy the text of a message into the clipboard; which one is decided as in /react."""
    ctx.desk.act("copy", meant(ctx, message))


@command("open", example="/open #17")
async def open_(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Open the link in a message, or save its file; which one is decided as in /react."""
    ctx.desk.act("open", meant(ctx, message))


@command("raw", example="/raw #17")
async def raw(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Show a message as it was sent, marks and all, and everything that is known of it.

    What nobody would see in it is told by its number, as ⟨U+200B⟩. Without a number it is the selected message, else
    the last one here.
    """
    newest = next(messages_here(ctx.here, ctx.thread), None)
    seq = int(message) if message else ctx.desk.selected_seq or (newest.seq if newest is not None else 0)
    if not seq:
        raise UsageFault("Nothing was said here yet.")
    ctx.desk.show_source(source_of(ctx.here.target, await said_here(ctx, seq)))


@command("unread", example="/unread #17")
async def unread(ctx: Context, message: Which = _NO_NUMBER) -> None:
    """Take a message and what follows as unread again, on all your devices.

    Which message is decided as in /react.
    """
    await ctx.calls.call(MarkRead(conversation=ctx.here.id, seq=meant(ctx, message) - 1, back=True))
    ctx.desk.answer(Answer("Unread from there, until you come back or press Esc."))


def _own(ctx: Context) -> Message:
    """Return the selected message, else one's last one where one writes. Raises: UsageFault: there is none."""
    where = (ctx.here, ctx.thread)
    selected = ctx.desk.selected_seq
    message = message_here(*where, selected) if selected else last_own(*where, ctx.state.me)
    if message is None:
        raise UsageFault("There is no message of yours here: give the number of one, as #17.")
    return message
