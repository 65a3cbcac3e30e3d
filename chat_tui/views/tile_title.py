"""The line above a pane of messages where there are several: what it shows, and what is new in there. Pure."""

from __future__ import annotations

from chat_core.client.state.model import ConversationState
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import needs_me, number
from chat_tui.views.lines import Line, Span, spread


def tile_title(conversation: ConversationState | None, cells: int, *, active: bool, note: str = "") -> Line:
    """Return the line.

    Args:
        conversation: what the pane shows; None: nothing.
        cells: width of the line.
        active: whether one writes there.
        note: a few words at the right.
    """
    blank = Line(ground="panel" if active else "surface")
    if conversation is None:
        return blank
    mark = (Span("▌", "bar"), Span(drawable_line(conversation.target), "strong")) if active else ()
    name = mark or (Span(" "), Span(drawable_line(conversation.target), "muted"))
    left = (*name, Span("  "), Span(drawable_line(conversation.info.topic), "quiet"))
    right: tuple[Span, ...] = ()
    if conversation.unread:
        right = (Span(f"{number(conversation.unread)} new", "attention" if needs_me(conversation) else "muted"),)
    if note:
        right += (Span("  " if right else ""), Span(note, "quiet"))
    return blank._replace(spans=spread(left, (*right, Span(" ")), cells))
