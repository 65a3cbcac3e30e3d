"""A thread beside the conversation, or in its place: what it hangs on, what was said in it, and the line above.

What its timeline says of a conversation it says on as of a thread, so that nobody takes the one for the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from typing_extensions import override

from chat_core.base.clock import Clock
from chat_core.client.state.changes import Change
from chat_core.client.state.model import ConversationState, Listener, ThreadState
from chat_tui.messages import OlderWanted, ReadingOlder, ReadUpTo
from chat_tui.views.columns import Columns, columns
from chat_tui.views.lines import Line
from chat_tui.views.threads import thread_view, title
from chat_tui.widgets.bars import Bar
from chat_tui.widgets.timeline import Timeline

_NONE: Final[Mapping[int, frozenset[int]]] = {}


class _Title(Bar):
    """Whose thread it is."""

    DEFAULT_CSS = "_Title { width: 100%; height: 1; }"

    thread: ThreadState | None = None
    listener = Listener(None)

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        if self.thread is None:
            return Line(ground="surface")
        me, ignored = self.listener
        return title(self.thread, None if me is None else me.id, width, ignored)


class ThreadTimeline(Timeline, can_focus=False):
    """What was said in a thread; shows what it is given."""

    @override
    def seen(self, conversation: ConversationState) -> ConversationState:
        """See Timeline."""
        return conversation

    @override
    def _columns(self, longest: int) -> Columns:
        # Beside the conversation there is no room for a gutter: names stand above what they say.
        return columns(self.window.width, min(self.app.size.width, self.window.width), longest)


class ThreadPanel(Vertical):
    """One thread."""

    DEFAULT_CSS = """
    ThreadPanel { display: none; width: 1fr; height: 100%; background: $background; }
    ThreadPanel ThreadTimeline {
        width: 100%; height: 1fr; background: $background; scrollbar-color: $surface;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    ThreadPanel ThreadTimeline.-reading { scrollbar-color: $line; }
    """

    class OlderWanted(Message):
        """What is in front of what is known comes into view."""

    class ReadUpTo(Message):
        """What is in the thread up to a message was really shown; or somebody said that it is read."""

        def __init__(self, seq: int, *, asked: bool = False) -> None:
            super().__init__()
            self.seq = seq
            """Of that message."""
            self.asked = asked
            """Whether somebody said so."""

    def __init__(self, *, clock: Clock | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = _Title()
        self.timeline = ThreadTimeline(hints=None, clock=clock)
        """What was said in it."""

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        yield self._title
        yield self.timeline

    def open(
        self,
        conversation: ConversationState | None,
        thread: ThreadState | None,
        listener: Listener,
        channels: Collection[str] = (),
        bookmarks: Mapping[int, frozenset[int]] = _NONE,
    ) -> None:
        """Show a thread as one that was just opened; None: nothing, or one that is still on its way."""
        self._title.thread, self._title.listener = thread, listener
        self._title.changed()
        shown = None if conversation is None or thread is None else thread_view(conversation, thread, listener.silent)
        self.timeline.show(shown, listener.me, channels, listener.ignored, bookmarks)

    def update_thread(
        self, conversation: ConversationState, thread: ThreadState, listener: Listener, changes: Sequence[Change]
    ) -> None:
        """Show a newer state of the same thread."""
        self._title.thread, self._title.listener = thread, listener
        self._title.changed()
        self.timeline.fold(listener.ignored)
        self.timeline.update_state(thread_view(conversation, thread, listener.silent), changes)

    # --- what the timeline says

    def on_older_wanted(self, event: OlderWanted) -> None:
        """It is the thread's older messages."""
        event.stop()
        self.post_message(self.OlderWanted())

    def on_reading_older(self, event: ReadingOlder) -> None:
        """The conversation's own messages are not being read."""
        event.stop()

    def on_read_up_to(self, event: ReadUpTo) -> None:
        """It was read in the thread."""
        event.stop()
        self.post_message(self.ReadUpTo(event.seq, asked=event.asked))
