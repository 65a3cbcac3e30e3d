"""The main screen with a thread open: beside the conversation where there is room, else in its place.

While it is open, what one writes, selects and scrolls is the thread's. Each thread has a draft of its own.
"""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.client.state import passage as passages
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ConversationState, LinkStatus, ThreadState
from chat_core.protocol.requests.messages import Page
from chat_tui.commands.context import Answer
from chat_tui.messages import ThreadsChosen
from chat_tui.screens.alerting import Alerting
from chat_tui.screens.drafting import place_of
from chat_tui.screens.passage import PassageScreen
from chat_tui.views.lines import Span
from chat_tui.views.pointing import index_of
from chat_tui.views.threads import label
from chat_tui.widgets.thread_panel import ThreadPanel

_CLASS = "-thread"


class Threading(Alerting):
    """What belongs to that."""

    _shown_thread = 0
    """The thread that the panel shows; the composer's is open, and may still be on its way."""
    _reading_thread = False

    # --- opening and closing

    @override
    def open_thread(self, conversation: int, seq: int) -> None:
        """Show the thread that hangs on a message, or that a message is in; what is typed now is for it."""
        known = self.bridge.state.conversations.get(conversation)
        if known is None:
            self.answer(Answer("You are not in that conversation any more.", fault=True))
            return
        self.go(conversation)
        message = known.timeline.find(seq)
        root = message.thread or seq if message is not None else seq
        if root != self.composer.thread:
            self.close_thread()
            self._enter(known, root)
        elif self.selecting:
            self.action_stop_selecting()
        self._read_thread(conversation, root)

    def action_close_thread(self) -> None:
        """Go back to the conversation itself."""
        self.close_thread()

    def on_threads_chosen(self, event: ThreadsChosen) -> None:
        """Show them."""
        event.stop()
        self.action_show_threads()

    def action_show_threads(self) -> None:
        """Show the threads that one follows."""
        self.run_line("/threads")

    def close_thread(self) -> None:
        """Go back to the conversation itself."""
        thread, conversation = self.composer.thread, self.open_conversation()
        if not thread:
            return
        self._write_at(conversation, 0)
        self.remove_class(_CLASS)
        self._shown_thread = 0
        self.aside.open(None, None, self.bridge.state.me)
        if conversation is not None:
            self.bridge.close_thread(conversation.id, thread)

    def _enter(self, conversation: ConversationState, root: int) -> None:
        self._write_at(conversation, root)
        self.add_class(_CLASS)
        self._show_thread()

    def _write_at(self, conversation: ConversationState | None, thread: int) -> None:
        """Keep what is written here, and go on with what is written there."""
        self.leave_selection()
        self._keep_draft()
        self.composer.thread, self.composer.also = thread, False
        if conversation is not None:
            self.composer.draft = self.drafting.get(*place_of(conversation, thread))
        self.set_focus(self.composer, scroll_visible=False)

    def _read_thread(self, conversation: int, root: int) -> None:
        self._reading_thread = True

        def done(found: int) -> None:
            self._reading_thread = False
            known = self.open_conversation()
            if found != root and self.composer.thread == root and known is not None:
                self._enter(known, found)
            self._show_thread()

        def failed() -> None:
            self._reading_thread = False
            if self.composer.thread == root and not self._shown_thread:
                self.close_thread()

        self.errands.read_thread(conversation, root, done, failed)

    # --- following

    def follow_thread(self, batch: Batch) -> None:
        """Show what a batch changed in the open thread."""
        thread, conversation = self.composer.thread, self.open_conversation()
        if not thread or conversation is None:
            return
        state, me = conversation.threads.get(thread), self.bridge.state.me
        online = batch.state.link.status is LinkStatus.ONLINE
        if (state is None or state.stale) and online and not self._reading_thread:
            self._read_thread(conversation.id, thread)
        if state is None:
            return
        if self._shown_thread != thread:
            self._show_thread()
        else:
            self.aside.update_thread(conversation, state, None if me is None else me.id, batch.changes)
            self.aside.timeline.show_bookmarks(batch.state.bookmarks.get(conversation.id, frozenset()))

    def _show_thread(self) -> None:
        """Show the open thread as one that was just opened, if it is there."""
        conversation, state = self.open_conversation(), self._thread_state()
        if state is not None and self._shown_thread == state.root.seq:
            return
        self._shown_thread = 0 if state is None else state.root.seq
        known = self.bridge.state
        self.aside.open(conversation, state, known.me, bookmarks=known.bookmarks)
        self.composer.post_message(self.composer.ModeChanged())

    def _thread_state(self) -> ThreadState | None:
        conversation = self.open_conversation()
        return None if conversation is None else conversation.threads.get(self.composer.thread)

    def on_thread_panel_older_wanted(self, event: ThreadPanel.OlderWanted) -> None:
        """Fetch it."""
        event.stop()
        conversation = self.open_conversation()
        if conversation is not None and self.composer.thread:
            failed = self.aside.timeline.older_failed
            self.errands.load_older_thread(conversation.id, self.composer.thread, failed)

    def on_thread_panel_read_up_to(self, event: ThreadPanel.ReadUpTo) -> None:
        """Remember it, where that means something."""
        event.stop()
        conversation, state = self.open_conversation(), self._thread_state()
        if conversation is not None and state is not None and state.following:
            self.bridge.mark_thread_read(conversation.id, state.root.seq, event.seq)

    # --- writing

    def say_in(
        self, conversation: int, thread: int, body: str, *, reply_to: int | None = None, also: bool = False
    ) -> None:
        """Send a message; 0: into no thread."""
        if thread:
            self.bridge.post(conversation, body, reply_to=reply_to, thread=thread, in_channel=also)
        else:
            self.bridge.post(conversation, body, reply_to=reply_to)

    def action_write_also(self) -> None:
        """Let what is written be for the channel besides, or no longer."""
        try:
            self.write_also()
        except UsageFault as fault:
            self.answer(Answer(str(fault), fault=True))

    @override
    def write_also(self) -> None:
        """See ChatView."""
        if not self.composer.thread:
            raise UsageFault("No thread is open: what you write stands in the conversation anyway.")
        self.composer.also = not self.composer.also
        self.composer.post_message(self.composer.ModeChanged())

    @override
    def place_label(self) -> tuple[Span, ...]:
        """See Writing."""
        conversation = self.open_conversation()
        if not self.composer.thread or conversation is None:
            return ()
        return label(self._thread_state(), also=self.composer.also, target=conversation.target)

    @override
    def place_keys(self) -> str:
        """See Writing."""
        if not self.composer.thread:
            return ""
        key = self.keymap.label("conversations.also").split(",")[0]
        return f"{key} {'thread only' if self.composer.also else 'also in the channel'} · Esc back"

    # --- for actions

    @override
    def go_to_message(self, seq: int) -> None:
        """Select another message of the conversation; show one that is not here where it was said."""
        history, conversation = self.timeline.history, self.open_conversation()
        if history is None or conversation is None:
            return
        index = index_of(history.view.items, seq)
        if index is not None:
            self.timeline.point(index)
            self.show_selected()
            return
        self.errands.read_around(conversation.id, seq, partial(self._show_passage, conversation, seq))

    def _show_passage(self, conversation: ConversationState, seq: int, page: Page) -> None:
        passage = passages.begin(conversation.info, page)
        self.app.push_screen(PassageScreen(self.bridge, passage, seq, self.open_soon))
