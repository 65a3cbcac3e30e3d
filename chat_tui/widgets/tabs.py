"""The row of tabs: draws its view, posts which one was clicked."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from typing_extensions import override

from chat_core.client.state.model import ClientState
from chat_tui.messages import ConversationChosen
from chat_tui.views.lines import Line
from chat_tui.views.tabs import tab_ids, tabs
from chat_tui.widgets.bars import Bar, span_at


class Tabs(Bar, can_focus=False):
    """The channel that is open or was last, and the direct conversations."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state = ClientState()
        self._shown: int | None = None
        self._channel: int | None = None
        self._ids: Sequence[int] = ()

    def show(self, state: ClientState, shown: int | None, ids: Sequence[int] | None = None) -> None:
        """Show a state.

        Args:
            state: what is known.
            shown: number of the conversation that is open.
            ids: conversations with a tab; None: the channel that is open or was last, and all direct ones.
        """
        conversation = state.conversations.get(shown) if shown is not None else None
        if conversation is not None and not conversation.info.personal:
            self._channel = shown
        self._state, self._shown = state, shown
        self._ids = tab_ids(state, self._channel) if ids is None else ids
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return tabs(self._state, self._ids, self._shown, width).line

    @override
    async def on_click(self, event: events.Click) -> None:
        """Open the conversation of a tab."""
        event.stop()
        made = tabs(self._state, self._ids, self._shown, self.size.width)
        span = span_at(made.line, event.x)
        target = made.targets[span] if span is not None else None
        if target is not None:
            self.post_message(ConversationChosen(target))
