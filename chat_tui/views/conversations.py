"""The list of conversations: its order, which is that of the slots, its rows, and which of them fit. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from chat_core.client.state.model import ClientState, ConversationState, LinkStatus
from chat_tui.views import thread_news
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Role, Span, cropped, elide, spread, width
from chat_tui.views.link import link_state
from chat_tui.views.names import label_of
from chat_tui.views.presence import dot
from chat_tui.views.thread_news import THREADS

SLOTS: Final = "1234567890"
"""The keys of the first ten conversations, in order."""

DRAFT: Final = "@"
"""Stands where something is written and not sent."""

_MANY: Final = 999
_HEAD: Final = 2


class Entry(Struct, frozen=True):
    """A row of the list."""

    line: Line
    """How it looks."""
    conversation: int | None = None
    """Where a click on it leads: a conversation, or THREADS."""
    waiting: bool = False
    """Whether something unread is in there."""
    server: int = 0
    """Number of the server, if it is not the one on the screen; a row of one without a conversation leads there."""


class Shown(Struct, frozen=True):
    """The part of the list that fits."""

    lines: tuple[Line, ...]
    """From top to bottom."""
    targets: tuple[int | None, ...]
    """Where a click on each leads."""
    first: int
    """Index of the first entry that is shown."""
    servers: tuple[int, ...] = ()
    """Which server each leads to; 0: the one on the screen."""


def ordered(state: ClientState) -> tuple[ConversationState, ...]:
    """Return the conversations in the order of the list: channels, announcements, direct ones and groups, by number.

    Numbers never change, so a slot stays the same place, also after a restart.
    """
    rank = {"channel": 0, "announcements": 1, "direct": 2, "group": 2}
    return tuple(sorted(state.conversations.values(), key=lambda each: (rank[each.info.kind], each.id)))


def slot_of(index: int) -> str:
    """Return the digit of the conversation at a place in the list, empty if it has none."""
    return SLOTS[index] if index < len(SLOTS) else ""


def needs_me(conversation: ConversationState) -> int:
    """Return how many messages need the user: mentions, and all between certain people where it is not quiet."""
    mine = conversation.info.personal and not conversation.info.quiet
    return conversation.unread if mine else conversation.mentions


def has_news(conversation: ConversationState) -> bool:
    """Whether the user wants to hear of something unread in it: of a quiet one only where it names them."""
    return bool(conversation.mentions if conversation.info.quiet else conversation.unread)


def urgencies(state: ClientState, begun: Container[int] = ()) -> Iterator[tuple[int, int]]:
    """Yield the conversations that wait, in the order of the list, each with how urgently: mentions are 0.

    Args:
        state: what is known.
        begun: direct conversations that wait although nothing is unread in them yet.
    """
    for each in ordered(state):
        if has_news(each) or each.id in begun:
            yield each.id, 0 if each.mentions else 1 if each.info.personal else 2


def is_partner_online(conversation: ConversationState) -> bool:
    """Whether the other one of a direct conversation is connected; with oneself, that is oneself."""
    for member in conversation.members.members:
        if member.account == conversation.info.partner:
            return member.online
    return 0 < conversation.info.members <= conversation.info.online


def partner_dot(conversation: ConversationState) -> Span:
    """Return the sign of the other one of a direct conversation: there, away, busy or not connected."""
    return dot(is_partner_online(conversation), conversation.info.state)


def number(count: int) -> str:
    """Return a count in at most four characters."""
    return str(count) if count <= _MANY else f"{_MANY}+"


def entries(state: ClientState, shown: int | None, cells: int, drafts: Container[int] = ()) -> list[Entry]:
    """Return all rows below the list's head.

    Args:
        state: what is known.
        shown: number of the conversation that is open.
        cells: width of the list.
        drafts: conversations in which something is written and not sent.
    """
    rows: list[Entry] = []
    threads = thread_news.row(state, cells)
    if threads is not None:
        rows += [Entry(threads, THREADS, bool(thread_news.waiting(state))), Entry(Line())]
    section = ""
    for index, conversation in enumerate(ordered(state)):
        name = "DIRECT" if conversation.info.personal else "CHANNELS"
        if name != section:
            if section:
                rows.append(Entry(Line()))
            rows.append(Entry(Line((Span(f"  {name}", "heading"),))))
            section = name
        line = _row(conversation, slot_of(index), conversation.id == shown, cells, conversation.id in drafts)
        rows.append(Entry(line, conversation.id, has_news(conversation) and conversation.id != shown))
    return rows


def fitted(head: Line, rows: Sequence[Entry], first: int, height: int) -> Shown:
    """Return what is visible of the list when it is scrolled to an entry, with what is hidden said in words.

    Args:
        head: the line on top.
        rows: all entries.
        first: index of the wanted first entry; corrected if that would leave room unused.
        height: lines there are.
    """
    room = max(0, height - _HEAD)
    if len(rows) <= room:
        first, last = 0, len(rows)
    else:
        first = max(0, min(first, len(rows) - room))
        last = first + room
        if last < len(rows):
            last -= 1
    above = Line(_hidden("↑", rows[:first])) if first else Line()
    lines = [head, above, *(row.line for row in rows[first:last])]
    targets: list[int | None] = [None, None, *(row.conversation for row in rows[first:last])]
    servers = [0, 0, *(row.server for row in rows[first:last])]
    if last < len(rows):
        lines.append(Line(_hidden("↓", rows[last:])))
        targets.append(None)
        servers.append(0)
    return Shown(tuple(lines[:height]), tuple(targets[:height]), first, tuple(servers[:height]))


def first_showing(rows: Sequence[Entry], conversation: int | None, first: int, height: int, *, server: int = 0) -> int:
    """Return how far to scroll so that a conversation is visible, as little as possible; None: a server's heading."""
    room = max(1, height - _HEAD - 1)
    for index, row in enumerate(rows):
        if (row.conversation is not None or row.server) and (row.server, row.conversation) == (server, conversation):
            return min(max(first, index - room + 1), index)
    return first


def head_line(state: ClientState, title: str, cells: int) -> Line:
    """Return the head of the list: where one is, and how the connection is. When all is well, its dot says enough."""
    name = drawable_line(title)
    words = link_state(state.link)
    if state.link.status is LinkStatus.ONLINE and 4 + cell_len(name) + width(words) > cells:
        words = words[:1]
    name = elide(name, max(0, cells - 5 - width(words)))
    return Line(cropped((Span("  "), Span(name, "strong"), Span("  " if name else ""), *words), cells))


def _row(conversation: ConversationState, slot: str, active: bool, cells: int, draft: bool) -> Line:
    role: Role = "strong" if active or has_news(conversation) else "quiet" if conversation.info.quiet else "muted"
    lead = (Span("▌" if active else " ", "bar"), Span(f"{slot or ' '} ", "quiet"))
    name: tuple[Span, ...]
    if conversation.info.personal:
        sign = partner_dot(conversation) if conversation.info.kind == "direct" else Span("& ", "quiet")
        name = (*lead, sign, Span(drawable_line(label_of(conversation.info)), role))
    else:
        name = (*lead, Span(drawable_line(conversation.target), role))
    spans = spread(name, (*_news(conversation, active, draft), Span(" ")), cells, gap=1)
    return Line(spans, ground="panel" if active else "")


def _news(conversation: ConversationState, active: bool, draft: bool) -> tuple[Span, ...]:
    count = _count(conversation, active)
    if not draft or active:
        return count
    return Span(f"{DRAFT} " if count else DRAFT, "muted"), *count


def _count(conversation: ConversationState, active: bool) -> tuple[Span, ...]:
    if active or not has_news(conversation):
        return ()
    mine = needs_me(conversation)
    if mine:
        return (Span(f" {number(mine)} ", "badge"),)
    return (Span(number(conversation.unread), "muted"),)


def _hidden(arrow: str, rows: Sequence[Entry]) -> tuple[Span, ...]:
    waiting = sum(row.waiting for row in rows)
    if waiting:
        return (Span(f"  {arrow} {waiting} more unread", "accent"),)
    return (Span(f"  {arrow} {sum(bool(row.conversation) for row in rows)} more", "quiet"),)
