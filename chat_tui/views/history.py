"""A conversation's state in a view: opens it, and follows its changes as cheaply as each of them allows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo
from typing import Final

from rich.cells import cell_len

from chat_core.client.state.model import ConversationState, Notice, Timeline
from chat_core.protocol.values import Message
from chat_tui.views.building import Divider, Setting, build, build_tail
from chat_tui.views.items import Item, MessageItem, OlderItem, UnreadItem, UnsentItem, WelcomeItem, last_message, seq_of
from chat_tui.views.names import shown_name
from chat_tui.views.pages import count_newer, last_notice_before, last_up_to, newer_than, older_than
from chat_tui.views.timeline import Place, View
from chat_tui.views.when import local, since

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
        hints: tuple[str, ...] = (),
    ) -> None:
        """Open a conversation; the line above its unread messages stays where it is now.

        Args:
            conversation: its state.
            me: own account.
            zone: time zone for days; None: the computer's own.
            now_ms: wall clock, milliseconds since 1970.
            hints: words for the beginning of the conversation.
        """
        self.conversation = conversation
        self.view = View()
        self.fresh: frozenset[bytes] = frozenset()
        """cids that were handed over only just now."""
        self._hints = hints
        self._read = conversation.read
        self._unread = conversation.unread
        self._now_ms = now_ms
        self._setting = Setting(me, zone, local(now_ms, zone).year)
        self._tail = 0
        """Index of the first item behind the last message."""
        self._known = 0
        """Messages among the items."""
        self._rebuild()

    # --- following

    def update(self, conversation: ConversationState, *, reset: bool = False, changed: Collection[int] = ()) -> None:
        """Show a newer state of the conversation; the window is to be settled afterwards.

        Args:
            conversation: the newer state.
            reset: its timeline was replaced.
            changed: seqs of messages that were edited or deleted.
        """
        old, self.conversation = self.conversation, conversation
        timeline = conversation.timeline
        if reset or len(changed) > _FEW or self._notices_differ(old.notices, conversation.notices):
            self._rebuild_in_place()
            return
        if timeline is not old.timeline and not self._grown(old.timeline, timeline):
            self._rebuild_in_place()
            return
        if changed:
            self._redraw(changed)
        if conversation.loading != old.loading and not timeline.at_start:
            self.view.redraw(0, OlderItem(conversation.loading))
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

    # --- asking

    @property
    def longest_name(self) -> int:
        """Cells of the longest name among the newest messages."""
        names = {message.name for message in self.conversation.timeline.newest(_NAMED)}
        return max((cell_len(shown_name(name)) for name in names), default=0)

    @property
    def wants_older(self) -> bool:
        """Whether the window is so near the beginning that older messages should be fetched."""
        conversation = self.conversation
        near = self.view.top < max(1, self.view.rows)
        return near and not conversation.timeline.at_start and not conversation.loading

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
        seen = next((seq for at in range(index - cut, -1, -1) if (seq := seq_of(self.view.items[at]))), 0)
        return count_newer(self.conversation.timeline, seen) + waiting

    def last_visible(self) -> int:
        """Return the seq of the newest message whose last line is in the window; 0: none."""
        for index, line in reversed(self._readable_rows()):
            seq = seq_of(self.view.items[index])
            if seq and line == self.view.heights[index] - 1:
                return seq
        return 0

    def _readable_rows(self) -> list[tuple[int, int]]:
        rows = list(self.view.visible())
        # Unless it is at the end, the last line of the window is covered by the one that says how much is below.
        return rows if self.view.follow else rows[: max(0, self.view.rows - 1)]

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
            if isinstance(view.items[index], UnreadItem):
                if view.heights.top(index) < view.top:
                    view.go_below(index, min(_CONTEXT, view.rows - 1))
                return

    # --- building

    def _rebuild(self) -> None:
        timeline = self.conversation.timeline
        self._setting = self._setting._replace(divider=self._divider())
        body = build(timeline, self._setting, self.conversation.notices, from_start=timeline.at_start)
        items = [*self._head(), *body]
        self._tail, self._known = len(items), timeline.count
        self.view.replace([*items, *self._made_tail(last_message(items))])

    def _rebuild_in_place(self) -> None:
        place, empty = self.view.place(), self._known == 0
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
            self._prepend(older)
        if newer:
            self._append(newer)
        self._known = new.count
        return True

    def _prepend(self, messages: Sequence[Message]) -> None:
        """Put messages in front; the first known one may now continue the line of another."""
        items = self.view.items
        first = next(index for index, item in enumerate(items) if isinstance(item, MessageItem))
        item = items[first]
        assert isinstance(item, MessageItem)
        self._setting = self._setting._replace(divider=self._divider())
        run = build(
            [*messages, item.message],
            self._setting,
            self.conversation.notices,
            from_start=self.conversation.timeline.at_start,
        )
        new = [*self._head(), *run]
        self.view.splice(0, first + 1, new)
        self._tail += len(new) - first - 1

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
            if isinstance(item, MessageItem) and item.message.seq in changed:
                message = self.conversation.timeline.find(item.message.seq)
                if message is not None and message is not item.message:
                    self.view.splice(index, index + 1, [MessageItem(message, item.head, item.since)])

    def _put_tail(self) -> None:
        last = last_message(self.view.items)
        self.view.splice(self._tail, len(self.view.items), self._made_tail(last))

    def _made_tail(self, last: MessageItem | None) -> list[Item]:
        conversation = self.conversation
        return build_tail(self._setting, conversation.notices, conversation.unsent, self.fresh, last)

    def _head(self) -> list[Item]:
        conversation = self.conversation
        if conversation.timeline.at_start:
            return [WelcomeItem(conversation.info.kind, conversation.target, self._hints)]
        return [OlderItem(conversation.loading)]

    def _divider(self) -> Divider | None:
        if not self._unread:
            return None
        zone = self._setting.zone
        read = last_up_to(self.conversation.timeline, self._read)
        words = since(read.ts, self._now_ms, zone) if read is not None else ""
        return Divider(self._read, UnreadItem(self._unread, words))

    def _notices_differ(self, old: Sequence[Notice], new: Sequence[Notice]) -> bool:
        """Whether there is another notice in front of a known message: rare, notices come at the end."""
        if new is old:
            return False
        item = last_message(self.view.items)
        seq = item.message.seq if item is not None else 0
        return last_notice_before(old, seq) != last_notice_before(new, seq)
