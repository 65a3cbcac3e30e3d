"""The main screen as it is used: what keys, clicks and lines do. What a command does is its own business."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.client.state.changes import Batch, MessagesPrepended
from chat_core.protocol.requests.messages import Edit
from chat_tui.commands.context import Answer
from chat_tui.commands.line import Run, Say, parse
from chat_tui.commands.registry import bind
from chat_tui.drafts import Draft
from chat_tui.keys import bindings
from chat_tui.messages import ConversationChosen, LinkChosen, MemberChosen, ReadUpTo
from chat_tui.screens.base import HelpWanted
from chat_tui.screens.choices import Choice, choices, slot_choice
from chat_tui.screens.help_lines import help_lines
from chat_tui.screens.roaming import Roaming
from chat_tui.screens.switcher import Switcher
from chat_tui.views.columns import BREAKPOINTS
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.composer import Composer

_LOOK_AGAIN_S: Final = 0.02
_PATIENCE: Final = 1_500
"""Looks at whether one has arrived before what was entered goes on without."""

_WIDTHS: Final = {name: width for width, name in BREAKPOINTS}


class ChatScreen(Roaming):
    """The main screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("chat")]

    class SignInWanted(Message):
        """The user wants to be somebody else on this server."""

        def __init__(self, name: str, *, register: bool = False) -> None:
            super().__init__()
            self.name = name
            """Well-formed; empty: the start screen, to choose one."""
            self.register = register
            """Whether to make an account of that name."""

    class SignOutWanted(Message):
        """The user wants to be nobody here."""

    class ServerWanted(Message):
        """The user wants to be on another server, too."""

        def __init__(self, server: str) -> None:
            super().__init__()
            self.server = server
            """As typed; empty: the start screen, to choose one."""

    _complained = False
    _patience = _PATIENCE
    _arrived = True
    """Whether the last command that leads elsewhere has done so."""
    _landed: int | None = None
    """Where one was then, on this server."""
    _led_to = 0
    """Number of the other server to which it has led; 0: to none."""

    # --- lines

    def on_composer_entered(self, event: Composer.Entered) -> None:
        """Take a line; one that was entered behind a command that leads elsewhere waits for it, and belongs there."""
        event.stop()
        if self.moving and (event.behind or event.move):
            self.typed_ahead.append(event)
        else:
            self._deliver(event)

    def _deliver(self, line: Composer.Entered) -> None:
        """Take a line where it belongs; if the command that it is behind has led nowhere, it belongs nowhere."""
        if not line.behind:
            self._take_line(line, line.conversation)
        elif not self._arrived:
            self._put_back(line)
        elif not (self._led_to and self.neighbours.hand_on(line, self._led_to)):
            self._take_line(line, self._landed)

    def _put_back(self, line: Composer.Entered) -> None:
        """Let it be written again, so that nobody else reads what was meant for another place."""
        written = self.composer.text
        self.composer.draft = Draft(f"{written}\n{line.text}") if written else line.draft
        self.composer.move_cursor(self.composer.document.end)

    def _take_line(self, event: Composer.Entered, conversation: int | None) -> None:
        """Send a message, or run a command."""
        self.answers.dismiss()
        self.offering.end()
        if not isinstance(event.line, Say):
            taken = self.offering.begin(event.text, event.line.command, conversation)
            if taken is not None:
                self.answer(taken)
            if event.line.command.moves:
                self.moving += 1
                self.errands.run(event.line, conversation, partial(self._moved, event.move), event.thread)
            else:
                self.errands.run(event.line, conversation, thread=event.thread)
        elif conversation is not None:
            self._say(conversation, event.line.body, event)
        else:
            if not self.composer.text:
                self.composer.draft = event.draft
            self.answer(Answer("No conversation is open yet: this is not sent.", fault=True))

    def _say(self, conversation: int, body: str, entered: Composer.Entered) -> None:
        """Send a message, or give one of one's own another text; what cannot be saved is in the composer again."""
        draft, thread = entered.draft, entered.thread if conversation == entered.conversation else 0
        if not draft.edits:
            self.say_in(conversation, thread, body, reply_to=draft.replies_to or None, also=entered.also)
            return

        def restore() -> None:
            here = (self.places.shown, self.composer.thread)
            if here == (conversation, thread) and not self.composer.text:
                self.composer.draft = draft

        self.errands.call(Edit(conversation=conversation, seq=draft.edits, body=body), None, restore)

    @override
    def run_line(self, line: str) -> None:
        """See Finding."""
        try:
            meant = parse(line)
            if isinstance(meant, Run):
                self.on_composer_entered(self.composer.entered(bind(meant), Draft(line)))
        except UsageFault as fault:
            self.answer(Answer(str(fault), fault=True))

    def _moved(self, move: int, done: bool) -> None:
        """Go on with what was entered meanwhile; a place that the state does not have yet is waited for."""
        if done and self.places.wanted is not None and self._patience > 0:
            self._patience -= 1
            self.set_timer(_LOOK_AGAIN_S, partial(self._moved, move, done))
            return
        done = done and self.places.wanted is None
        self._patience = _PATIENCE
        self.moving -= 1
        self._arrived, self._landed = done, self.places.shown
        self._led_to, self.leads_to = self.leads_to if done else 0, 0
        if self.composer.behind == move:
            self.composer.behind = 0
        while self.typed_ahead and not self.moving:
            self._deliver(self.typed_ahead.popleft())

    def take_handed_on(self, line: Composer.Entered) -> None:
        """Take a line that was entered on another server, behind a command that led here; see `_deliver`."""
        # What it answered, and its thread, are of that server.
        self._take_line(Composer.Entered(line.line, Draft(line.text), None), self.places.shown)

    def on_composer_entered_nothing(self, event: Composer.EnteredNothing) -> None:
        """Say the line that was taken for a command, if that is on offer."""
        event.stop()
        offer = self.offering.end()
        if offer is not None and offer.conversation is not None and self.answers.answer is not None:
            self.answers.dismiss()
            self.say_in(offer.conversation, self.composer.thread, offer.text)

    def on_composer_refused(self, event: Composer.Refused) -> None:
        """Say why a line was not taken."""
        event.stop()
        self.answer(Answer(event.sentence, fault=True))
        self._complained = True

    def on_composer_writing(self, event: Composer.Writing) -> None:
        """Let the others know."""
        event.stop()
        if self.places.shown is not None:
            self.bridge.typing(self.places.shown, active=event.active)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Have names ready for what is being written, and take away what was in the way of it."""
        if self._complained:
            self.answers.dismiss()
            self._complained = False
        if event.text_area.text and self.has_class("-list-shown"):
            self.remove_class("-list-shown")
            self.show_around()
        if event.text_area.text.startswith(("/j", "/join")):
            self.errands.fetch_channels()
        self.hints.show_room(self.composer.room)
        self.keep_writing()

    def on_completion_popup_picked(self, event: CompletionPopup.Picked) -> None:
        """Complete with what was clicked."""
        event.stop()
        self.composer.pick(event.index)

    # --- what widgets say

    def on_conversation_chosen(self, event: ConversationChosen) -> None:
        """Go there."""
        event.stop()
        self.composer.behind = 0
        self.open_soon(event.conversation)

    async def on_member_chosen(self, event: MemberChosen) -> None:
        """Begin to write to somebody."""
        event.stop()
        if self.bridge.state.me is not None and event.account != self.bridge.state.me.id:
            self.errands.open_direct(event.name)

    def on_read_up_to(self, event: ReadUpTo) -> None:
        """Remember it."""
        event.stop()
        self.bridge.mark_read(event.conversation, event.seq)

    def on_link_chosen(self, event: LinkChosen) -> None:
        """Copy the address: whether a browser could be shown here nobody knows, over SSH least of all."""
        event.stop()
        self.app.copy_to_clipboard(event.url)
        self.answer(Answer(f"Copied: {event.url}"))

    # --- keys

    def action_escape(self) -> None:
        """Close the topmost thing that is open, else go to the newest message, else take everything here as read."""
        covered = self.has_class("-list-shown") or self.has_class("-members-shown")
        if self.composer.dismiss_completion() or self.leave_clicked():
            return
        if self.answers.dismiss() or self.composer.leave_mode():
            return
        if covered:
            self.remove_class("-list-shown", "-members-shown")
            self.show_around()
        elif self.timeline.pointed is not None or not self.timeline.following:
            self.action_last()
        elif self.composer.thread:
            self.close_thread()
        elif not self.composer.text:
            self.timeline.mark_read()

    def action_switch(self) -> None:
        """Open the switcher."""
        numbers = self.drafting.numbers(self.bridge.state) - {self.places.shown or 0}

        def offer(letters: str) -> Sequence[Choice]:
            others = self.neighbours.others
            return choices(letters, self.bridge.state, self.places.shown, self.known(), self._often, numbers, others)

        def digit(letters: str) -> Choice | None:
            number = slot_choice(letters, self.bridge.state)
            return Choice("conversation", "", number=number) if number is not None else None

        switcher = Switcher(offer, self._go_to, digit=digit, run=self.run_line)
        self.app.push_screen(switcher)
        self.errands.fetch_channels(switcher.look_again)

    def _go_to(self, choice: Choice) -> None:
        match choice.kind:
            case "server" | "conversation" if choice.server:
                self.go_elsewhere(choice)
            case "conversation":
                if choice.number in self.bridge.state.conversations:
                    self.walk_to(choice.number)
            case "join" | "dm":
                self.run_line(f"/{choice.kind} {choice.name}")
            case "command":
                self.run_line(choice.name)
            case "emoji" | "server":
                raise ValueError("those are chosen elsewhere")

    def _often(self, target: str) -> float:
        return self.visits.score(target, self._clock.wall_ms())

    @override
    def go(self, number: int) -> None:
        """See ChatView: what was selected or looked for stays behind."""
        if number != self.places.shown:
            self.leave_here()
        super().go(number)

    def action_toggle_list(self) -> None:
        """Show or hide the conversations."""
        self._toggle("list", self.app.size.width >= _WIDTHS["-mid"])

    def action_toggle_members(self) -> None:
        """Show or hide the members."""
        self._toggle("members", self.app.size.width >= _WIDTHS["-wide"])

    @override
    def take(self, batch: Batch) -> None:
        """See ChatView."""
        super().take(batch)
        self.follow_thread(batch)
        self.show_selected()
        if any(isinstance(change, MessagesPrepended) for change in batch.changes):
            self.find_on()

    # --- for commands

    @override
    def answer(self, answer: Answer) -> None:
        """See ChatView."""
        self._complained = False
        super().answer(self.offering.hinted(answer))

    @override
    def show_help(self, topic: str) -> None:
        """See ChatView."""
        self.page.tell(f"/help {topic}".rstrip(), "\n".join(line.text.rstrip() for line in help_lines(topic)))
        self.post_message(HelpWanted(topic))

    @override
    def leave_for(self, server: str) -> None:
        """See ChatView."""
        self.post_message(self.ServerWanted(server))

    @override
    def sign_in_as(self, name: str, *, register: bool = False) -> None:
        """See ChatView."""
        wanted = self.SignInWanted(name, register=register)
        self.go_away("register" if register else "login", partial(self.post_message, wanted))

    @override
    def sign_out(self) -> None:
        """See ChatView."""
        self.go_away("logout", partial(self.post_message, self.SignOutWanted()))

    @override
    def leave(self) -> None:
        """See ChatView."""
        self.action_quit_asking()

    # --- how

    def _toggle(self, pane: str, has_room: bool) -> None:
        self.toggle_class(f"-{pane}-hidden" if has_room else f"-{pane}-shown")
        self.show_around()
