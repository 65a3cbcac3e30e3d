"""The command about what is written and not sent, wherever that is."""

from __future__ import annotations

from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.names import name_key
from chat_tui.commands.arguments_of_rest import DraftChange
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.drafts import Draft
from chat_tui.views.clean import drawable_line
from chat_tui.views.formatting import in_one_line
from chat_tui.views.lines import Line, Span

NO_DRAFTS: Final = "Nothing is written that is not sent."
_EXCERPT: Final = 200
"""Characters of a draft that are looked at."""


@command("draft", aliases=("drafts",), example="/draft #ops", moves=True)
async def draft(ctx: Context, change: DraftChange = DraftChange("")) -> None:
    """List what you have written and not sent, wherever on this server; or go to one.

    `/draft #ops` goes there to write on, `/draft drop #ops` forgets what is written there. A thread is named as the
    list has it: `/draft #ops:17`. Of a channel that is gone it shows what you wrote, also what was still to be
    sent: `y` copies it. Drafts are kept on this computer. An @ in the list of conversations says where they are.
    """
    drafts = ctx.desk.drafts
    act, wanted = change.parts
    known = await drafts.all()
    if act == "list":
        if not known:
            ctx.desk.answer(Answer(NO_DRAFTS))
        elif ctx.desk.has_keys:
            drafts.show()
        else:
            lines = [Line((Span(f"{drawable_line(name)}: {note_of(each)}"),)) for name, each in known.items()]
            ctx.desk.answer(Answer("Written, and not sent:", lines))
        return
    if not wanted:
        raise UsageFault("Say where: /draft drop #ops. /draft lists what is written.")
    name = next((each for each in known if name_key(each.lstrip("#@")) == name_key(wanted.lstrip("#@"))), None)
    if name is None:
        raise UsageFault(f"Nothing is written in {drawable_line(wanted[:40])}; /draft lists what is.")
    if act == "go":
        drafts.go(name)
        return
    await drafts.drop(name)
    ctx.desk.answer(Answer(f"Dropped what was written in {drawable_line(name)}: {note_of(known[name])}"))


def note_of(draft: Draft) -> str:
    """Return what is written, in a line; safe to draw."""
    said = drawable_line(in_one_line(draft.text, _EXCERPT))
    if draft.edits:
        return f"another text for a message of yours: {said}"
    return f"an answer: {said}" if draft.replies_to else said
