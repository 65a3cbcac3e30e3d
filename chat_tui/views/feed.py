"""What was said for this person of late, in all conversations: a few lines below the list, where there is room. Pure.

Only what the client knows is looked at; `/mentions` asks the server for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Final

from msgspec import Struct

from chat_core.client.state.model import ClientState, ConversationState
from chat_core.client.state.reading import calls
from chat_core.protocol.values import Message
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span, cropped, elide, spread
from chat_tui.views.names import label_of, shown_name, soft_role
from chat_tui.views.programs import author_of
from chat_tui.views.when import lately

FROM_ROWS: Final = 50
"""Rows of the terminal from which on there is room for it."""
MOST: Final = 8
"""Messages in it."""
LINES_EACH: Final = 3
"""A line for who and when, one for the words, and air."""

_LOOKED_AT: Final = 60
"""Newest messages of a conversation that are looked at."""
_NAME_CELLS: Final = 12


class Told(Struct, frozen=True):
    """A message that is for this person."""

    conversation: int
    """Where."""
    message: Message
    """It."""


class Feed:
    """It; what did not change is not looked at again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, int, tuple[Message, ...]]] = {}

    def newest(self, state: ClientState) -> list[Told]:
        """Return what was said for this person, the newest first."""
        me = state.me
        if me is None:
            return []
        found: list[Told] = []
        known, self._known = self._known, {}
        for each in state.conversations.values():
            kept = known.get(each.id)
            if kept is None or kept[0] is not each.timeline or kept[1] != me.id:
                kept = (each.timeline, me.id, _for_me(state, each))
            self._known[each.id] = kept
            found += (Told(each.id, message) for message in kept[2] if message.author not in state.ignored)
        return sorted(found, key=lambda told: told.message.ts, reverse=True)[:MOST]


def _for_me(state: ClientState, conversation: ConversationState) -> tuple[Message, ...]:
    me, personal = state.me, conversation.info.personal
    assert me is not None
    return tuple(
        message
        for message in conversation.timeline.newest(_LOOKED_AT)
        if message.author != me.id and not message.deleted and (personal or calls(message, me))
    )[-MOST:]


def feed_lines(
    told: Sequence[Told], state: ClientState, cells: int, rows: int, now_ms: int, zone: tzinfo | None = None
) -> tuple[list[Line], list[int | None]]:
    """Return lines, and where a click on each leads; none where there is nothing to tell or no room.

    Args:
        told: the newest first.
        state: what is known.
        cells: room in a line.
        rows: lines there are.
        now_ms: the time: what was said on another day says which.
        zone: time zone; None: the computer's own.
    """
    shown = told[: max(0, (rows - 2) // LINES_EACH)]
    if not shown:
        return [], []
    lines = [Line((Span("  FOR YOU", "heading"),)), Line()]
    found: list[int | None] = [None, None]
    for each in shown:
        conversation = state.conversations[each.conversation]
        lines += _lines(each.message, conversation, state, cells, now_ms, zone)
        found += [each.conversation] * LINES_EACH
    return lines, found


def _lines(
    message: Message, conversation: ConversationState, state: ClientState, cells: int, now_ms: int, zone: tzinfo | None
) -> Iterable[Line]:
    from chat_tui.views.formatting import in_one_line

    when = lately(message.ts, now_ms, zone)
    name = elide(shown_name(author_of(message)), _NAME_CELLS)
    who = Span(name, soft_role(message.author, state.me.id if state.me is not None else None))
    direct = conversation.info.kind == "direct"
    first = who if direct else Span(drawable_line(label_of(conversation.info)), "muted")
    yield Line(spread((Span("  "), first), (Span(f"{when} ", "quiet"),), cells))
    said = drawable_line(in_one_line(message.body, 4 * cells))
    words = (Span(said, "muted"),) if direct else (who, Span(f" {said}", "muted"))
    yield Line(cropped((Span("  "), *words), cells - 1))
    yield Line()
