"""What the library told its application, as records: a client's batches of changes in, what P4 speaks of out. Pure.

It sees no more than an application does: the batches and their states. Where a conversation begins is told by its
`head` in the list, where it goes on after a reset by the notice of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from chat_core.check.history import Delivered, Left, PageRead, Placed, Record, Settled, Snapshot
from chat_core.client.state import changes
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.events import ConversationEvent, MessageEdited, MessageEvent, MessagePosted, TopicChanged
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.values import Message

SETTLED_MESSAGES = 1000
"""Newest messages of a conversation that are compared at the end."""


class Recorder:
    """Turns one life of a client into records.

    Args:
        who: the client.
    """

    def __init__(self, who: str) -> None:
        self.state = ClientState()
        """As of the last batch."""
        self.deliveries = 0
        self.resets = 0
        self._who = who
        self._following: set[int] = set()

    def take(self, batch: Batch, at: float) -> list[Record]:
        """Return what a batch says.

        Args:
            batch: the next one.
            at: now, in seconds.
        """
        self.state = batch.state
        records = list(self._begun(batch, at))
        for index, change in enumerate(batch.changes):
            match change:
                case changes.ListChanged():
                    records += self._listed(change, batch, index, at)
                case changes.TimelineReset() if change.reason and change.conversation in self._following:
                    if (known := batch.state.conversations.get(change.conversation)) is not None:
                        self.resets += 1
                        behind = _reset_at(known, batch, index, change.reason)
                        records.append(self._placed(known, behind, change.reason, at))
                case changes.Delivered(event=ConversationEvent() as event):
                    self.deliveries += 1
                    records.append(delivered(self._who, batch.state.epoch, event, at))
                case _:
                    pass
        return records

    def settled(self, at: float) -> list[Record]:
        """Return what the state shows of each conversation it follows."""
        return [
            Settled(
                at=at,
                who=self._who,
                epoch=self.state.epoch,
                conversation=known.id,
                seq=known.position.seq,
                messages=tuple(map(snapshot, _newest(known))),
                unsent=tuple(unsent.cid for unsent in known.unsent if unsent.status != "failed"),
            )
            for known in self.state.conversations.values()
            if known.id in self._following
        ]

    def _begun(self, batch: Batch, at: float) -> Iterator[Record]:
        """Yield the beginnings of what is followed since this batch."""
        for known in batch.state.conversations.values():
            if known.id not in self._following and not known.remembered:
                self._following.add(known.id)
                yield self._placed(known, _began_at(known, batch), "began", at)

    def _listed(self, change: changes.ListChanged, batch: Batch, index: int, at: float) -> Iterator[Record]:
        for number in change.removed:
            if number not in self._following:
                continue
            if (known := batch.state.conversations.get(number)) is None:
                self._following.discard(number)
                yield Left(at=at, who=self._who, conversation=number)
            else:
                yield Left(at=at, who=self._who, conversation=number)
                yield self._placed(known, _began_at(known, batch, index), "began", at)

    def _placed(self, known: ConversationState, seq: int, reason: str, at: float) -> Placed:
        return Placed(at=at, who=self._who, conversation=known.id, seq=seq, epoch=self.state.epoch, reason=reason)


def delivered(who: str, epoch: str, event: ConversationEvent, at: float) -> Delivered:
    """Return the record of an event that was handed over."""
    body, target, cid = "", 0, b""
    match event:
        case MessagePosted():
            body, cid = event.body, event.cid
        case MessageEdited():
            body, target = event.body, event.message
        case _ if isinstance(event, MessageEvent):
            target = event.message
        case TopicChanged():
            body = event.topic
        case _:
            pass
    return Delivered(
        at=at,
        who=who,
        epoch=epoch,
        conversation=event.conversation,
        seq=event.seq,
        eid=event.eid,
        kind=str(event.__struct_config__.tag),
        author=event.author,
        cid=cid,
        body=body,
        target=target,
    )


def page_read(who: str, epoch: str, page: Page, at: float) -> PageRead:
    """Return the record of a page."""
    return PageRead(
        at=at,
        who=who,
        epoch=epoch,
        conversation=page.conversation,
        messages=tuple(map(snapshot, page.messages)),
        at_start=page.at_start,
        at_end=page.at_end,
        head=page.head,
    )


def snapshot(message: Message) -> Snapshot:
    """Return a message as the verdict compares it."""
    return Snapshot(
        seq=message.seq,
        changed=message.changed,
        author=message.author,
        body=message.body,
        edits=message.edits,
        deleted=message.deleted,
    )


def _newest(known: ConversationState) -> Sequence[Message]:
    count = known.timeline.count
    return list(islice(known.timeline, max(0, count - SETTLED_MESSAGES), None))


def _first_after(number: int, batch: Batch, index: int) -> int | None:
    """Return the seq of the first event of a conversation that a batch brings behind one of its changes."""
    for change in batch.changes[index:]:
        if (
            isinstance(change, changes.Delivered)
            and isinstance(change.event, ConversationEvent)
            and change.event.conversation == number
        ):
            return change.event.seq
    return None


def _began_at(known: ConversationState, batch: Batch, index: int = 0) -> int:
    """Return where a conversation began: its head when it came into the list, which may have been refreshed since."""
    first = _first_after(known.id, batch, index)
    return known.position.seq if first is None else min(known.info.head, first - 1)


def _reset_at(known: ConversationState, batch: Batch, index: int, reason: str) -> int:
    """Return where a conversation goes on: behind the line that tells of the reset.

    A gap in the same log has no such line; it ends at the head of the resume that found one too far behind.
    """
    resets = [notice.after for notice in known.notices if notice.kind == "reset"]
    return resets[-1] if resets and reason != "far_behind" else _began_at(known, batch, index)
