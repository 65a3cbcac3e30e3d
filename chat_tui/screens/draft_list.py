"""What is written and not sent, all of it in a list: to go where one is and write on, or to drop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from chat_core.base.errors import UsageFault
from chat_tui.commands.context import Answer
from chat_tui.drafts import Draft, place
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.going import Going
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.screens.threading import Threading

if TYPE_CHECKING:
    from chat_tui.screens.choices import Choice


class Drafted(Scene, Protocol):
    """The screen on which one writes."""

    drafting: Drafting
    """What is written elsewhere."""
    going: Going
    """Goes to a conversation."""
    threads: Threading
    """The thread that is open."""

    def show_around(self) -> None:
        """Show everything but the timeline as it is now."""
        ...


class ScreenDrafts(Part):
    """See the module's head, and `commands.desks.DraftDesk`.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Drafted) -> None:
        self._scene = scene

    async def all(self) -> Mapping[str, Draft]:
        """See DraftDesk."""
        return self._everywhere()

    def show(self) -> None:
        """See DraftDesk."""
        from chat_tui.screens.picking import PickingScreen

        self._scene.app.push_screen(PickingScreen("draft in", self._choices, self._go_to, self._drop))

    def action_drafts(self) -> None:
        """Show them, or say that there are none."""
        from chat_tui.commands.drafts import NO_DRAFTS

        if self._choices():
            self.show()
        else:
            self._scene.answer(Answer(NO_DRAFTS))

    def go(self, name: str) -> None:
        """See DraftDesk. Raises: UsageFault."""
        scene = self._scene
        target, thread = place(name)
        known = scene.bridge.state.by_target(target)
        if known is None:
            raise UsageFault(f"You are not in {target} any more; /draft drop {name} forgets what is written there.")
        if thread:
            scene.threads.open_thread(known.id, thread)
        else:
            scene.threads.action_close_thread()
            scene.going.walk_to(known.id)

    async def drop(self, name: str) -> None:
        """See DraftDesk."""
        self._forget(name)

    def _forget(self, name: str) -> None:
        scene, here = self._scene, self._scene.open_conversation()
        scene.drafting.drop(name)
        if here is not None and place_of(here, scene.composer.thread)[1] == name:
            scene.composer.draft = Draft()
        scene.show_around()

    def _everywhere(self) -> dict[str, Draft]:
        self._scene.going.keep_draft()  # what is written here may have changed in this very moment
        return self._scene.drafting.everywhere()

    def _choices(self) -> Sequence[Choice]:
        from chat_tui.commands.drafts import note_of
        from chat_tui.screens.choices import Choice

        drafts = self._everywhere()
        return [Choice("draft", name, note_of(draft)) for name, draft in reversed(list(drafts.items()))]

    def _go_to(self, choice: Choice) -> None:
        try:
            self.go(choice.name)
        except UsageFault as fault:
            self._scene.answer(Answer(str(fault), fault=True))

    def _drop(self, choice: Choice) -> None:
        from chat_tui.screens.picking import PickingScreen

        self._forget(choice.name)
        top = self._scene.app.screen
        if isinstance(top, PickingScreen):
            top.look_again()
