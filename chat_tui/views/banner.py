"""The line above the composer that says what is written there, when it is no plain message. Pure."""

from __future__ import annotations

import re

from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Message
from chat_tui.drafts import Draft
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span, spread
from chat_tui.views.names import shown_name
from chat_tui.views.programs import author_of
from chat_tui.views.when import clock


def about(draft: Draft, conversation: ConversationState | None) -> tuple[Span, ...]:
    """Return words for what a draft is about; none: it is a plain message."""
    from chat_tui.views.building import QUOTED_CHARS
    from chat_tui.views.formatting import in_one_line

    if draft.edits:
        message = _find(conversation, draft.edits)
        when = f" of {clock(message.ts, None)}" if message is not None else ""
        return (Span(f"Editing your message{when}", "own"),)
    if draft.replies_to:
        message = _find(conversation, draft.replies_to)
        if message is None:
            return (Span("Answering an older message", "own"),)
        excerpt = drawable_line(in_one_line(message.body, QUOTED_CHARS))
        return Span(f"Answering {shown_name(author_of(message))}", "own"), Span(f"  {excerpt}", "muted")
    return ()


def looking(letters: str, found: bool) -> tuple[Span, ...]:
    """Return words for a search in what was sent."""
    shown = drawable_line(letters)
    if not letters:
        return (Span("Looking in what you sent: type some letters", "own"),)
    if found:
        return Span("Looking in what you sent: ", "own"), Span(shown, "strong")
    return (Span("Nothing you sent has ", "error"), Span(shown, "strong"))


def banner(words: tuple[Span, ...], keys: str, cells: int) -> Line:
    """Return the line: what is written at the left, what ends it at the right."""
    parts = (part for part in re.split("( · )", keys) if part)
    right = [Span(part, "quiet", act="escape" if part.startswith("Esc") else "") for part in parts]
    return Line(spread((Span(" "), *words), (*right, Span(" ", "quiet")), cells), ground="surface")


def _find(conversation: ConversationState | None, seq: int) -> Message | None:
    return conversation.timeline.find(seq) if conversation is not None else None
