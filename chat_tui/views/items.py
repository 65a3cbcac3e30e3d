"""What stands in a timeline, from top to bottom: messages and the lines between them. Pure, frozen.

An item's `identity` stays when it is drawn in another way; its `look` differs whenever it has to be drawn anew.
Tens of thousands of them may be held; the garbage collector is spared them, for they can be in no cycle.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from chat_core.client.state.model import Notice, Unsent
from chat_core.protocol.values import ConversationKind, Message

if TYPE_CHECKING:
    from chat_tui.views.previews import Preview


class Item(msgspec.Struct, frozen=True, gc=False):
    """Root of all items."""

    @property
    def identity(self) -> Hashable:
        """Tell the item from all others of its timeline."""
        raise NotImplementedError

    @property
    def look(self) -> Hashable:
        """Tell what is drawn from everything else that was ever drawn in this timeline."""
        raise NotImplementedError


class Quoted(Struct, frozen=True):
    """What a message answers, as much as is shown of it."""

    account: int
    """Who wrote that; 0: not known here."""
    name: str
    """Their name."""
    text: str
    """How it begins; empty: it is not known here, or was deleted."""


class MessageItem(Item, frozen=True, gc=False):
    """A message that has its place in the log."""

    message: Message
    """It."""
    head: bool
    """Whether time and name are shown: it is not just the next line of the one before."""
    since: int
    """When the run of lines it belongs to began, milliseconds since 1970."""
    quoted: Quoted | None = None
    """What it answers; None: nothing."""
    revealed: bool = False
    """Whether what is hidden in it is shown."""
    preview: Preview | None = None
    """What is shown of its file; None: nothing, or not yet."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return self.message.seq

    @property
    def look(self) -> Hashable:
        """See Item."""
        return self.message.seq, self.message.changed, self.head, self.quoted, self.revealed, self.preview


class UnsentItem(Item, frozen=True, gc=False):
    """A message of one's own that is not acknowledged."""

    unsent: Unsent
    """It."""
    head: bool
    """As with a message."""
    fresh: bool
    """Whether it was handed over a moment ago: too early to speak of sending."""
    quoted: Quoted | None = None
    """As with a message."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return self.unsent.cid

    @property
    def look(self) -> Hashable:
        """See Item."""
        return self.unsent.cid, self.unsent.status, self.unsent.text, self.head, self.fresh, self.quoted


class DayItem(Item, frozen=True, gc=False):
    """A new day begins."""

    day: date
    """Which."""
    before: int
    """seq of the message it stands before, 0 at the end: a clock set back can begin the same day twice."""
    year: int
    """The year that goes without saying."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return "day", self.day, self.before

    look = identity


class UnreadItem(Item, frozen=True, gc=False):
    """Behind it stands what was new when the conversation was opened."""

    count: int
    """How many messages."""
    since: str
    """Since when, in words; may be empty."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return "unread"

    @property
    def look(self) -> Hashable:
        """See Item."""
        return "unread", self.count, self.since


class NoticeItem(Item, frozen=True, gc=False):
    """What happened between two messages, in one line."""

    notices: tuple[Notice, ...]
    """Of kinds that can be told together; never empty."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return "notice", self.notices[0].after, self.notices[0].ts, self.notices[0].kind

    @property
    def look(self) -> Hashable:
        """See Item."""
        return "notice", self.notices


class OlderItem(Item, frozen=True, gc=False):
    """Older messages exist that are not here yet."""

    loading: bool
    """Whether they are on their way."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return "older"

    @property
    def look(self) -> Hashable:
        """See Item."""
        return "older", self.loading


class GapItem(Item, frozen=True, gc=False):
    """Messages are missing between an older part and the newer one."""

    missing: int
    """How many there are at most."""
    loading: bool
    """Whether some of them are on their way."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return "gap"

    @property
    def look(self) -> Hashable:
        """See Item."""
        return "gap", self.missing, self.loading


class WelcomeItem(Item, frozen=True, gc=False):
    """The very beginning of a conversation."""

    kind: ConversationKind
    """What it is."""
    target: str
    """Its name, spelled as a TARGET; of a group, the names of the others."""
    hints: tuple[str, ...]
    """What one can do, a few words each."""

    @property
    def identity(self) -> Hashable:
        """See Item."""
        return "welcome"

    @property
    def look(self) -> Hashable:
        """See Item."""
        return "welcome", self.kind, self.target, self.hints


def seq_of(item: Item) -> int:
    """Return the seq of a message, 0 for anything else."""
    return item.message.seq if isinstance(item, MessageItem) else 0


def first_behind(items: Sequence[Item], seq: int) -> int:
    """Return the index of the first message behind `seq`, or of the end."""
    return next((index for index, item in enumerate(items) if seq_of(item) > seq), len(items))


def last_message(items: Sequence[Item]) -> MessageItem | None:
    """Return the last item that is a message, if there is one."""
    for item in reversed(items):
        if isinstance(item, MessageItem):
            return item
    return None
