"""The line above a pane of messages where there are several: what it shows, and what is new in there. Pure.

The active pane's says all that the title line of the screen says with one pane: it stands instead of that.
"""

from __future__ import annotations

from chat_core.client.state.model import ConversationState
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import needs_me, number
from chat_tui.views.header import about, presence_of
from chat_tui.views.lines import Line, Span, spread
from chat_tui.views.names import title_of


def tile_title(
    conversation: ConversationState | None, cells: int, *, active: bool, note: str = "", connected: bool = True
) -> Line:
    """Return the line.

    Args:
        conversation: what the pane shows; None: nothing.
        cells: width of the line.
        active: whether one writes there.
        note: a few words at the right.
        connected: whether it is known who is there.
    """
    blank = Line(ground="panel" if active else "surface")
    if conversation is None:
        return blank
    title = drawable_line(title_of(conversation.info))
    name = (Span("▌", "bar"), Span(title, "strong")) if active else (Span(" "), Span(title, "muted"))
    left = (*name, Span("  "), Span(drawable_line(about(conversation)), "quiet"))
    right: tuple[Span, ...] = presence_of(conversation) if active and connected else ()
    if conversation.unread:
        new = Span(f"{number(conversation.unread)} new", "attention" if needs_me(conversation) else "muted")
        right = (new, Span("  "), *right) if right else (new,)
    if note:
        right = (*right, Span("  "), Span(note, "quiet"))
    return blank._replace(spans=spread(left, (*right, Span(" ")), cells))
