"""Many changes told as few: what a batch says, in the order in which it first happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.client.state.changes import (
    Change,
    Delivered,
    LinkChanged,
    ListChanged,
    MessageChanged,
    MessagesAppended,
    MessagesPrepended,
    NoticeAdded,
    PutOut,
    SendGivenUp,
    ThreadChanged,
    TimelineReset,
)
from chat_core.protocol.events import ConversationEvent


def coalesce(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return changes that say the same together with the state after the last of them.

    Every `Delivered`, `NoticeAdded`, `PutOut` and `SendGivenUp` is kept, and so is every appended message, unless its
    timeline was replaced.
    """
    if len(changes) == 1:
        return tuple(changes)
    teller = _Teller()
    for change in changes:
        teller.add(change)
    return tuple(change for change in teller.told if change is not None)


class _Teller:
    """Goes once through the changes; `told` has a None where something became void."""

    def __init__(self) -> None:
        self.told: list[Change | None] = []
        self._at: dict[tuple[type[Change], object], int] = {}
        self._delivered: set[int] = set()
        """Conversations with events behind the `ListChanged` that further ones join."""

    def add(self, change: Change) -> None:
        """Add one change, or make an earlier one say it too."""
        match change:
            case Delivered(event=ConversationEvent(conversation=number)):
                self.told.append(change)
                self._delivered.add(number)
            case Delivered() | NoticeAdded() | SendGivenUp() | PutOut():
                self.told.append(change)
            case LinkChanged():
                self._once(change, None)
            case ListChanged():
                self._list(change)
            case TimelineReset():
                self._reset(change)
            case MessagesAppended() | MessagesPrepended():
                self._messages(change)
            case MessageChanged(conversation=number, seq=seq):
                if (TimelineReset, number) not in self._at:
                    self._once(change, (number, seq))
            case ThreadChanged(conversation=number, thread=seq):
                self._once(change, (number, seq))
            case _:
                self._once(change, getattr(change, "conversation", None))

    def _once(self, change: Change, key: object) -> None:
        if (type(change), key) not in self._at:
            self._put(change, key)

    def _put(self, change: Change, key: object) -> None:
        self._at[type(change), key] = len(self.told)
        self.told.append(change)

    def _list(self, change: ListChanged) -> None:
        index = self._at.get((ListChanged, None))
        earlier = None if index is None else self.told[index]
        # What was handed over before a conversation went must be told before it is gone.
        if not isinstance(earlier, ListChanged) or not self._delivered.isdisjoint(change.removed):
            self._put(change, None)
            self._delivered.clear()
            return
        # Came and went again, or the other way round: the later word counts, and a removal is told with an addition
        # when there are two conversations of one number behind it.
        added = _without(earlier.added, change.removed) + _missing(change.added, earlier.added)
        removed = earlier.removed + tuple(number for number in change.removed if number not in earlier.added)
        changed = _without(earlier.changed, change.removed) + change.changed
        assert index is not None, "there is an earlier one"
        self.told[index] = ListChanged(
            added=added,
            removed=tuple(dict.fromkeys(removed)),
            changed=tuple(dict.fromkeys(number for number in changed if number not in added)),
        )
        if not (added or removed or changed):
            self.told[index] = None
            del self._at[ListChanged, None]

    def _reset(self, change: TimelineReset) -> None:
        number = change.conversation
        for kind in (MessagesAppended, MessagesPrepended):
            index = self._at.pop((kind, number), None)
            if index is not None:
                self.told[index] = None
        self._forget_changed(number)
        index = self._at.get((TimelineReset, number))
        earlier = None if index is None else self.told[index]
        if index is None:
            self._put(change, number)
        elif change.jumped or (change.reason and not (isinstance(earlier, TimelineReset) and earlier.jumped)):
            self.told[index] = change  # neither the first page behind a jump nor another name hides its reason

    def _forget_changed(self, conversation: int) -> None:
        for at in list(self._at):
            change = self.told[self._at[at]]
            if isinstance(change, MessageChanged) and change.conversation == conversation:
                self.told[self._at.pop(at)] = None

    def _messages(self, change: MessagesAppended | MessagesPrepended) -> None:
        number = change.conversation
        if (TimelineReset, number) in self._at:
            return
        index = self._at.get((type(change), number))
        earlier = None if index is None else self.told[index]
        if index is None:
            self._put(change, number)
        elif isinstance(earlier, MessagesAppended) and isinstance(change, MessagesAppended):
            if earlier.live == change.live:
                messages = earlier.messages + change.messages
                self.told[index] = MessagesAppended(conversation=number, messages=messages, live=change.live)
            else:
                self._put(change, number)
        else:
            assert isinstance(earlier, MessagesPrepended) and isinstance(change, MessagesPrepended)
            self.told[index] = MessagesPrepended(conversation=number, count=earlier.count + change.count)


def _without(numbers: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number for number in numbers if number not in others)


def _missing(numbers: tuple[int, ...], there: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number for number in numbers if number not in there)
