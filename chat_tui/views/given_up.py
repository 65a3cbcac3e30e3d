"""Messages that can never be sent, so that their words are not lost with them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chat_core.client.state.changes import SendGivenUp
from chat_core.client.state.model import ClientState
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span

KEPT: Final = "/draft has what you wrote."


def given_up(changes: Sequence[SendGivenUp], kept: bool = False) -> tuple[str, tuple[Line, ...]]:
    """Return a sentence, and the messages word for word, a line each.

    Args:
        changes: at least one; their reason is that of the first.
        kept: whether they were put among the drafts.
    """
    what = "A message" if len(changes) == 1 else f"{len(changes)} messages"
    title = f"{what} cannot be sent any more. {drawable_line(changes[0].text)}"
    lines = tuple(
        Line((Span(f"{drawable_line(change.target)} ", "channel"), Span(drawable_line(change.unsent.body), "text")))
        for change in changes
    )
    return title, (*lines, Line((Span(KEPT),))) if kept else lines


def lost_to(state: ClientState, changes: Sequence[SendGivenUp]) -> dict[str, str]:
    """Return what was to be said where there is nothing any more, by TARGET, in order: drafts of it can be made."""
    found: dict[str, str] = {}
    for change in changes:
        if change.target and state.by_target(change.target) is None:
            said = found.get(change.target)
            found[change.target] = change.unsent.body if said is None else f"{said}\n{change.unsent.body}"
    return found
