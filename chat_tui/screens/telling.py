"""What is told of what came: what was lost, what others did to this account, what the server says to everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from chat_core.client.state.changes import Batch, PutOut, SendGivenUp
from chat_tui.commands.context import Answer
from chat_tui.screens.drafting import Drafting
from chat_tui.screens.scene import Scene
from chat_tui.views.broadcasts import broadcasts
from chat_tui.views.clean import drawable_line
from chat_tui.views.given_up import given_up, lost_to
from chat_tui.views.lines import Line, Span

ANOTHER_ACCOUNT = "The server has another store now, and you another account in it: what was here before is gone."


class Told(Scene, Protocol):
    """The screen on which it is told."""

    drafting: Drafting
    """What is written and not sent."""


class Telling:
    """See the module's head.

    Args:
        scene: the screen.
        now_ms: returns the time, in milliseconds since 1970.
    """

    def __init__(self, scene: Told, now_ms: Callable[[], int]) -> None:
        self._scene = scene
        self._now_ms = now_ms
        self._me: int | None = None
        self._motd = ""
        self._lost: dict[str, str] = {}
        """What nobody will get, by TARGET, to be put among the drafts."""

    def before(self, batch: Batch) -> None:
        """Tell what comes first, before anything of a batch is shown: what is shown then may say more."""
        state = batch.state
        another = self._me is not None and state.me is not None and state.me.id != self._me
        if lost := _lost(batch):
            self._lost = {} if another else lost_to(state, lost)  # another account's drafts are no place for it
            self._scene.answer(Answer(*given_up(lost, kept=bool(self._lost)), fault=True))
        elif another:
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

        kept, self._lost = self._lost, {}
        for target, text in kept.items():  # only now: what was written beside it was put away when the place went
            self._scene.drafting.add(target, text)
        shown = self._scene.places.shown
        for announcement in broadcasts(batch, shown):
            self._scene.bridge.show_broadcast(shown or 0, announcement)
        told = [drawable_line(sentence) for sentence in news(batch.changes, self._now_ms())]
        if told:
            put_out = any(isinstance(change, PutOut) for change in batch.changes)
            lines = [Line((Span(sentence),)) for sentence in told[1:]]
            if lost := _lost(batch):
                title, words = given_up(lost, kept=bool(kept))  # what was shown before is replaced now
                lines += [Line((Span(title),)), *words]
            self._scene.answer(Answer(told[0], lines, fault=put_out))


def _lost(batch: Batch) -> Sequence[SendGivenUp]:
    return [change for change in batch.changes if isinstance(change, SendGivenUp)]
