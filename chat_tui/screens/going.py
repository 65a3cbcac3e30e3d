"""Going to a conversation of this server: now, or as soon as there is one; and what is written where one leaves it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from typing_extensions import override

from chat_core.base.clock import Clock
from chat_core.client.state.changes import Batch, PutOut
from chat_core.client.state.model import ConversationState
from chat_tui import visits
from chat_tui.commands.context import Answer
from chat_tui.kept_names import Place, is_about_list
from chat_tui.kept_names import place_of as kept_place
from chat_tui.messages import ConversationChosen, MemberChosen
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.entering import Entering
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.widgets.timeline import Timeline


class Shown(Scene, Layout, Protocol):
    """The screen that shows conversations."""

    drafting: Drafting
    """What is written elsewhere."""
    entering: Entering
    """Lines that are entered."""

    @property
    def mainline(self) -> Timeline:
        """What was said in the conversation that is open."""
        ...

    def leave_here(self) -> None:
        """Leave what belongs to the conversation alone: selection, thread, what is looked for."""
        ...

    def show_in(self, timeline: Timeline, conversation: ConversationState | None) -> None:
        """Show a conversation somewhere as one that was just opened; None: nothing."""
        ...


class Going(Part):
    """See the module's head.

    Args:
        scene: the screen.
        memory: folder of this server, where visits are kept; None: they end with the screen.
        clock: the time.
        arrived: told when another conversation is shown.
        beside: asked for somewhere else to be before this looks for it; returns whether one is there now.
    """

    def __init__(
        self, scene: Shown, memory: Path | None, clock: Clock, arrived: Callable[[], None], beside: Callable[[], bool]
    ) -> None:
        self._scene = scene
        self._memory = memory
        self._clock = clock
        self._arrived = arrived
        self._beside = beside
        self.visits = visits.load(memory) if memory is not None else visits.Visits()
        """Where one goes often."""
        self._made = visits.Visits()
        """What of that is not in the file."""

    @override
    async def end(self) -> None:
        """See Part."""
        if self._memory is not None:
            made, self._made = self._made, visits.Visits()
            with contextlib.suppress(OSError):
                await asyncio.to_thread(visits.add, self._memory, made)

    def follow(self, batch: Batch) -> None:
        """Be where one wants to be, once that is there; be somewhere, when where one was is there no more."""
        scene, state = self._scene, batch.state
        if is_about_list(batch):
            self.visits, self._made = self.visits.followed(state), self._made.followed(state)
        wanted = scene.places.wanted
        if wanted is not None and wanted in state.conversations:
            self.go(wanted)
        elif scene.places.shown not in state.conversations:
            if not any(isinstance(change, PutOut) for change in batch.changes):
                self._say_gone()
            if not self._beside():
                self._go_somewhere()
        else:
            scene.show_around()

    def go(self, number: int) -> None:
        """Show a conversation that the state has; what was selected or looked for stays behind."""
        scene = self._scene
        if number != scene.places.shown:
            scene.leave_here()
        scene.uncover()
        if number == scene.places.shown:
            scene.places.wanted = None
            scene.show_around()
            return
        stays = bool(scene.composer.text) and (scene.places.shown is None or scene.entering.moving > 0)
        if not stays:
            self.keep_draft()
        self.arrive(number, stays=stays)

    def arrive(self, number: int, *, stays: bool) -> None:
        """Show a conversation, and let what was written there be gone on with, unless what is written now `stays`."""
        scene = self._scene
        scene.places.go(number)
        state = scene.bridge.state
        target, place = state.conversations[number].target, kept_place(state.conversations[number], state.epoch)
        now_ms = self._clock.wall_ms()
        self.visits, self._made = self.visits.visited(place, now_ms), self._made.visited(place, now_ms)
        with scene.app.batch_update():
            if scene.mainline.conversation != number:
                self._show_open()
            scene.show_around()
            scene.composer.conversation = number
            if not stays:
                scene.composer.draft = scene.drafting.get(number, target)
        self._arrived()

    def walk_to(self, number: int | None) -> None:
        """Go somewhere by hand: the walk through what needs one is over."""
        if number is not None:
            self._scene.composer.behind = 0  # whatever command is under way: what is entered now belongs here
            self._scene.places.went_by_hand()
            self.go(number)

    def open_soon(self, number: int) -> None:
        """Show a conversation, now or as soon as the state has it."""
        self._scene.places.went_by_hand()
        if number in self._scene.bridge.state.conversations:
            self.go(number)
        else:
            self._scene.places.wanted = number

    def close_tab(self, number: int) -> None:
        """Put a tab away and show something else."""
        scene = self._scene
        there = scene.places.close(scene.bridge.state, number)
        if number == scene.places.shown and there is not None:
            self.go(there)
        scene.show_around()

    def often(self, target: str) -> float:
        """Return how often and how lately one was somewhere, as a score."""
        state = self._scene.bridge.state
        known = state.by_target(target) if target.startswith("@") else None
        place = Place(target) if known is None else kept_place(known, state.epoch)
        return self.visits.score_of(place, self._clock.wall_ms())

    def keep_draft(self) -> None:
        """Keep what is written for when one comes back here."""
        scene, conversation = self._scene, self._scene.open_conversation()
        if conversation is not None:
            draft = scene.composer.draft
            scene.drafting.keep(*place_of(conversation, scene.composer.thread), draft)
            if draft.text:
                scene.bridge.typing(conversation.id, active=False)

    def on_conversation_chosen(self, event: ConversationChosen) -> None:
        """Go there."""
        event.stop()
        self._scene.composer.behind = 0
        self.open_soon(event.conversation)

    def on_member_chosen(self, event: MemberChosen) -> None:
        """Begin to write to somebody."""
        event.stop()
        me = self._scene.bridge.state.me
        if me is not None and event.account != me.id:
            self._scene.errands.open_direct(event.name)

    def _say_gone(self) -> None:
        """Say what became of the conversation that was open, unless the user has done it here."""
        scene = self._scene
        history, shown = scene.mainline.history, scene.places.shown
        if history is not None and history.conversation.id == shown and not scene.bridge.was_left_here(shown):
            target = history.conversation.target
            scene.answer(Answer(f"You left {target} on another device. /join {target} brings you back."))

    def _go_somewhere(self) -> None:
        scene = self._scene
        there = scene.places.fallback(scene.bridge.state)
        if there is not None:
            self.go(there)
            return
        self.keep_draft()
        scene.places.shown = scene.composer.conversation = None
        self._show_open()
        scene.show_around()

    def _show_open(self) -> None:
        """Show the conversation as one that was just opened."""
        self._scene.show_in(self._scene.mainline, self._scene.open_conversation())
