"""What is written and not sent, all of it in a list: to go where one is and write on, or to drop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from chat_tui.commands.context import Answer
from chat_tui.drafts import Draft, place
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.going import Going
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.screens.threading import Threading
from chat_tui.views.clean import drawable_line

if TYPE_CHECKING:
    from chat_tui.screens.choices import Choice

NOT_THERE: Final = "you are not there any more"


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
        """See DraftDesk."""
        scene = self._scene
        target, thread = place(name)
        known = scene.bridge.state.by_target(target)
        if known is None:
            self._show_what_is_left(name)
        elif thread:
            scene.threads.open_thread(known.id, thread)
        else:
            scene.threads.action_close_thread()
            scene.going.walk_to(known.id)

    def _show_what_is_left(self, name: str) -> None:
        """Show what is written in a place where one is no more: it can be copied from there."""
        from chat_tui.screens.whole import WholeScreen
        from chat_tui.views.formatting import Looks

        draft = self._everywhere()[name]
        text = "\n".join(filter(None, (draft.aside, draft.text)))
        self._scene.app.push_screen(WholeScreen(drawable_line(name), NOT_THERE, text, Looks("", (), revealed=True)))

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
        self.go(choice.name)

    def _drop(self, choice: Choice) -> None:
        from chat_tui.screens.picking import PickingScreen

        self._forget(choice.name)
        top = self._scene.app.screen
        if isinstance(top, PickingScreen):
            top.look_again()
