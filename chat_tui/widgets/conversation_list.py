"""The list of conversations at the left: draws its view, keeps how far it is scrolled, posts what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from typing_extensions import override

from chat_core.base.clock import Clock, SystemClock
from chat_core.client.state.model import ClientState
from chat_tui.messages import ConversationChosen, ServerChosen, ThreadsChosen
from chat_tui.views import thread_news
from chat_tui.views.conversations import Shown, entries, first_showing, fitted, head_line, ordered
from chat_tui.views.feed import FROM_ROWS, Feed, feed_lines
from chat_tui.views.lines import Line
from chat_tui.views.servers import Elsewhere, rows_of, section
from chat_tui.views.thread_news import THREADS
from chat_tui.widgets.listing import Listing, under_cursor

_Row = tuple[int, int | None]
"""What a row leads to: a server, 0 being the one on the screen, and a conversation there, None being the server."""


class ConversationList(Listing):
    """All conversations, with what is unread in them, and what waits on the other servers."""

    def __init__(self, *, id: str | None = None, clock: Clock | None = None, zone: tzinfo | None = None) -> None:
        """Make the widget.

        Args:
            id: of it.
            clock: the time; None: the computer's.
            zone: time zone; None: the computer's own.
        """
        super().__init__(id=id)
        self._state = ClientState()
        self._shown: int | None = None
        self._title = ""
        self._drafts: frozenset[int] = frozenset()
        self._others: Sequence[Elsewhere] = ()
        self._reveal = False
        self._fitted = Shown((), (), 0)
        self._feed = Feed()
        self._clock, self._zone = clock or SystemClock(), zone

    def show(
        self,
        state: ClientState,
        shown: int | None,
        title: str = "",
        drafts: frozenset[int] = frozenset(),
        others: Sequence[Elsewhere] = (),
    ) -> None:
        """Show a state.

        Args:
            state: what is known.
            shown: number of the conversation that is open; the list scrolls to it when it is another one than before.
            title: where one is connected to, for people.
            drafts: conversations in which something is written and not sent.
            others: the other servers that are open.
        """
        self._reveal = self._reveal or shown != self._shown
        self._state, self._shown, self._title, self._drafts = state, shown, title, drafts
        self._others = others
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        rows = entries(self._state, self._shown, width, self._drafts)
        for each in self._others:
            rows += section(each, width)
        there = self._under_cursor()
        if self._reveal or self.reveals:
            server, conversation = (0, self._shown) if there is None else there
            self.first = first_showing(rows, conversation, self.first, height, server=server)
            self._reveal = self.reveals = False
        self._fitted = fitted(head_line(self._state, self._title, width), rows, self.first, height)
        self.first = self._fitted.first
        self._fitted = self._with_feed(self._fitted, width, height)
        shown = list(zip(self._fitted.servers, self._fitted.targets, strict=True))
        return under_cursor(self._fitted.lines, shown.index(there) if there in shown and there is not None else None)

    def _with_feed(self, fitted: Shown, width: int, height: int) -> Shown:
        """Return the list with what was said for this person below it, in a large terminal that has room left."""
        free = height - len(fitted.lines) - 1
        if self.app.size.height < FROM_ROWS or free <= 0:
            return fitted
        told = self._feed.newest(self._state)
        lines, targets = feed_lines(told, self._state, width, free, self._clock.wall_ms(), self._zone)
        air = height - len(fitted.lines) - len(lines)
        return Shown(
            (*fitted.lines, *[Line()] * air, *lines),
            (*fitted.targets, *[None] * air, *targets),
            fitted.first,
            (*fitted.servers, *[0] * (air + len(lines))),
        )

    @override
    def count(self) -> int:
        """See Listing."""
        return len(self._choices())

    @override
    def begin(self) -> None:
        """See Listing: where one is."""
        choices = self._choices()
        here = (0, self._shown)
        self.cursor = choices.index(here) if here in choices else 0

    @override
    def choose(self) -> None:
        """See Listing."""
        there = self._under_cursor()
        if there is not None:
            self._say(*there)

    def _choices(self) -> list[_Row]:
        """Return what the cursor goes through, from top to bottom."""
        found: list[_Row] = [] if thread_news.row(self._state, 0) is None else [(0, THREADS)]
        found += [(0, each.id) for each in ordered(self._state)]
        for server in self._others:
            found += [(server.number, None), *((server.number, each.id) for each in rows_of(server))]
        return found

    def _under_cursor(self) -> _Row | None:
        """Return what the cursor is on; None: there is no cursor."""
        choices = self._choices() if self.has_focus else []
        return choices[self.cursor] if self.cursor < len(choices) else None

    def _say(self, server: int, conversation: int | None) -> None:
        if server:
            self.post_message(ServerChosen(server, conversation))
        elif conversation == THREADS:
            self.post_message(ThreadsChosen())
        elif conversation is not None:
            self.post_message(ConversationChosen(conversation))

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        if y < len(self._fitted.targets):
            self._say(self._fitted.servers[y], self._fitted.targets[y])

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.first = max(0, self.first + by)
        self.changed()
