"""The line above the composer: draws its view, and draws it again while it counts seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.timer import Timer
from typing_extensions import override

from chat_core.base.clock import Clock, SystemClock
from chat_core.client.state.model import ClientState, LinkStatus
from chat_tui.views.columns import WIDE_FROM
from chat_tui.views.lines import Line
from chat_tui.views.servers import Elsewhere
from chat_tui.views.status import status
from chat_tui.widgets.bars import Bar


class StatusLine(Bar, can_focus=False):
    """Who is typing at the left; what waits elsewhere or how the connection is at the right."""

    def __init__(
        self, clock: Clock | None = None, told: Callable[[], str] = lambda: "", *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._told = told
        self._clock = clock or SystemClock()
        self._state = ClientState()
        self._shown: int | None = None
        self._title = ""
        self._others: Sequence[Elsewhere] = ()
        self._note = ""
        self._loses = False
        self._ticks: Timer | None = None

    def show(
        self,
        state: ClientState,
        shown: int | None,
        title: str = "",
        others: Sequence[Elsewhere] = (),
        note: str = "",
        *,
        loses: bool = False,
    ) -> None:
        """Show a state.

        Args:
            state: what is known.
            shown: number of the conversation that is open.
            title: what the server is called, if others are open, too.
            others: they.
            note: what is said of lines that are hidden.
            loses: whether what is not sent would be lost.
        """
        self._state, self._shown, self._title, self._others = state, shown, title, others
        self._note, self._loses = note, loses
        self._tick_if_needed()
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return status(
            self._state,
            self._shown,
            self._clock.monotonic(),
            width,
            listed=self._listed(),
            title=self._title,
            others=self._others,
            told=self._told(),
            note=self._note,
            loses=self._loses,
        )

    def on_mount(self) -> None:
        """Begin to count if there is something to count."""
        self._tick_if_needed()

    def _listed(self) -> bool:
        if self.app.size.width >= WIDE_FROM:
            return not self.screen.has_class("-list-hidden")
        return self.screen.has_class("-list-shown")

    def _tick_if_needed(self) -> None:
        """Count seconds to the next try and until somebody stopped typing; else let the machine sleep."""
        conversation = self._state.conversations.get(self._shown) if self._shown is not None else None
        counts = self._state.link.status is LinkStatus.WAITING or bool(conversation and conversation.typing)
        if counts and self._ticks is None and self.is_mounted:
            self._ticks = self.set_interval(1.0, self.changed)
        elif not counts and self._ticks is not None:
            self._ticks.stop()
            self._ticks = None
