"""A conversation's state in a view: opens it, and follows its changes as cheaply as each of them allows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import tzinfo
from typing import Final

import msgspec
from msgspec.structs import replace as replace_fields
from rich.cells import cell_len

from chat_core.client.state.model import ConversationState, Notice, Timeline
from chat_core.protocol.values import FileInfo, Message
from chat_tui.views.assembling import beginning, continued, divider_of, everything, first_fresh, gap_of
from chat_tui.views.building import Setting, build, build_tail
from chat_tui.views.drawing import may_preview
from chat_tui.views.items import (
    GapItem,
    Item,
    MessageItem,
    OlderItem,
    UnreadItem,
    UnsentItem,
    first_behind,
    last_message,
    seq_of,
)
from chat_tui.views.names import shown_name
from chat_tui.views.pages import count_newer, last_notice_before, newer_than, older_than
from chat_tui.views.previews import Preview
from chat_tui.views.programs import author_of, marked
from chat_tui.views.timeline import Place, View
from chat_tui.views.when import local

_NAMED: Final = 200
"""Newest messages whose names decide how wide the gutter is."""
_FEW: Final = 50
"""Changed messages that are replaced one by one; more of them are cheaper drawn anew with everything."""
_CONTEXT: Final = 2
"""Lines that were read already shown above the first unread one."""


def differs(old: ConversationState, new: ConversationState) -> bool:
    """Whether anything that a history shows is another one."""
    return (
        old.timeline is not new.timeline
        or old.notices is not new.notices
        or old.unsent is not new.unsent
        or old.loading != new.loading
    )


class History:
    """What is shown of one conversation."""

    def __init__(
        self,
        conversation: ConversationState,
        *,
        me: int | None,
        zone: tzinfo | None,
        now_ms: int,
        hints: tuple[str, ...] | None = (),
        preview: Callable[[FileInfo], Preview | None] = lambda _: None,
    ) -> None:
        """Open a conversation; the line above its unread messages stays where it is now.

        Args:
            conversation: its state.
            me: own account.
            zone: time zone for days; None: the computer's own.
            now_ms: wall clock, milliseconds since 1970.
            hints: words for the beginning of the conversation; None: nothing is said there.
            preview: returns what is shown of a file, if that is known.
        """
        self.conversation = conversation
        self.view = View()
        self.fresh: frozenset[bytes] = frozenset()
        """cids that were handed over only just now."""
        self._hints = hints
        self._read = conversation.read
        self._unread = conversation.unread
        self._now_ms = now_ms
        self._setting = Setting(me, zone, local(now_ms, zone).year, find=self._find, preview=preview)
        self._tail = 0
        """Index of the first item behind the last message."""
        self._known = 0
        """Messages among the items."""
        self._rebuild()

    # --- following

    def update(
        self,
        conversation: ConversationState,
        *,
        reset: bool = False,
        jumped: bool = False,
        changed: Collection[int] = (),
    ) -> None:
        """Show a newer state of the conversation; the window is to be settled afterwards.

        Args:
            conversation: it.
            reset: whether nothing can be told from what is shown: all of it is built anew.
            jumped: whether the log went on elsewhere: what is unread is so as from now.
            changed: seqs of messages that were edited or deleted.
        """
        old, self.conversation = self.conversation, conversation
        timeline = conversation.timeline
        went_back = conversation.read < old.read
        if jumped or went_back:
            self._read, self._unread = conversation.read, conversation.unread
        if reset or went_back or len(changed) > _FEW or self._notices_differ(old.notices, conversation.notices):
            self._rebuild_in_place()
            return
        if timeline is not old.timeline and not self._grown(old.timeline, timeline):
            self._rebuild_in_place()
            return
        if changed:
            self._redraw(changed)
        if conversation.loading != old.loading:
            self._show_loading()
        if conversation.unsent is not old.unsent or conversation.notices is not old.notices:
            self._put_tail()
        known = {unsent.cid for unsent in old.unsent}
        if any(unsent.cid not in known for unsent in conversation.unsent):
            self.view.go_to_end()

    def set_fresh(self, fresh: frozenset[bytes]) -> None:
        """Say which unsent messages are too young to speak of sending."""
        if fresh != self.fresh:
            self.fresh = fresh
            self._put_tail()

    def forget_divider(self) -> None:
        """Take away the line above what was unread: it was read."""
        index = self.unread_at()
        self._read, self._unread = self.conversation.position.seq, 0
        self._divide()
        if index is not None:
            self.view.splice(index, index + 1, [])
            self._tail -= index < self._tail
            self.view.settle()

    def reveal(self, seq: int) -> None:
        """Show what is hidden in a message, or hide it again."""
        index = first_behind(self.view.items, seq - 1)
        item = self.view.items[index] if index < len(self.view.items) else None
        if isinstance(item, MessageItem) and item.message.seq == seq:
            self._setting = replace_fields(self._setting, revealed=self._setting.revealed ^ {seq})
            self.view.splice(index, index + 1, [self._setting.item(item.message, item.head, item.since)])
            self.view.settle()

    def show_preview(self, sha256: bytes, preview: Preview) -> None:
        """Show what is in a file below each message that has it; the window is settled. What is read stays in view."""
        for index, item in enumerate(self.view.items):
            if isinstance(item, MessageItem) and item.preview is None and not item.message.deleted:
                file = item.message.file
                if file is not None and file.sha256 == sha256:
                    self.view.grow(index, msgspec.structs.replace(item, preview=preview))
        self.view.settle()

    # --- asking

    def wanted_previews(self) -> list[Message]:
        """Return the messages in the window of whose files something is to be shown, and nothing is known yet."""
        reader, items = self.view.reader, self.view.items
        if reader is None or not reader.previews.texts:
            return []
        there = (items[index] for index in dict.fromkeys(index for index, _ in self.view.visible()))
        messages = (item.message for item in there if isinstance(item, MessageItem) and item.preview is None)
        return [message for message in messages if may_preview(message, reader)]

    def unread_at(self) -> int | None:
        """Return the index of the line above what was unread when the conversation was opened; None: there is none."""
        if not self._unread:
            return None  # without a look at each of many items, for whoever draws
        items = self.view.items
        return next((at for at in range(len(items) - 1, -1, -1) if isinstance(items[at], UnreadItem)), None)

    @property
    def longest_name(self) -> int:
        """Cells of the longest name among the newest messages."""
        timeline = self.conversation.timeline
        newest = timeline.newest(_NAMED)
        if not newest and timeline.stale is not None:
            newest = timeline.stale.blocks[-1]  # the newest page is still on its way
        names = {(author_of(message), message.bot) for message in newest}
        return max((cell_len(marked(shown_name(name), bot=bot)) for name, bot in names), default=0)

    @property
    def wants_older(self) -> bool:
        """Whether the window is so near the end of what is up to date that older messages should be fetched."""
        view, timeline = self.view, self.conversation.timeline
        if timeline.at_start or self.conversation.loading:
            return False
        page = max(1, view.rows)
        if timeline.stale is None:
            return view.top < page
        fresh = view.heights.top(first_fresh(view.items, timeline))
        # Who reads far above a gap does not have all of it fetched for that, unless there is nothing more to read.
        sought = not timeline.missing or view.top < page or fresh - page <= view.top
        return sought and view.top < fresh + page

    def below(self) -> int:
        """Return how many messages are below the window, or cut off by its end."""
        rows = self._readable_rows()
        if not rows:
            return 0
        index, line = rows[-1]
        cut = line < self.view.heights[index] - 1
        shown = self.view.items[index : index + 1] if not cut else []
        waiting = sum(isinstance(item, UnsentItem) for item in self.view.items[max(index + len(shown), self._tail) :])
        if index >= self._tail:
            return waiting
        return count_newer(self.conversation.timeline, self._last_seq(index - cut)) + waiting

    @property
    def gap_below(self) -> bool:
        """Whether messages are missing below the window."""
        rows, timeline = self._readable_rows(), self.conversation.timeline
        if not rows or timeline.stale is None or not timeline.missing:
            return False
        return self._last_seq(rows[-1][0]) <= timeline.stale.up_to

    def _last_seq(self, index: int) -> int:
        """Return the seq of the last message up to an item, 0: none."""
        return next((seq for at in range(index, -1, -1) if (seq := seq_of(self.view.items[at]))), 0)

    def last_visible(self) -> int:
        """Return the seq of the newest message whose last line is in the window; 0: none."""
        for index, line in reversed(self._readable_rows()):
            seq = seq_of(self.view.items[index])
            if seq and line == self.view.heights[index] - 1:
                return seq
        return 0

    def _readable_rows(self) -> list[tuple[int, int]]:
        rows = list(self.view.visible())
        # Unless it is at the end, the last lines of the window are covered: how much is below, and the newest ones.
        return rows if self.view.follow else rows[: self.view.readable]

    def open_at(self, place: Place | None) -> None:
        """Put the window where somebody read before; else at the first unread message if that is out of sight."""
        view = self.view
        if place is not None and view.go_to(place):
            view.settle()
            return
        view.go_to_end()
        if view.rows <= 0:
            return
        for index in range(len(view.items) - 1, -1, -1):
            if isinstance(view.items[index], GapItem):
                return  # the first unread one is not here
            if isinstance(view.items[index], UnreadItem):
                if view.heights.top(index) < view.top:
                    view.go_below(index, min(_CONTEXT, view.rows - 1))
                return

    # --- building

    def _rebuild(self) -> None:
        self._divide()
        items = everything(self.conversation, self._setting, self._hints)
        self._tail, self._known = len(items), self.conversation.timeline.count
        self.view.replace([*items, *self._made_tail(last_message(items))])

    def _rebuild_in_place(self) -> None:
        place, empty = self.view.place(), last_message(self.view.items) is None
        self._rebuild()
        if place is not None:
            # What was read may have been forgotten to save room: then the oldest that is left is nearest.
            if not self.view.go_to(place):
                self.view.go_below(0, 0)
            return
        if empty:
            self.open_at(None)

    def _grown(self, old: Timeline, new: Timeline) -> bool:
        """Put what came at either end to the items; False: something else happened."""
        if not old.count:
            return False
        older, newer = older_than(new, old.first_seq), newer_than(new, old.last_seq)
        if self._known + len(older) + len(newer) != new.count:
            return False
        if older or new.at_start != old.at_start:
            self._prepend(older, old.first_seq)
        elif new.stale is not old.stale:
            return False
        if newer:
            self._append(newer)
        self._known = new.count
        return True

    def _prepend(self, messages: Sequence[Message], known: int) -> None:
        """Put messages in front of the first known one, which may now continue the line of another.

        What is stale and not in front of the new ones goes; so does the gap, if it is closed.
        """
        items, conversation = self.view.items, self.conversation
        first = first_behind(items, known - 1)
        item = items[first]
        assert isinstance(item, MessageItem)
        self._divide()
        start, new, after, stale = 0, beginning(conversation, self._hints), None, conversation.timeline.stale
        if stale is not None:
            start, new = first_behind(items, stale.last_seq - 1) + 1, []
            after = last_message(items[start - 1 : start])
        new += continued(conversation, self._setting, after, [*messages, item.message])
        self.view.splice(start, first + 1, new, hold_below=self._comes_from_below(first))
        self._tail += len(new) - (first + 1 - start)

    def _comes_from_below(self, index: int) -> bool:
        """Whether somebody is reading upwards, and has just come to the item: what was read then stays in view."""
        return self.view.rising and 0 <= self.view.heights.top(index) - self.view.top < self.view.rows // 2

    def _show_loading(self) -> None:
        """Say at the place where they will appear whether older messages are on their way."""
        timeline, items = self.conversation.timeline, self.view.items
        if timeline.missing:
            before = range(first_fresh(items, timeline) - 1, -1, -1)
            self.view.redraw(next(at for at in before if isinstance(items[at], GapItem)), gap_of(self.conversation))
        elif timeline.stale is None and not timeline.at_start:
            self.view.redraw(0, OlderItem(self.conversation.loading))

    def _append(self, messages: Sequence[Message]) -> None:
        last = last_message(self.view.items)
        run = build(messages, self._setting, self.conversation.notices, after=last)
        tail = self._made_tail(last_message(run))
        self.view.splice(self._tail, len(self.view.items), [*run, *tail])
        self._tail += len(run)

    def _redraw(self, changed: Collection[int]) -> None:
        """Put messages that were edited or deleted in the place of what they were."""
        for index in range(self._tail):
            item = self.view.items[index]
            if isinstance(item, MessageItem) and (seq := item.message.seq) in changed:
                message = self._find(seq)
                if message is not None and message is not item.message:
                    self.view.splice(index, index + 1, [self._setting.item(message, item.head, item.since)])

    def _find(self, seq: int) -> Message | None:
        timeline = self.conversation.timeline
        return timeline.find(seq) or (timeline.stale.find(seq) if timeline.stale is not None else None)

    def _put_tail(self) -> None:
        last = last_message(self.view.items)
        self.view.splice(self._tail, len(self.view.items), self._made_tail(last))

    def _made_tail(self, last: MessageItem | None) -> list[Item]:
        conversation, timeline = self.conversation, self.conversation.timeline
        behind = timeline.known_from - 1 if timeline.missing and not timeline.count else 0
        return build_tail(self._setting, conversation.notices, conversation.unsent, self.fresh, last, behind_gap=behind)

    def _divide(self) -> None:
        divider = divider_of(self.conversation.timeline, self._read, self._unread, self._setting, self._now_ms)
        self._setting = replace_fields(self._setting, divider=divider)

    def _notices_differ(self, old: Sequence[Notice], new: Sequence[Notice]) -> bool:
        """Whether there is another notice in front of a known message: rare, notices come at the end."""
        if new is old:
            return False
        item = last_message(self.view.items)
        seq = item.message.seq if item is not None else 0
        return last_notice_before(old, seq) != last_notice_before(new, seq)
