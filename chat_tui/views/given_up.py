"""Messages that can never be sent, so that their words are not lost with them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.client.state.changes import SendGivenUp
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span


def given_up(changes: Sequence[SendGivenUp]) -> tuple[str, tuple[Line, ...]]:
    """Return a sentence, and the messages word for word, a line each.

    Args:
        changes: at least one; their reason is that of the first.
    """
    what = "A message" if len(changes) == 1 else f"{len(changes)} messages"
    title = f"{what} cannot be sent any more. {drawable_line(changes[0].text)}"
    lines = tuple(
        Line((Span(f"{drawable_line(change.target)} ", "channel"), Span(drawable_line(change.unsent.body), "text")))
        for change in changes
    )
    return title, lines
