"""The other servers that are open: their sections in the list, what waits there in words, a table of all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from chat_core.base.errors import UsageFault
from chat_core.base.numbers import number_in
from chat_core.client.state.model import ClientState, ConversationState, LinkStatus
from chat_core.transport.urls import DEFAULT_PORT
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import Entry, has_news, needs_me, number, ordered, partner_dot, urgencies
from chat_tui.views.lines import Line, Role, Span, elide, spread, width
from chat_tui.views.link import link_dot
from chat_tui.views.names import called

MOST_ROWS: Final = 5
"""Conversations of another server that have a row; what waits in more of them is counted."""
ASKS: Final = "⚠"
"""Stands where a server waits for an answer: whether it is the right one, or how to get in."""
_NAME_MAX: Final = 20


class Elsewhere(Struct, frozen=True):
    """A server that is open."""

    number: int
    """Of the server, for as long as the program runs."""
    title: str
    """What it is called; not safe to draw."""
    state: ClientState
    """What is known of it."""
    question: str = ""
    """What it waits for, a few words; empty: nothing."""
    begun: frozenset[int] = frozenset()
    """Direct conversations that somebody has begun there."""
    present: bool = False
    """Whether it is the one on the screen."""

    @property
    def needs(self) -> int:
        """How many messages need the user."""
        return sum(needs_me(each) for each in self.state.conversations.values())

    @property
    def unread(self) -> int:
        """How many messages are new, where the user wants to hear of them."""
        return sum(each.unread for each in self.state.conversations.values() if has_news(each))


def meant(servers: Sequence[Elsewhere], name: str) -> Elsewhere:
    """Return the server that is meant by its place in the row, or by the beginning of what it is called.

    Raises:
        UsageFault: there is none, or more than one.
    """
    if at := number_in(name, len(servers)):
        return servers[at - 1]
    wanted = name.casefold().removeprefix("chat://").removeprefix("chats://").removesuffix(f":{DEFAULT_PORT}")
    exact = [each for each in servers if each.title.casefold() == wanted]
    close = exact or [each for each in servers if each.title.casefold().startswith(wanted)]
    if len(close) == 1:
        return close[0]
    if close:
        which = ", ".join(each.title for each in close[:5])
        raise UsageFault(f"'{name}' may be {which}: write more of it.")
    raise UsageFault(f"No server '{name}' is open; /server lists those that are, /connect opens another one.")


def rows_of(server: Elsewhere) -> tuple[ConversationState, ...]:
    """Return its conversations that have a row: the most urgent of those that wait, in the order of its list."""
    waiting = sorted(urgencies(server.state, server.begun), key=lambda each: each[1])[:MOST_ROWS]
    kept = {conversation for conversation, _ in waiting}
    return tuple(each for each in ordered(server.state) if each.id in kept)


def section(server: Elsewhere, cells: int) -> Iterator[Entry]:
    """Yield its section of the list: who it is and what waits there, then where."""
    yield Entry(Line())
    yield Entry(_heading(server, cells), None, False, server.number)
    shown = rows_of(server)
    for each in shown:
        yield Entry(_row(each, cells), each.id, True, server.number)
    hidden = sum(1 for _ in urgencies(server.state, server.begun)) - len(shown)
    if hidden:
        words = Span(f"     {hidden} more unread", "muted")
        yield Entry(Line((words,)), None, False, server.number)


def labels(servers: Sequence[Elsewhere]) -> list[tuple[bool, str, str]]:
    """Return for a line of text what waits on each server: whether it needs the user, words, and what a click does."""
    found: list[tuple[bool, str, str]] = []
    for each in servers:
        name = elide(drawable_line(each.title), _NAME_MAX)
        act = f"go_to_server({each.number})"
        if each.question:
            found.append((True, f"{name} {ASKS}", act))
        elif each.unread:
            found.append((each.needs > 0, f"{name} {number(each.needs or each.unread)}", act))
    return found


def table(servers: Sequence[Elsewhere]) -> list[Line]:
    """Return a line for each server: its number in the row, its name, how it is, what waits; a click goes there."""
    cells = max((cell_len(drawable_line(each.title)) for each in servers), default=0)
    lines: list[Line] = []
    for at, each in enumerate(servers, 1):
        title = drawable_line(each.title)
        said = each.question or each.state.link.status.value
        me = each.state.me
        who = f"as {drawable_line(me.name)}" if me is not None else ""
        news = f"{number(each.unread)} unread" if each.unread else ""
        lines.append(
            Line(
                (
                    Span("▌" if each.present else " ", "bar"),
                    Span(f"{at} ", "quiet"),
                    Span(
                        f"{title}{' ' * (cells - cell_len(title))}  ",
                        "strong" if each.present else "text",
                        act=f"go_to_server({each.number})",
                    ),
                    link_dot(each.state.link) if not each.question else Span(ASKS, "attention"),
                    Span(f" {drawable_line(said)}", "muted"),
                    Span(f"  {who}" if who else "", "muted"),
                    Span(f"  {news}" if news else "", "attention" if each.needs else "muted"),
                )
            )
        )
    return lines


def _heading(server: Elsewhere, cells: int) -> Line:
    right: list[Span] = []
    if server.needs:
        right.append(Span(f" {number(server.needs)} ", "badge"))
    elif server.unread:
        right.append(Span(number(server.unread), "muted"))
    if server.question:
        right.append(Span(f" {ASKS}", "attention"))
    elif server.state.link.status is not LinkStatus.ONLINE:
        right += (Span(" "), link_dot(server.state.link))
    right.append(Span(" "))
    role: Role = "strong" if server.needs or server.unread or server.question else "muted"
    title = elide(drawable_line(server.title), max(1, cells - 3 - width(right)))
    return Line(spread((Span("  "), Span(title, role)), tuple(right), cells, gap=1))


def _row(conversation: ConversationState, cells: int) -> Line:
    lead: tuple[Span, ...] = (Span("   "),)
    if conversation.info.kind == "direct":
        name = (*lead, partner_dot(conversation), Span(drawable_line(called(conversation.info)), "strong"))
    else:
        name = (*lead, Span(drawable_line(conversation.target), "strong"))
    mine = needs_me(conversation)
    count = Span(f" {number(mine)} ", "badge") if mine else Span(number(conversation.unread), "muted")
    return Line(spread(name, (count if conversation.unread else Span(""), Span(" ")), cells, gap=1))
