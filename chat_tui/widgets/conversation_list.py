"""The list of conversations at the left: draws its view, keeps how far it is scrolled, posts what was clicked."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chat_core.client.state.model import ClientState
from chat_tui.messages import ConversationChosen, ThreadsChosen
from chat_tui.views import thread_news
from chat_tui.views.conversations import Shown, entries, first_showing, fitted, head_line, ordered
from chat_tui.views.lines import Line
from chat_tui.views.thread_news import THREADS
from chat_tui.widgets.listing import Listing, under_cursor


class ConversationList(Listing):
    """All conversations, with what is unread in them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state = ClientState()
        self._shown: int | None = None
        self._title = ""
        self._drafts: frozenset[int] = frozenset()
        self._reveal = False
        self._fitted = Shown((), (), 0)

    def show(
        self, state: ClientState, shown: int | None, title: str = "", drafts: frozenset[int] = frozenset()
    ) -> None:
        """Show a state.

        Args:
            state: what is known.
            shown: number of the conversation that is open; the list scrolls to it when it is another one than before.
            title: where one is connected to, for people.
            drafts: conversations in which something is written and not sent.
        """
        self._reveal = self._reveal or shown != self._shown
        self._state, self._shown, self._title, self._drafts = state, shown, title, drafts
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        rows = entries(self._state, self._shown, width, self._drafts)
        there = self._under_cursor()
        if self._reveal or self.reveals:
            self.first = first_showing(rows, self._shown if there is None else there, self.first, height)
            self._reveal = self.reveals = False
        self._fitted = fitted(head_line(self._state, self._title, width), rows, self.first, height)
        self.first = self._fitted.first
        targets = self._fitted.targets
        return under_cursor(
            self._fitted.lines, targets.index(there) if there in targets and there is not None else None
        )

    @override
    def count(self) -> int:
        """See Listing."""
        return len(self._choices())

    @override
    def begin(self) -> None:
        """See Listing: where one is."""
        choices = self._choices()
        self.cursor = choices.index(self._shown) if self._shown in choices else 0

    @override
    def choose(self) -> None:
        """See Listing."""
        there = self._under_cursor()
        if there is not None:
            self._say(there)

    def _choices(self) -> list[int]:
        """Return what the cursor goes through, from top to bottom."""
        threads = [] if thread_news.row(self._state, 0) is None else [THREADS]
        return [*threads, *(each.id for each in ordered(self._state))]

    def _under_cursor(self) -> int | None:
        """Return what the cursor is on; None: there is no cursor."""
        choices = self._choices() if self.has_focus else []
        return choices[self.cursor] if self.cursor < len(choices) else None

    def _say(self, there: int) -> None:
        self.post_message(ThreadsChosen() if there == THREADS else ConversationChosen(there))

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        target = self._fitted.targets[y] if y < len(self._fitted.targets) else None
        if target is not None:
            self._say(target)

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.first = max(0, self.first + by)
        self.changed()
