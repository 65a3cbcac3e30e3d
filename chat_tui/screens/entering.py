"""Lines that are entered: messages are sent, commands are run, each where it was meant to be.

What is entered behind a command that leads elsewhere waits for it, and belongs there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from msgspec.structs import replace

from chat_core.base.errors import UsageFault
from chat_tui.commands.context import Answer
from chat_tui.drafts import Draft
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.offering import Offering
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.widgets.composer import Composer

_LOOK_AGAIN_S: Final = 0.02
_PATIENCE: Final = 1_500
"""Looks at whether one has arrived before what was entered goes on without."""


class Desktop(Scene, Protocol):
    """The screen on which lines are entered."""

    neighbours: Neighbours
    """The other servers that are open."""
    offering: Offering
    """A line that can still be said."""
    drafting: Drafting
    """What is written elsewhere."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call a function after a delay in seconds."""
        ...

    def read_by_sending(self, conversation: int, thread: int) -> None:
        """Take what stands in a conversation, or in a thread of it, as read, where that is what counts."""
        ...


class Entering(Part):
    """See the module's head.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Desktop) -> None:
        self._scene = scene
        self.moving = 0
        """Commands under way that lead to another conversation: what is written meanwhile belongs there."""
        self.leads_to = 0
        """Number of the other server to which the command that is under way leads; 0: to none."""
        self._ahead: deque[Composer.Entered] = deque()
        self._complaint: Answer | None = None
        self._patience = _PATIENCE
        self._arrived = True
        """Whether the last command that leads elsewhere has done so."""
        self._landed: int | None = None
        """Where one was then, on this server."""
        self._led_to = 0
        """Number of the other server to which it has led; 0: to none."""
        self.saving = 0
        """Edits that were entered, and are not saved yet."""

    @property
    def waiting(self) -> int:
        """How many messages wait for a command that leads elsewhere."""
        from chat_tui.commands.line import Say

        return sum(isinstance(each.line, Say) for each in self._ahead)

    def on_composer_entered(self, event: Composer.Entered) -> None:
        """Take a line; one that was entered behind a command that leads elsewhere waits for it, and belongs there."""
        event.stop()
        if event.under_way:
            event.under_way = False
            self._scene.composer.entering -= 1
        if self.moving and (event.behind or event.move):
            self._ahead.append(event)
        else:
            self._deliver(event)

    def on_composer_entered_nothing(self, event: Composer.EnteredNothing) -> None:
        """Say the line that was taken for a command, if that is on offer."""
        event.stop()
        scene = self._scene
        offer = scene.offering.end()
        if offer is not None and offer.conversation is not None and scene.answers.answer is not None:
            scene.answers.dismiss()
            self._post(offer.conversation, scene.composer.thread, offer.text)

    def on_composer_refused(self, event: Composer.Refused) -> None:
        """Say why a line was not taken."""
        event.stop()
        self._scene.answer(Answer(event.sentence, fault=True))
        self._complaint = self._scene.answers.answer

    def forgive(self) -> None:
        """Take away what was said of a line that was not taken: it is being changed."""
        if self._complaint is not None and self._complaint is self._scene.answers.answer:
            self._scene.answers.dismiss()
        self._complaint = None

    def action_enter(self, line: str) -> None:
        """Do what a line does that is entered; for what can be clicked."""
        self.run_line(line)

    def run_line(self, line: str) -> None:
        """Do what a line does that is entered."""
        from chat_tui.commands.line import Run, parse
        from chat_tui.commands.registry import bind

        try:
            meant = parse(line)
            if isinstance(meant, Run):
                self.on_composer_entered(self._scene.composer.entered(bind(meant), Draft(line)))
        except UsageFault as fault:
            self._scene.answer(Answer(str(fault), fault=True))

    def take_handed_on(self, line: Composer.Entered) -> None:
        """Take a line that was entered on another server, behind a command that led here; see `_deliver`."""
        # What it answered, and its thread, are of that server.
        self._take_line(Composer.Entered(line.line, Draft(line.text), None), self._scene.places.shown)

    def _deliver(self, line: Composer.Entered) -> None:
        """Take a line where it belongs; if the command that it is behind has led nowhere, it belongs nowhere."""
        if not line.behind:
            self._take_line(line, line.conversation)
        elif not self._arrived:
            self._put_back(line)
        elif not (self._led_to and self._scene.neighbours.hand_on(line, self._led_to)):
            self._take_line(line, self._landed)

    def _put_back(self, line: Composer.Entered) -> None:
        """Let it be written again, so that nobody else reads what was meant for another place.

        What is being written is what it was, an edit or an answer, with this behind it.
        """
        composer = self._scene.composer
        written = composer.draft
        text = f"{written.text}\n{line.text}" if written.text else line.text
        composer.draft = replace(written, text=text) if written.counts else line.draft
        composer.move_cursor(composer.document.end)

    def _take_line(self, event: Composer.Entered, conversation: int | None) -> None:
        """Send a message, or run a command."""
        from chat_tui.commands.line import Say

        scene = self._scene
        scene.answers.dismiss()
        scene.offering.end()
        if not isinstance(event.line, Say):
            taken = scene.offering.begin(event.text, event.line.command, conversation)
            if taken is not None:
                scene.answer(taken)
            if event.line.command.moves:
                self.moving += 1
                scene.errands.run(event.line, conversation, partial(self._moved, event.move), event.thread)
            else:
                scene.errands.run(event.line, conversation, thread=event.thread)
        elif conversation is not None:
            self._say(conversation, event.line.body, event)
        else:
            if not scene.composer.text:
                scene.composer.draft = event.draft
            scene.answer(Answer("No conversation is open yet: this is not sent.", fault=True))

    def _say(self, conversation: int, body: str, entered: Composer.Entered) -> None:
        """Send a message, or give one of one's own another text; what cannot be saved is written there again."""
        from chat_core.protocol.requests.messages import Edit

        draft, thread = entered.draft, entered.thread if conversation == entered.conversation else 0
        if not draft.edits:
            self._post(conversation, thread, body, reply_to=draft.replies_to or None, also=entered.also)
            self._scene.read_by_sending(conversation, thread)
            return
        scene = self._scene

        def saved() -> None:
            self.saving -= 1

        def restore() -> None:
            self.saving -= 1
            there = scene.bridge.state.conversations.get(conversation)
            if (scene.places.shown, scene.composer.thread) == (conversation, thread):
                if not scene.composer.text:
                    scene.composer.draft = draft
            elif there is not None and not scene.drafting.get(*place_of(there, thread)).counts:
                scene.drafting.keep(*place_of(there, thread), draft)

        self.saving += 1
        scene.errands.call(Edit(conversation=conversation, seq=draft.edits, body=body), saved, restore)

    def _post(
        self, conversation: int, thread: int, body: str, *, reply_to: int | None = None, also: bool = False
    ) -> None:
        """Send a message; 0: into no thread."""
        bridge = self._scene.bridge
        if thread:
            bridge.post(conversation, body, reply_to=reply_to, thread=thread, in_channel=also)
        else:
            bridge.post(conversation, body, reply_to=reply_to)

    def _moved(self, move: int, done: bool) -> None:
        """Go on with what was entered meanwhile; a place that the state does not have yet is waited for."""
        scene = self._scene
        if done and scene.places.wanted is not None and self._patience > 0:
            self._patience -= 1
            scene.set_timer(_LOOK_AGAIN_S, partial(self._moved, move, done))
            return
        done = done and scene.places.wanted is None
        self._patience = _PATIENCE
        self.moving -= 1
        self._arrived, self._landed = done, scene.places.shown
        self._led_to, self.leads_to = self.leads_to if done else 0, 0
        if scene.composer.behind == move:
            scene.composer.behind = 0
        while self._ahead and not self.moving:
            self._deliver(self._ahead.popleft())
