"""The line above the composer: who is typing, what waits elsewhere, how the connection is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chat_core.client.state.model import ClientState, ConversationState, LinkStatus, Typist
from chat_tui.views import thread_news
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import needs_me, number, ordered, slot_of
from chat_tui.views.lines import Line, Role, Span, elide, spread, width
from chat_tui.views.link import SENT_LATER, is_apart, link_detail, link_trouble, sent_later
from chat_tui.views.names import called, label_of, shown_name
from chat_tui.views.servers import Elsewhere, labels

_NAME_MAX = 16
_NARROW = 60
"""Cells below which the next try is told by a number alone."""

_LOSES: Final = ("! outbox not on disk", "! not on disk")
"""That the outbox cannot be written, in what room there is."""


def status(
    state: ClientState,
    shown: int | None,
    now: float,
    cells: int,
    *,
    listed: bool,
    title: str = "",
    others: Sequence[Elsewhere] = (),
    told: str = "",
    note: str = "",
    loses: bool = False,
) -> Line:
    """Return the line.

    Args:
        state: what is known.
        shown: number of the conversation that is open.
        now: monotonic time, in seconds.
        cells: width of the line.
        listed: whether the list of conversations is visible: what waits elsewhere stands there, then.
        title: what the server is called, if others are open, too.
        others: they.
        told: what stands right above it already.
        note: what is said of lines that are hidden; a click shows them.
        loses: whether what is not sent is lost at the end of the program, for the disk does not take it.
    """
    conversation = state.conversations.get(shown) if shown is not None else None
    before = _noted(note)
    if loses:
        before = (Span(f" {_LOSES[cells < _NARROW]} ", "error"), *before)
    if title and not listed:
        before = (Span(f" {elide(drawable_line(title), _NAME_MAX)}", "quiet"), *before)
    online, apart = state.link.status is LinkStatus.ONLINE, bool(state.conversations) and is_apart(state.link)
    right = link = link_detail(state.link, now, short=apart and cells < _NARROW)
    left = () if apart else _left(state, conversation, now, told)
    if not listed:
        taken = len(SENT_LATER) + 2 + width(before) if apart else min(width((*before, *left)), cells // 3)
        room = cells - 2 - (0 if online else width(link) + 2) - taken
        waiting = _elsewhere(state, shown, room, others)
        if waiting:
            right = waiting if online else (*waiting, Span("  "), *link)
    if apart:
        room = cells - width((*before, *right)) - 4
        left = (Span(" "), Span(sent_later(state.link, room), "muted"))
    return Line(spread((*before, *left), (*right, Span(" ")), cells))


def typing_words(typing: Sequence[Typist], now: float) -> str:
    """Return who is writing, in words; those whose time is over are left out."""
    names = [shown_name(called(typist)) for typist in typing if typist.until > now]
    match names:
        case []:
            return ""
        case [name]:
            return f"{name} is typing…"
        case [first, second]:
            return f"{first} and {second} are typing…"
        case [first, second, third]:
            return f"{first}, {second} and {third} are typing…"
        case _:
            return f"{len(names)} people are typing…"


def _noted(note: str) -> tuple[Span, ...]:
    return (Span(" "), Span(f"◌ {note}", "quiet", act="filters"), Span(" ")) if note else ()


def _left(state: ClientState, conversation: ConversationState | None, now: float, told: str) -> tuple[Span, ...]:
    trouble = link_trouble(state.link)
    if trouble and trouble != told:
        return Span(" "), Span(trouble, "muted")
    words = typing_words(conversation.typing, now) if conversation is not None else ""
    return (Span(" "), Span(words, "typing")) if words else ()


def _elsewhere(state: ClientState, shown: int | None, cells: int, others: Sequence[Elsewhere]) -> tuple[Span, ...]:
    """Return what waits in other conversations and servers, as many as fit; those that need the user go first."""
    threads = thread_news.label(state)
    found: list[tuple[bool, str, str]] = [] if threads is None else [(*threads, "show_threads")]
    for index, each in enumerate(ordered(state)):
        if each.unread and each.id != shown:
            mine = needs_me(each)
            name = label_of(each.info)
            slot = f"{slot_of(index)}:" if slot_of(index) else ""
            label = f"{slot}{elide(drawable_line(name), _NAME_MAX)} {number(mine or each.unread)}"
            found.append((mine > 0, label, f"go_to({each.id})"))
    found += labels(others)
    kept = _fitting(found, cells)
    spans: list[Span] = []
    for index, (mine, label, act) in enumerate(found):
        if index in kept:
            role: Role = "attention" if mine else "muted"
            spans += (Span(" "), Span(label, role, act=act)) if spans else (Span(label, role, act=act),)
    if len(kept) < len(found):
        spans.append(Span(f" +{len(found) - len(kept)}", "muted"))
    return tuple(spans)


def _fitting(found: Sequence[tuple[bool, str, str]], cells: int) -> set[int]:
    sizes = [width((Span(label),)) + 1 for _, label, _ in found]
    if sum(sizes) <= cells + 1:
        return set(range(len(found)))
    room = cells - 3
    kept: set[int] = set()
    for index in sorted(range(len(found)), key=lambda at: not found[at][0]):
        if sizes[index] <= room:
            kept.add(index)
            room -= sizes[index]
    return kept
