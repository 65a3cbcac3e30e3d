"""The list of conversations at the left: draws its view, keeps how far it is scrolled, posts what was clicked."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chat_core.client.state.model import ClientState
from chat_tui.messages import ConversationChosen
from chat_tui.views.conversations import Shown, entries, first_showing, fitted, head_line
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Rows


class ConversationList(Rows, can_focus=False):
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
        if self._reveal:
            self.first = first_showing(rows, self._shown, self.first, height)
            self._reveal = False
        self._fitted = fitted(head_line(self._state, self._title, width), rows, self.first, height)
        self.first = self._fitted.first
        return self._fitted.lines

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        target = self._fitted.targets[y] if y < len(self._fitted.targets) else None
        if target is not None:
            self.post_message(ConversationChosen(target))

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.first = max(0, self.first + by)
        self.changed()
