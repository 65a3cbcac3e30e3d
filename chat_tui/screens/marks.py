"""Marks on the main screen: the list of them, going to one, and what one reads, where one is put."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault
from chat_core.client.state.changes import Batch
from chat_tui.commands.context import Answer
from chat_tui.kept_names import is_about_list
from chat_tui.marking import Marking
from chat_tui.place_marks import Mark
from chat_tui.screens.entering import Entering
from chat_tui.screens.going import Going
from chat_tui.screens.hands import ScreenHands
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.screens.threading import Threading
from chat_tui.widgets.tiles import Tiles

if TYPE_CHECKING:
    from chat_tui.screens.choices import Choice


class Marked(Scene, Protocol):
    """The screen that shows them."""

    entering: Entering
    """Lines that are entered."""
    going: Going
    """Goes to a conversation."""
    hands: ScreenHands
    """Shows a message where it was said."""
    selection: Selecting
    """What is selected."""
    threads: Threading
    """The thread that is open."""
    tiles: Tiles
    """The panes of messages."""


class ScreenMarks(Part):
    """See the module's head, and `commands.desks.MarkDesk`.

    Args:
        scene: the screen.
        memory: folder of the server, where they are kept; None: they end with the screen.
        clock: the time.
    """

    def __init__(self, scene: Marked, memory: Path | None, clock: Clock) -> None:
        self._scene = scene
        self._clock = clock
        self.kept = Marking(memory, lambda: scene.bridge.state)
        """See MarkDesk."""
        self._wanted: tuple[int, int] | None = None
        """A conversation and the message there that is to be selected once it is here."""

    @property
    def reading(self) -> int:
        """See MarkDesk: the last message in view."""
        history = self._scene.timeline.history
        return 0 if history is None else history.last_visible()

    def choices(self) -> Sequence[Choice]:
        """Return a row for each mark, the newest first."""
        from chat_tui.commands.place_marks import note_of
        from chat_tui.screens.choices import Choice

        state, now_ms = self._scene.bridge.state, self._clock.wall_ms()
        return [
            Choice("mark", name, note_of(mark, state, now_ms)) for name, mark in reversed(list(self.kept.all.items()))
        ]

    def show(self) -> None:
        """See MarkDesk."""
        from chat_tui.screens.picking import PickingScreen

        self._scene.app.push_screen(PickingScreen("mark", self.choices, lambda each: self.go_to(each.name), self._drop))

    async def put(self, name: str, mark: Mark) -> Mark | None:
        """See MarkDesk. Raises: ChatError."""
        try:
            return await self.kept.put(name, mark)
        finally:
            self._scene.tiles.draw_anew()

    async def drop(self, name: str) -> None:
        """See MarkDesk. Raises: ChatError."""
        try:
            await self.kept.drop(name)
        finally:
            self._scene.tiles.draw_anew()

    def action_marks(self) -> None:
        """Show them."""
        self._scene.entering.run_line("/marks")

    def go_to(self, name: str) -> None:
        """Go to a mark by its name, or say why not."""
        try:
            self.go(self.kept.find(name)[1])
        except UsageFault as fault:
            self._scene.answer(Answer(str(fault), fault=True))

    def go(self, mark: Mark) -> None:
        """See MarkDesk: the message is selected there, or shown where it was said if it is not here."""
        scene = self._scene
        number = self.kept.place_of(mark)
        if mark.thread:
            scene.threads.open_thread(number, mark.seq)
            return
        scene.threads.action_close_thread()
        scene.going.walk_to(number)
        timeline = scene.bridge.state.conversations[number].timeline
        if timeline.count or timeline.at_start:
            self._select(mark.seq)
        else:
            self._wanted = number, mark.seq  # nothing of it is here yet, but its newest messages are on their way

    @override
    def take(self, batch: Batch) -> None:
        """See Part: select what is wanted as soon as something is there."""
        if is_about_list(batch):
            self.kept.follow(batch.state)
        if self._wanted is None:
            return
        number, seq = self._wanted
        known = batch.state.conversations.get(number)
        if number != self._scene.places.shown or known is None:
            self._wanted = None
        elif known.timeline.count or known.timeline.at_start:
            self._wanted = None
            self._select(seq)

    def _select(self, seq: int) -> None:
        """Select a message of the open conversation, or show it where it was said if it is not here."""
        from chat_tui.views.pointing import index_of

        scene = self._scene
        history = scene.timeline.history
        index = index_of(history.view.items, seq) if history is not None else None
        if index is None:
            scene.hands.go_to_message(seq)
            return
        scene.selection.leave()
        scene.timeline.point(index)
        scene.selection.action_select()

    def _drop(self, choice: Choice) -> None:
        from chat_tui.screens.picking import PickingScreen

        scene = self._scene

        async def drop() -> None:
            await self.drop(choice.name)
            top = scene.app.screen
            if isinstance(top, PickingScreen):
                top.look_again()

        scene.errands.do("drop a mark", drop())
