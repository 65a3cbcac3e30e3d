"""Commands about marks: names for places to come back to, of this computer only."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.client.state.model import ClientState
from chat_core.protocol.values import Message
from chat_tui.commands.arguments import MarkName
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.place_marks import Mark
from chat_tui.views.clean import drawable_line
from chat_tui.views.folding import folded_words
from chat_tui.views.formatting import in_one_line
from chat_tui.views.here import message_here, messages_here
from chat_tui.views.lines import Line, Span
from chat_tui.views.names import called, shown_name
from chat_tui.views.when import since

_EXCERPT = 200
"""Characters of a message that are looked at."""


@command("mark", example="/mark release")
async def mark(ctx: Context, name: MarkName = MarkName("")) -> None:
    """Put a mark at the selected message, else at what you read, to come back to it by its name.

    Without a name it gets the next free letter; one that there is already is moved. `/marks release` leads back. Marks
    are of this computer and yours alone; a message that you want to keep on all your devices gets a /bookmark.
    """
    here, message = ctx.here, _meant(ctx)
    marks = ctx.desk.marks
    called_so = str(name) or marks.kept.free()
    thread = message.thread or 0 if message.aside else 0
    put = Mark(here.target, message.seq, message.ts, thread, ctx.state.epoch, here.id)
    before = await marks.put(called_so, put)
    moved = f"; it was at {drawable_line(before.address)}" if before is not None and before != put else ""
    where = drawable_line(put.address)
    ctx.desk.answer(Answer(f"Mark {called_so} is at {where}{moved}. /marks {called_so} comes back here."))


@command("marks", example="/marks release", moves=True)
async def marks_(ctx: Context, name: MarkName = MarkName("")) -> None:
    """List your marks, or go to one."""
    marks = ctx.desk.marks
    if name:
        marks.go(marks.kept.find(name)[1])
    elif not marks.kept.all:
        how = "in select mode m puts one, and so does /mark NAME" if ctx.desk.has_keys else "/mark NAME puts one"
        ctx.desk.answer(Answer(f"You have no marks here: {how}."))
    elif ctx.desk.has_keys:
        marks.show()
    else:
        ctx.desk.answer(Answer("Your marks:", mark_lines(ctx)))


@command("unmark", example="/unmark release")
async def unmark(ctx: Context, name: MarkName) -> None:
    """Take a mark of yours away; the message stays."""
    await ctx.desk.marks.drop(name)
    ctx.desk.answer(Answer(f"The mark {name} is gone."))


def mark_lines(ctx: Context) -> list[Line]:
    """Return a line for each mark."""
    found = ctx.desk.marks.kept.all.items()
    return [Line((Span(f"{name}: {note_of(each, ctx.state, ctx.desk.now_ms())}"),)) for name, each in found]


def note_of(mark: Mark, state: ClientState, now_ms: int) -> str:
    """Return where a mark is, and what was said there as far as it is known; safe to draw."""
    by_number = mark.conversation and mark.epoch == state.epoch
    known = state.conversations.get(mark.conversation) if by_number else state.by_target(mark.target)
    where = drawable_line(mark.address if known is None else f"{known.target}:{mark.seq}")
    message = known.timeline.find(mark.seq) if known is not None else None
    when = since(mark.ts, now_ms, None) if mark.ts else ""
    if message is None:
        return f"{where}, {when}" if when else where
    if message.author in state.ignored:
        return f"{where}, {when}, {folded_words(message)}"
    said = drawable_line(in_one_line(message.body, _EXCERPT)) or "message deleted"
    return f"{where}, {when}, {shown_name(called(message))}: {said}"


def _meant(ctx: Context) -> Message:
    """Return the message that a mark is put at. Raises: UsageFault: there is none."""
    seq = ctx.desk.selected_seq or ctx.desk.marks.reading
    found = message_here(ctx.here, ctx.thread, seq) if seq else next(messages_here(ctx.here, ctx.thread), None)
    if found is None:
        raise UsageFault("There is no message here to put a mark at.")
    return found
