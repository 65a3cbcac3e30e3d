"""The row of tabs: the channel that is open, the direct conversations and the groups. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from chat_core.client.state.model import ClientState, ConversationState
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import needs_me, number, ordered
from chat_tui.views.lines import Line, Span, elide, width
from chat_tui.views.names import title_of

_LABEL_MAX = 24


class Tabs(Struct, frozen=True):
    """A row of tabs."""

    line: Line
    """How it looks."""
    targets: tuple[int | None, ...]
    """Where a click on each of its spans leads."""


def tab_ids(state: ClientState, channel: int | None) -> tuple[int, ...]:
    """Return the tabs there are unless somebody chose others: a channel, all direct conversations and groups."""
    direct = (each.id for each in ordered(state) if each.info.personal and each.id != channel)
    return (*((channel,) if channel is not None else ()), *direct)


def tabs(state: ClientState, ids: Sequence[int], shown: int | None, cells: int) -> Tabs:
    """Return the row.

    Args:
        state: what is known.
        ids: conversations with a tab, from left to right; unknown ones are left out.
        shown: the one that is open.
        cells: width of the row. What does not fit is counted at the end, but the open one always stays.
    """
    made = [_tab(state.conversations[each], each == shown) for each in ids if each in state.conversations]
    known = [each for each in ids if each in state.conversations]
    kept = _kept(known, [width(spans) for spans in made], shown, cells)
    spans: list[Span] = []
    targets: list[int | None] = []
    for each, tab in zip(known, made, strict=True):
        if each in kept:
            spans += tab
            targets += [each] * len(tab)
    hidden = [state.conversations[each] for each in known if each not in kept]
    if hidden:
        waiting = any(needs_me(each) for each in hidden)
        spans.append(Span(f" +{len(hidden)} ", "attention" if waiting else "muted"))
        targets.append(None)
    return Tabs(Line(tuple(spans), ground="surface"), tuple(targets))


def _tab(conversation: ConversationState, active: bool) -> tuple[Span, ...]:
    label = elide(drawable_line(title_of(conversation.info)), _LABEL_MAX)
    end = Span("│", "separator")
    if active:
        return Span(f" {label} ", "selected"), end
    name = Span(f" {label} ", "muted")
    if not conversation.unread:
        return name, end
    mine = needs_me(conversation)
    count = Span(f"{number(mine or conversation.unread)} ", "attention" if mine else "muted")
    return name, count, end


def _kept(ids: Sequence[int], widths: Sequence[int], shown: int | None, cells: int) -> set[int]:
    if sum(widths) <= cells:
        return set(ids)
    room = cells - 5
    kept: set[int] = set()
    # The open one first, then from the left.
    for each, size in sorted(zip(ids, widths, strict=True), key=lambda tab: tab[0] != shown):
        if size <= room:
            kept.add(each)
            room -= size
    return kept
