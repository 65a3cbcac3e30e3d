"""What is told of what came: what was lost, what others did to this account, what the server says to everybody."""

from __future__ import annotations

from collections.abc import Callable

from chat_core.client.state.changes import Batch, PutOut, SendGivenUp
from chat_tui.commands.context import Answer
from chat_tui.screens.scene import Scene
from chat_tui.views.broadcasts import broadcasts
from chat_tui.views.clean import drawable_line
from chat_tui.views.given_up import given_up
from chat_tui.views.lines import Line, Span

ANOTHER_ACCOUNT = "The server has another store now, and you another account in it: what was here before is gone."


class Telling:
    """See the module's head.

    Args:
        scene: the screen.
        now_ms: returns the time, in milliseconds since 1970.
    """

    def __init__(self, scene: Scene, now_ms: Callable[[], int]) -> None:
        self._scene = scene
        self._now_ms = now_ms
        self._me: int | None = None
        self._motd = ""

    def before(self, batch: Batch) -> None:
        """Tell what comes first, before anything of a batch is shown: what is shown then may say more."""
        state = batch.state
        lost = [change for change in batch.changes if isinstance(change, SendGivenUp)]
        if lost:
            self._scene.answer(Answer(*given_up(lost), fault=True))
        elif self._me is not None and state.me is not None and state.me.id != self._me:
            self._scene.answer(Answer(ANOTHER_ACCOUNT, fault=True))
        elif state.motd != self._motd:
            self._motd = state.motd
            if state.motd:
                self._scene.answer(Answer(state.motd))
        if state.me is not None:
            self._me = state.me.id

    def after(self, batch: Batch) -> None:
        """Tell what others did to this account, and said to everybody."""
        from chat_tui.views.order import news

        shown = self._scene.places.shown
        for announcement in broadcasts(batch, shown):
            self._scene.bridge.show_broadcast(shown or 0, announcement)
        told = [drawable_line(sentence) for sentence in news(batch.changes, self._now_ms())]
        if told:
            put_out = any(isinstance(change, PutOut) for change in batch.changes)
            lines = [Line((Span(sentence),)) for sentence in told[1:]]
            if lost := [change for change in batch.changes if isinstance(change, SendGivenUp)]:
                title, words = given_up(lost)  # what was shown before is replaced now, and these words are nowhere else
                lines += [Line((Span(title),)), *words]
            self._scene.answer(Answer(told[0], lines, fault=put_out))
