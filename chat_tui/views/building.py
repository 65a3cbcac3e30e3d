"""Messages become items: where a day begins, where the unread ones do, which line belongs to the one before. Pure.

Works on runs, so that what came at either end is built by itself and put to the rest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, tzinfo
from typing import Final

from msgspec import Struct

from chat_core.client.state.model import Notice, Unsent
from chat_core.protocol.values import FileInfo, Message
from chat_tui.views.emphasis import masked
from chat_tui.views.items import DayItem, GapItem, Item, MessageItem, NoticeItem, Quoted, UnreadItem, UnsentItem
from chat_tui.views.previews import Preview
from chat_tui.views.programs import author_of
from chat_tui.views.when import day_span

GROUP_MS: Final = 5 * 60_000
"""How long a run of lines of one author goes on without time and name."""

QUOTED_CHARS: Final = 200
"""Characters of an answered message that are looked at; a line has no room for more."""

_TOLD_TOGETHER: Final = ("joined", "left", "went", "came", "renamed")


class Divider(Struct, frozen=True):
    """Where the unread messages began when the conversation was opened."""

    read: int
    """seq of the last one that was read."""
    item: UnreadItem
    """What is drawn there."""


class Setting(Struct, frozen=True):
    """What is the same for all items of a timeline."""

    me: int | None
    """Own account."""
    zone: tzinfo | None
    """Whose days; None: the computer's own."""
    year: int
    """The year that goes without saying."""
    divider: Divider | None = None
    """The line above what is unread."""
    find: Callable[[int], Message | None] = lambda _: None
    """Returns a message that another one answers, by its seq, if it is known here."""
    revealed: frozenset[int] = frozenset()
    """seqs of messages in which nothing is hidden any more."""
    preview: Callable[[FileInfo], Preview | None] = lambda _: None
    """Returns what is shown of a file, if that is known."""

    def item(self, message: Message, head: bool, since: int) -> MessageItem:
        """Return the item of a message; see there."""
        preview = None if message.file is None or message.deleted else self.preview(message.file)
        return MessageItem(message, head, since, self.quoted(message), message.seq in self.revealed, preview)

    def quoted(self, message: Message | Unsent) -> Quoted | None:
        """Return what a message answers, as it stands now."""
        answers = message.reply_to or (message.thread if message.in_channel else None)
        if answers is None or (isinstance(message, Message) and message.deleted):
            return None
        answered = self.find(answers)
        if answered is None:
            return Quoted(0, "", "")
        return Quoted(answered.author, author_of(answered), " ".join(masked(answered.body)[:QUOTED_CHARS].split()))


def build(
    messages: Iterable[Message],
    setting: Setting,
    notices: Sequence[Notice],
    *,
    after: MessageItem | None = None,
    from_start: bool = False,
    behind_gap: int = 0,
) -> list[Item]:
    """Return the items of consecutive messages.

    Args:
        messages: oldest first.
        setting: what they stand in.
        notices: all of the conversation, by `after`; those in front of one of the messages are taken.
        after: the message item in front of them, if there is one.
        from_start: nothing older than them exists.
        behind_gap: seq up to which a gap reaches that is between `after` and them; 0: there is none.
    """
    run = _Run(setting, after, from_start, behind_gap)
    at: int | None = None
    for message in messages:
        if at is None:
            at = _first_notice(notices, run.seq, message.seq)
        begin = at
        while at < len(notices) and notices[at].after < message.seq:
            at += 1
        if at > begin:
            run.tell(notices[begin:at], message.seq)
        run.say(message)
    return run.items


def build_gap(setting: Setting, notices: Sequence[Notice], after: MessageItem, behind: int, gap: GapItem) -> list[Item]:
    """Return what stands where messages are missing.

    Args:
        setting: what it stands in.
        notices: all of the conversation.
        after: the last message in front of it.
        behind: seq of the last event that is missing.
        gap: what is drawn there.
    """
    run = _Run(setting, after, from_start=False)
    first_missing = behind - gap.missing + 1
    run.tell(notices[_first_notice(notices, run.seq, 1) : _first_notice(notices, first_missing, 1)], behind)
    run.divide(behind + 1)
    run.items.append(gap)
    return run.items


def build_tail(
    setting: Setting,
    notices: Sequence[Notice],
    unsent: Sequence[Unsent],
    fresh: frozenset[bytes],
    after: MessageItem | None,
    *,
    behind_gap: int = 0,
) -> list[Item]:
    """Return what stands behind the last message: notices, then what is not acknowledged.

    Args:
        setting: what it stands in.
        notices: all of the conversation.
        unsent: own messages, in sending order.
        fresh: cids of those that were handed over only just now.
        after: the last message.
        behind_gap: seq up to which a gap reaches that is between it and them; 0: there is none.
    """
    run = _Run(setting, after, from_start=True, behind_gap=behind_gap)
    run.tell(notices[_first_notice(notices, run.seq, 1) :], 0)
    for waiting in unsent:
        run.wait(waiting, waiting.cid in fresh)
    return run.items


def _first_notice(notices: Sequence[Notice], seq: int, first: int) -> int:
    """Return the index of the first notice behind message `seq`; -1: whatever is in front of message `first`."""
    return bisect_left(notices, seq if seq >= 0 else first, key=lambda notice: notice.after)


class _Run:
    """Items in the making, and what has to be known of the one before the next."""

    def __init__(self, setting: Setting, after: MessageItem | None, from_start: bool, behind_gap: int = 0) -> None:
        self.items: list[Item] = []
        self.setting = setting
        self.seq = 0 if from_start else -1
        self.author = 0
        self.via = ""
        self.since = 0
        self.day: date | None = None
        self.begins = self.ends = 0
        if after is not None:
            self.seq = after.message.seq
            self.author = after.message.author if after.message.style == "text" else 0
            self.via = after.message.via
            self.since = after.since
            self.day, self.begins, self.ends = day_span(after.message.ts, setting.zone)
        if behind_gap:
            self.seq, self.author = behind_gap, 0

    def say(self, message: Message) -> None:
        """Add a message."""
        self._turn_day(message.ts, message.seq)
        self.divide(message.seq)
        if message.via != self.via:
            self.author, self.via = 0, message.via
        head = self._begins(message.author, message.ts) or message.style == "action" or message.reply_to is not None
        head = head or message.in_channel
        self.items.append(self.setting.item(message, head, self.since))
        self.seq = message.seq
        self.author = message.author if message.style == "text" else 0

    def divide(self, seq: int) -> None:
        """Add the line above what is unread, if what is in front of `seq` was read and what begins there was not."""
        divider = self.setting.divider
        if divider is not None and 0 <= self.seq <= divider.read < seq:
            self.items.append(divider.item)
            self.author = 0

    def wait(self, unsent: Unsent, fresh: bool) -> None:
        """Add a message that is not acknowledged."""
        self._turn_day(unsent.ts, 0)
        head = self._begins(self.setting.me or -1, unsent.ts) or unsent.style == "action" or unsent.reply_to is not None
        self.items.append(UnsentItem(unsent, head, fresh, self.setting.quoted(unsent)))
        self.author = (self.setting.me or -1) if unsent.style == "text" else 0

    def tell(self, notices: Sequence[Notice], before: int) -> None:
        """Add notices, with those of a kind that can be told together in one line."""
        for together in _together(notices):
            self._turn_day(together[0].ts, before)
            self.items.append(NoticeItem(together))
            self.author = 0

    def _begins(self, author: int, ts: int) -> bool:
        """Whether a line by `author` begins a new run; notes it if it does."""
        if author == self.author and 0 <= ts - self.since < GROUP_MS:
            return False
        self.since = ts
        return True

    def _turn_day(self, ts: int, before: int) -> None:
        if self.day is not None and self.begins <= ts < self.ends:
            return
        day, self.begins, self.ends = day_span(ts, self.setting.zone)
        if day != self.day:
            self.items.append(DayItem(day, before, self.setting.year))
            self.day = day
            self.author = 0


def _together(notices: Sequence[Notice]) -> Iterator[tuple[Notice, ...]]:
    run: list[Notice] = []
    for notice in notices:
        if run and not (notice.kind in _TOLD_TOGETHER and run[-1].kind in _TOLD_TOGETHER):
            yield tuple(run)
            run = []
        run.append(notice)
    if run:
        yield tuple(run)
