"""A pane of messages that knows whose names nobody else is to pass by: those who resemble them get a mark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as replace_fields
from typing_extensions import override

from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Account
from chat_tui.views.resembling import NOBODY, Familiars, familiar
from chat_tui.widgets.timeline_pointer import PointedPane

if TYPE_CHECKING:
    from chat_tui.views.drawing import Reader


class KnowingPane(PointedPane):
    """It. What is made of it is a `TimelinePane`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._known: Familiars = NOBODY

    def know(self, me: Account | None, conversations: Iterable[ConversationState]) -> None:
        """Look whom one knows; behind the drawing, as what letters look like takes its time to load."""
        known = familiar(me, conversations)
        if known != self._known:
            self._known = known
            self.look_changed()

    @override
    def looking(self, reader: Reader) -> Reader:
        """See TimelinePane."""
        return replace_fields(super().looking(reader), known=self._known)
