"""What is being written: what is said of it above the composer, what is kept of it, whom it is told."""

from __future__ import annotations

from typing import Final, Protocol

from textual.widgets import TextArea
from typing_extensions import override

from chat_core.client.state.changes import Batch, TimelineReset
from chat_core.protocol.values import Message
from chat_tui.commands.context import Answer
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.entering import Entering
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.screens.threading import Threading
from chat_tui.views.banner import about, looking
from chat_tui.views.here import last_own
from chat_tui.widgets.banner import Banner
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.composer import Composer
from chat_tui.widgets.hints import Hints

_ITS_OWN: Final = (
    "The server has an older or another store: what is written here would be sent as a message of its own."
)


class Written(Scene, Layout, Protocol):
    """The screen on which one writes."""

    banner: Banner
    """What is written, when it is no plain message."""
    hints: Hints
    """The few keys that matter, or how much more a message can hold."""
    drafting: Drafting
    """What is written elsewhere."""
    entering: Entering
    """Lines that are entered."""
    selection: Selecting
    """What is selected."""
    threads: Threading
    """The thread that is open."""

    def hide_list(self) -> None:
        """Take the list of conversations away, if it lies over what one reads."""
        ...


class Writing(Part):
    """What belongs to that.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Written) -> None:
        self._scene = scene
        self._epoch = ""

    def before(self, batch: Batch) -> None:
        """Let nothing that is written change or answer the message that has, in another log, the number of one here.

        Called before that log is shown.
        """
        scene = self._scene
        epoch, self._epoch = self._epoch, batch.state.epoch or self._epoch
        others = {
            each.conversation for each in batch.changes if isinstance(each, TimelineReset) and each.is_another_log
        }
        for number in others & batch.state.conversations.keys():
            scene.drafting.forget_numbers(number, batch.state.conversations[number].target)
        another = bool(epoch) and self._epoch != epoch
        if (another or scene.composer.conversation in others) and scene.composer.forget_numbers():
            scene.answer(Answer(_ITS_OWN, unasked=True))

    def on_composer_writing(self, event: Composer.Writing) -> None:
        """Let the others know."""
        event.stop()
        if self._scene.places.shown is not None:
            self._scene.bridge.typing(self._scene.places.shown, active=event.active)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Have names ready for what is being written, and take away what was in the way of it."""
        scene = self._scene
        scene.entering.forgive()
        if event.text_area.text:
            scene.hide_list()
        if event.text_area.text.startswith(("/j", "/join")):
            scene.errands.fetch_channels()
        scene.hints.show_room(scene.composer.room)
        self._keep()

    def on_completion_popup_picked(self, event: CompletionPopup.Picked) -> None:
        """Complete with what was clicked."""
        event.stop()
        self._scene.composer.pick(event.index)

    def on_recalling_area_mode_changed(self, event: Composer.ModeChanged) -> None:
        """Say above the composer what is written in it."""
        event.stop()
        self._say_what()
        self._keep()

    @override
    def take(self, batch: Batch) -> None:
        """See Part: what is written about may be known only now, or be another text."""
        draft = self._scene.composer.draft
        if draft.edits or draft.replies_to:
            self._say_what()

    def last_own(self) -> Message | None:
        """Return the message that can be written anew without looking for it."""
        conversation = self._scene.open_conversation()
        if conversation is None:
            return None
        return last_own(conversation, self._scene.composer.thread, self._scene.bridge.state.me)

    def _say_what(self) -> None:
        scene = self._scene
        look = scene.composer.look
        if look is not None:
            older = scene.keymap.label("writing.search").split(",")[0]
            scene.banner.show(looking(look.letters, look.found is not None), f"{older} older · Enter takes it · Esc")
        else:
            draft = scene.composer.draft
            words = "Enter saves · Esc cancels" if draft.edits else "Enter sends · Esc cancels"
            what = about(draft, scene.open_conversation())
            threads = scene.threads
            scene.banner.show(what or threads.place_label(), words if what else threads.place_keys())

    def _keep(self) -> None:
        """Keep what is written for when the program is gone all at once; who writes has done with what was clicked."""
        composer, conversation = self._scene.composer, self._scene.open_conversation()
        if conversation is not None and composer.conversation == conversation.id:
            self._scene.drafting.keep(*place_of(conversation, composer.thread), composer.draft)
        if composer.was_typed and composer.text:
            self._scene.selection.leave_clicked()
