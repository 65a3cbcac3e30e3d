"""The thread that is open: beside the conversation where there is room, else in its place.

While it is open, what one writes, selects and scrolls is the thread's. Each thread has a draft of its own.
"""

from __future__ import annotations

from typing import Final, Protocol

from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.client.state.changes import Batch, IgnoredChanged
from chat_core.client.state.model import ConversationState, LinkStatus, ThreadState
from chat_tui.commands.context import Answer
from chat_tui.messages import ThreadsChosen
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.entering import Entering
from chat_tui.screens.going import Going
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.views.lines import Span
from chat_tui.views.names import title_of
from chat_tui.views.threads import label
from chat_tui.widgets.thread_panel import ThreadPanel

_MODE: Final = "thread"


class Threaded(Scene, Layout, Protocol):
    """The screen that shows it."""

    aside: ThreadPanel
    """What was said in the thread that is open."""
    drafting: Drafting
    """What is written elsewhere."""
    entering: Entering
    """Lines that are entered."""
    going: Going
    """Goes to a conversation."""
    selection: Selecting
    """What is selected."""


class Threading(Part):
    """What belongs to that.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Threaded) -> None:
        self._scene = scene
        self._shown = 0
        """The thread that the panel shows; the composer's is open, and may still be on its way."""
        self._reading = False

    # --- opening and closing

    def open_thread(self, conversation: int, seq: int) -> None:
        """Show the thread that hangs on a message, or that a message is in; what is typed now is for it."""
        scene = self._scene
        known = scene.bridge.state.conversations.get(conversation)
        if known is None:
            scene.answer(Answer("You are not in that conversation any more.", fault=True))
            return
        scene.going.go(conversation)
        message = known.timeline.find(seq)
        root = message.thread or seq if message is not None else seq
        if root != scene.composer.thread:
            self.action_close_thread()
            self._enter(known, root)
        elif scene.selecting:
            scene.selection.action_stop_selecting()
        self._read(conversation, root)

    def on_threads_chosen(self, event: ThreadsChosen) -> None:
        """Show them."""
        event.stop()
        self.action_show_threads()

    def action_show_threads(self) -> None:
        """Show the threads that one follows."""
        self._scene.entering.run_line("/threads")

    def action_close_thread(self) -> None:
        """Go back to the conversation itself."""
        scene = self._scene
        thread, conversation = scene.composer.thread, scene.open_conversation()
        if not thread:
            return
        self._write_at(conversation, 0)
        scene.show_mode(_MODE, on=False)
        self._shown = 0
        scene.aside.open(None, None, scene.bridge.state.listener)
        if conversation is not None:
            scene.bridge.close_thread(conversation.id, thread)

    def _enter(self, conversation: ConversationState, root: int) -> None:
        self._write_at(conversation, root)
        self._scene.show_mode(_MODE, on=True)
        self._show()

    def _write_at(self, conversation: ConversationState | None, thread: int) -> None:
        """Keep what is written here, and go on with what is written there."""
        scene = self._scene
        scene.selection.leave()
        scene.going.keep_draft()
        scene.composer.thread, scene.composer.also = thread, False
        if conversation is not None:
            scene.composer.draft = scene.drafting.get(*place_of(conversation, thread))
        scene.focus_on(scene.composer)

    def _read(self, conversation: int, root: int) -> None:
        scene = self._scene
        self._reading = True

        def done(found: int) -> None:
            self._reading = False
            known = scene.open_conversation()
            if found != root and scene.composer.thread == root and known is not None:
                self._enter(known, found)
            self._show()

        def failed() -> None:
            self._reading = False
            if scene.composer.thread == root and self._state() is None:  # it never came, or is not there any more
                self.action_close_thread()

        scene.errands.read_thread(conversation, root, done, failed)

    # --- following

    @override
    def take(self, batch: Batch) -> None:
        """See Part: show what changed in the open thread."""
        scene = self._scene
        thread, conversation = scene.composer.thread, scene.open_conversation()
        if not thread or conversation is None:
            return
        state = conversation.threads.get(thread)
        online = batch.state.link.status is LinkStatus.ONLINE
        if (state is None or state.stale) and online and not self._reading:
            self._read(conversation.id, thread)
        if state is None:
            return
        if self._shown != thread:
            self._show()
        else:
            scene.aside.update_thread(conversation, state, batch.state.listener, batch.changes)
            scene.aside.timeline.show_bookmarks(batch.state.bookmarks.get(conversation.id, frozenset()))
            if any(isinstance(change, IgnoredChanged) for change in batch.changes):
                scene.composer.post_message(scene.composer.ModeChanged())  # it says what the thread hangs on

    def _show(self) -> None:
        """Show the open thread as one that was just opened, if it is there."""
        scene = self._scene
        conversation, state = scene.open_conversation(), self._state()
        if state is not None and self._shown == state.root.seq:
            return
        self._shown = 0 if state is None else state.root.seq
        known = scene.bridge.state
        scene.aside.open(conversation, state, known.listener, bookmarks=known.bookmarks)
        scene.composer.post_message(scene.composer.ModeChanged())

    def _state(self) -> ThreadState | None:
        conversation = self._scene.open_conversation()
        return None if conversation is None else conversation.threads.get(self._scene.composer.thread)

    def on_thread_panel_older_wanted(self, event: ThreadPanel.OlderWanted) -> None:
        """Fetch it."""
        event.stop()
        scene, conversation = self._scene, self._scene.open_conversation()
        if conversation is not None and scene.composer.thread:
            failed = scene.aside.timeline.older_failed
            scene.errands.load_older_thread(conversation.id, scene.composer.thread, failed)

    def on_thread_panel_read_up_to(self, event: ThreadPanel.ReadUpTo) -> None:
        """Remember it, where that means something."""
        event.stop()
        if event.asked or self._scene.reads == "seen":
            self._mark_read(event.seq)

    def leave(self) -> None:
        """Go back to the conversation by hand: where only that counts which one says is read, this says so."""
        state = self._state()
        if state is not None and state.messages and self._scene.reads == "asked" and not self._scene.composer.text:
            self._mark_read(state.messages[-1].seq)
        self.action_close_thread()

    def _mark_read(self, seq: int) -> None:
        conversation, state = self._scene.open_conversation(), self._state()
        if conversation is not None and state is not None and state.following:
            self._scene.bridge.mark_thread_read(conversation.id, state.root.seq, seq)

    # --- writing

    def action_write_also(self) -> None:
        """Let what is written be for the channel besides, or no longer."""
        try:
            self.write_also()
        except UsageFault as fault:
            self._scene.answer(Answer(str(fault), fault=True))

    def write_also(self) -> None:
        """Let what is written be for the conversation besides, or no longer. Raises: UsageFault: no thread is open."""
        composer = self._scene.composer
        if not composer.thread:
            raise UsageFault("No thread is open: what you write stands in the conversation anyway.")
        composer.also = not composer.also
        composer.post_message(composer.ModeChanged())

    def place_label(self) -> tuple[Span, ...]:
        """Return words for where one writes, if it is not the conversation itself."""
        composer, conversation = self._scene.composer, self._scene.open_conversation()
        if not composer.thread or conversation is None:
            return ()
        ignored = self._scene.bridge.state.ignored
        return label(self._state(), also=composer.also, target=title_of(conversation.info), ignored=ignored)

    def place_keys(self) -> str:
        """Return what else can be done there."""
        composer = self._scene.composer
        if not composer.thread:
            return ""
        key = self._scene.keymap.label("conversations.also").split(",")[0]
        return f"{key} {'thread only' if composer.also else 'also in the channel'} · Esc back"
