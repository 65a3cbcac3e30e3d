"""The title line above the timeline: draws its view."""

from __future__ import annotations

from typing_extensions import override

from chat_core.client.state.model import ConversationState
from chat_tui.views.header import header
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import Bar


class Header(Bar, can_focus=False):
    """Name, topic, and how many are online."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._conversation: ConversationState | None = None
        self._connected = True

    def show(self, conversation: ConversationState | None, *, connected: bool = True) -> None:
        """Show a conversation, None: nothing is open; and who is there, if one is connected."""
        self._conversation, self._connected = conversation, connected
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return header(self._conversation, width, connected=self._connected)
