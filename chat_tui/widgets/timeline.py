"""The timeline of the conversation that is open: follows its changes, asks for older messages, says what was read.

One widget shows all conversations, one at a time: opening another one swaps what it shows, and it remembers where
somebody was reading. Several of them share the screen as `Tiles`. How lines get on the screen is the pane's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.message import Message
from typing_extensions import override

from chat_core.base.clock import Clock, SystemClock
from chat_core.client.state.changes import Batch, Change, MessageChanged, TimelineReset
from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Account
from chat_tui.messages import OlderWanted, ReadingOlder, ReadUpTo
from chat_tui.views.columns import Columns, columns
from chat_tui.views.filtering import Hiding
from chat_tui.views.threads import Mainline
from chat_tui.widgets.knowing_pane import KnowingPane
from chat_tui.widgets.timeline_pane import TimelinePane

if TYPE_CHECKING:
    from chat_tui.views.drawing import Reader
    from chat_tui.views.history import History
    from chat_tui.views.timeline import Place


SPEAK_OF_SENDING_S: Final = 0.4
"""How long a message may be on its way before that is said: most are there sooner, and a flicker tells nobody."""


_NONE: Final[Mapping[int, frozenset[int]]] = {}
_NO_OTHERS: Final[Mapping[int, ConversationState]] = {}
_IN_VAIN_MOST: Final = 5
"""Pages of which filters hide everything that are fetched one after the other, until somebody scrolls on."""

Filters = Callable[[ConversationState], tuple[Hiding | None, bool]]
"""Returns what is hidden in a conversation, and whether it is for now."""


def no_filters(conversation: ConversationState) -> tuple[Hiding | None, bool]:
    """Hide nothing."""
    return None, True


Marks = Callable[[ConversationState], Mapping[int, str]]
"""Returns which marks are in a conversation: their names by the seq of the message."""


def no_marks(conversation: ConversationState) -> Mapping[int, str]:
    """Know of none."""
    return {}


class Timeline(KnowingPane, TimelinePane, can_focus=False):
    """What was said in one conversation."""

    def __init__(
        self,
        *,
        hints: Sequence[str] | None = (),
        end_key: str = "End",
        zone: tzinfo | None = None,
        clock: Clock | None = None,
        filters: Filters = no_filters,
        marks: Marks = no_marks,
        id: str | None = None,
    ) -> None:
        """Make an empty timeline.

        Args:
            hints: a few words each for the beginning of a channel: the keys that matter; None: it begins nothing.
            end_key: the key that leads to the end, as it is called on keyboards.
            zone: time zone; None: the computer's own.
            clock: gives the year that goes without saying.
            filters: returns what is hidden in a conversation, and whether it is for now.
            marks: returns which marks are in a conversation.
            id: the widget's.
        """
        from chat_tui.views.filtered import Filtered

        super().__init__(end_key=end_key, id=id)
        self._hints = None if hints is None else tuple(hints)
        self._mainline = Mainline()
        self._hides = filters
        self._marks = marks
        self._filtered = Filtered()
        self._zone = zone
        self._clock = clock or SystemClock()
        self._me: Account | None = None
        self._channels: Collection[str] = ()
        self._ignored: frozenset[int] = frozenset()
        self._bookmarks: frozenset[int] = frozenset()
        self._places: dict[int, Place] = {}
        self._longest = 0
        self._asked = 0
        self._told = 0
        self._held = False
        self._grew = False
        self._in_vain = 0
        self._reading: int | None = None
        self.hidden = False
        """Whether it has no place on the screen: nobody reads what it shows."""
        self.shares = False
        """Whether others stand beside it: then its own width says how it is laid out."""

    @property
    def conversation(self) -> int | None:
        """Number of the conversation that is shown."""
        return self._history.conversation.id if self._history is not None else None

    # --- what is shown

    def show(
        self,
        conversation: ConversationState | None,
        me: Account | None,
        channels: Collection[str] = (),
        ignored: frozenset[int] = frozenset(),
        bookmarks: Mapping[int, frozenset[int]] = _NONE,
        others: Mapping[int, ConversationState] = _NO_OTHERS,
    ) -> None:
        """Show another conversation, or the same one as if it were opened now.

        Args:
            conversation: None: nothing.
            me: who reads.
            channels: names of the channels that are known, without `#`, as `name_key` makes them.
            ignored: accounts whose messages are folded away.
            bookmarks: seqs of the messages at which one has them, by conversation.
            others: all conversations, which tell whom one knows.
        """
        from chat_tui.views.history import History

        self._leave()
        self._me, self._channels, self._ignored = me, channels, ignored
        self._bookmarks = frozenset() if conversation is None else bookmarks.get(conversation.id, frozenset())
        self._asked = self._told = self._in_vain = 0
        self._held = False
        self._history = self._pointed = None
        self._previews_wanted = frozenset()
        if conversation is not None:
            self._history = History(
                self.seen(conversation),
                me=me.id if me is not None else None,
                zone=self._zone,
                now_ms=self._clock.wall_ms(),
                hints=self._hints if self._hints is None or conversation.info.kind == "channel" else (),
                preview=self.preview_of,
            )
            self._history.view.keeps_newest = True
        if self.is_mounted:
            self.screen.clear_selection()
        self._lay_out()
        self._open()
        if self.is_mounted:
            self.call_after_refresh(self.know, me, others.values())

    def apply(self, batch: Batch) -> None:
        """Take what a batch says of the conversation that is shown; one that is gone stays as it was."""
        number = self.conversation
        conversation = batch.state.conversations.get(number) if number is not None else None
        if conversation is None:
            return
        me = batch.state.me
        if me is not None and (self._me is None or me.id != self._me.id):
            self.show(
                conversation, me, self._channels, batch.state.ignored, batch.state.bookmarks, batch.state.conversations
            )
            return
        if me is not None and me != self._me:
            self._me = me
            self._lay_out()
            self.placed()
        self.fold(batch.state.ignored)
        self.show_bookmarks(batch.state.bookmarks.get(conversation.id, frozenset()))
        if self._members_came(conversation):
            self.know(me, batch.state.conversations.values())
        self.update_state(conversation, batch.changes)

    def fold(self, ignored: frozenset[int]) -> None:
        """Fold the messages of these accounts away, and no others."""
        if ignored != self._ignored:
            self._ignored = ignored
            self._lay_out()
            self.placed()

    def _members_came(self, conversation: ConversationState) -> bool:
        """Return whether it is known now who has a word to say here, and was not before."""
        old = self._history.conversation.members if self._history is not None else None
        return old is not None and old.stale and not conversation.members.stale

    def show_bookmarks(self, bookmarks: frozenset[int]) -> None:
        """Draw which messages of the conversation that is open one has bookmarks at."""
        if bookmarks != self._bookmarks:
            self._bookmarks = bookmarks
            self._lay_out()
            self.placed()

    def update_state(self, conversation: ConversationState, changes: Sequence[Change]) -> None:
        """Show a newer state of the conversation that is open, as cheaply as the changes allow.

        Args:
            conversation: another one than that which is shown is left alone.
            changes: what led to it; of other conversations too.
        """
        from chat_tui.views.history import differs

        history = self._history
        if history is None or conversation.id != history.conversation.id:
            return
        old, conversation = history.conversation, self.seen(conversation)
        resets = [each for each in changes if isinstance(each, TimelineReset) and each.conversation == old.id]
        reset = bool(resets)
        if reset:
            self.forget_strips()
        changed = {each.seq for each in changes if isinstance(each, MessageChanged) and each.conversation == old.id}
        self._keep_quiet_about(history, conversation)
        jumped = any(each.jumped for each in resets)
        # "Unread from here" holds until one leaves or says that all is read: else what is in view would end it.
        self._held |= conversation.read < old.read
        history.update(conversation, reset=reset, jumped=jumped, changed=changed)
        if old.loading and not conversation.loading:
            self._asked = 0
        if reset or differs(old, conversation):
            self._grow_gutter(history)
            history.view.settle()
            self.placed()
        if conversation.timeline.known_from != old.timeline.known_from:
            barren = conversation.timeline.count == old.timeline.count and self.withheld > 0
            self._in_vain = self._in_vain + 1 if barren else 0
        # On a busy machine a page may be told before the end of its loading is: the next one is asked for after both.
        self._grew |= reset or conversation.timeline.known_from != old.timeline.known_from
        if self._grew and not conversation.loading:
            self._grew = False
            self._ask_for_older()

    def seen(self, conversation: ConversationState) -> ConversationState:
        """Return what of a conversation is shown here; for subclasses, too."""
        hiding, on = self._hides(conversation)
        return self._filtered.of(self._mainline.of(conversation), hiding, on=on)

    @property
    def withheld(self) -> int:
        """Lines of the conversation that somebody's filters hide."""
        return self._filtered.hidden

    def older_failed(self) -> None:
        """Take back that older messages were asked for: the next scroll asks again."""
        self._asked = 0

    def mark_read(self) -> bool:
        """Take all that is known here as read, and the line above it away; return whether there was anything."""
        history = self._history
        if history is None:
            return False
        conversation = history.conversation
        had = history.unread_at() is not None or conversation.unread > 0
        self._held = False
        if had:
            history.forget_divider()
            self.placed()
            self._say(ReadUpTo(conversation.id, conversation.position.seq, asked=True))
        return had

    def go_to_unread(self) -> bool:
        """Go to the first unread message, or towards it if it is further up; return whether there is one."""
        from chat_tui.views.timeline import START

        history = self._history
        index = history.unread_at() if history is not None else None
        if history is None or (index is None and not history.conversation.unread):
            return False
        if index is None:
            self.moved_to(START)
        else:
            history.view.go_below(index, 1)
            self.moved()
            self.placed()
        return True

    # --- where it is

    @override
    def moved(self) -> None:
        """See PointedPane."""
        self._in_vain = 0
        self._ask_for_older()

    @override
    def placed(self) -> None:
        """See TimelinePane."""
        super().placed()
        self._tell_read()
        reading = None if self.following else self.conversation
        if reading != self._reading and self.is_mounted:
            self._reading = reading
            self._say(ReadingOlder(reading))

    @override
    def moved_to(self, line: int) -> None:
        """See Scroller."""
        super().moved_to(line)
        self._in_vain = 0
        self._ask_for_older()

    def on_mount(self) -> None:
        """Tell what is visible when the window has the focus again."""
        self.watch(self.app, "app_focus", self._tell_read, init=False)

    @override
    def look_changed(self) -> None:
        """See TimelinePane."""
        self._lay_out()
        self.placed()

    # --- inside

    def _columns(self, longest: int) -> Columns:
        width, terminal = self.window.width, self.app.size.width
        return columns(width, min(width, terminal) if self.shares else terminal, longest)

    def _reader(self) -> Reader:
        from chat_tui.views.drawing import Reader

        me = self._me
        if me is None:
            return Reader(None, "", self._zone, self._channels)
        marks = self._marks(self._history.conversation) if self._history is not None else {}
        return Reader(me.id, me.name, self._zone, self._channels, me.display, self._ignored, self._bookmarks, marks)

    @override
    def _lay_out(self) -> None:
        """Lay out anew: conversation, width, reader or names are others. Where the window is comes afterwards."""
        history = self._history
        self.forget_strips()
        self._rows = []
        if history is None or not self.window.height:
            self.refresh()
            return
        self._longest = history.longest_name
        history.view.lay_out(self._columns(self._longest), self.window.height, self.looking(self._reader()))

    def _grow_gutter(self, history: History) -> None:
        """Make room for a longer name, but not under the eyes of somebody who reads further up."""
        if history.view.follow and self.window.height:
            longest = history.longest_name
            if longest > self._longest and self._columns(longest) != self._columns(self._longest):
                self._lay_out()

    @override
    def _open(self) -> None:
        history = self._history
        if history is not None and self.window.height:
            history.open_at(self._places.get(history.conversation.id))
            self.placed()
            self._ask_for_older()

    def _leave(self) -> None:
        history = self._history
        if history is None:
            return
        place = history.view.place()
        if place is None:
            self._places.pop(history.conversation.id, None)
        else:
            self._places[history.conversation.id] = place

    def _keep_quiet_about(self, history: History, conversation: ConversationState) -> None:
        """Let a new message of one's own be on its way for a moment before that is said."""
        known = {unsent.cid for unsent in history.conversation.unsent}
        new = frozenset(unsent.cid for unsent in conversation.unsent if unsent.cid not in known)
        if new and self.is_mounted:
            history.fresh |= new
            self.set_timer(SPEAK_OF_SENDING_S, partial(self._speak_about, history, new))

    def _speak_about(self, history: History, cids: frozenset[bytes]) -> None:
        history.set_fresh(history.fresh - cids)
        if history is self._history:
            history.view.settle()
            self.placed()

    def _ask_for_older(self) -> None:
        history = self._history
        if self._in_vain >= _IN_VAIN_MOST:
            return
        if history is not None and self.window.height and history.wants_older:
            first = history.conversation.timeline.known_from  # a page may bring nothing that is shown here
            if first != self._asked:
                self._asked = first
                self._say(OlderWanted(history.conversation.id))

    def _say(self, message: Message) -> None:
        # Said during a layout, it would be the screen's own message, and stop there on its way up.
        message.set_sender(self)
        self.post_message(message)

    def _tell_read(self) -> None:
        history = self._history
        if history is None or self._held or self.hidden or not self.is_mounted or not self.app.app_focus:
            return
        if self.screen not in self.app.screen_stack:  # that of another server is
            return
        seen = history.last_visible()
        if history.view.follow and seen == history.conversation.timeline.last_seq:
            seen = max(seen, self._filtered.last_seq)  # behind it there is only what one does not want to see
        if seen > max(self._told, history.conversation.read):
            self._told = seen
            self._say(ReadUpTo(history.conversation.id, seen))
