"""What the store says: the dumps of its epochs, folded. Pure; knows nothing of who saw what.

A store that was copied back by hand keeps its epoch but loses the end of its log: a `rewind` among the faults. Each of
its two lives has a dump of its own then, and what anybody saw must be in one of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from chat_core.check.history import Dumped, Snapshot, Stored

POSTED: Final = "message_posted"
EDITED: Final = "message_edited"
DELETED: Final = "message_deleted"
ADDED: Final = "members_added"

Body = Callable[[Stored], str | None]
"""Returns the body that an event had before a deletion emptied it; None: nobody saw it."""


class Dump:
    """One epoch's log as it was found in the database."""

    def __init__(self) -> None:
        self.done: Dumped | None = None
        """Its last record; None: the dump is not complete."""
        self.at: dict[tuple[int, int], Stored] = {}
        """Every event, by conversation and seq."""
        self.twice: list[tuple[Stored, Stored]] = []
        """Two events of one address."""
        self.by_cid: dict[bytes, Stored] = {}
        """Every message, by cid."""
        self.copies: list[tuple[Stored, Stored]] = []
        """Two messages of one cid and author."""
        self.messages: dict[int, list[int]] = defaultdict(list)
        """seqs of the messages of each conversation, in order once the dump is complete."""
        self.touched: dict[tuple[int, int], list[Stored]] = defaultdict(list)
        """What changed a message, or was said in its thread, in order once the dump is complete."""
        self.came: dict[int, list[int]] = defaultdict(list)
        """seqs at which somebody came into each group, and reads from there on."""

    def add(self, event: Stored) -> None:
        """Take an event."""
        address = (event.conversation, event.seq)
        if (there := self.at.get(address)) is not None:
            self.twice.append((there, event))
            return
        self.at[address] = event
        if event.kind == POSTED:
            self.messages[event.conversation].append(event.seq)
            if event.thread:
                self.touched[event.conversation, event.thread].append(event)
            if event.cid:
                first = self.by_cid.setdefault(event.cid, event)
                if first is not event and first.author == event.author:
                    self.copies.append((first, event))
        elif event.kind == ADDED:
            self.came[event.conversation].append(event.seq)
        elif event.target:
            self.touched[event.conversation, event.target].append(event)

    def complete(self, done: Dumped) -> None:
        """Take the end of the dump."""
        self.done = done
        for seqs in self.messages.values():
            seqs.sort()
        for events in self.touched.values():
            events.sort(key=lambda event: event.seq)

    def head(self, conversation: int) -> int:
        """Return the store's own counter of a conversation; 0: it knows none."""
        return 0 if self.done is None else self.done.heads.get(conversation, 0)

    def missing(self) -> Iterator[tuple[int, int]]:
        """Yield the addresses between 1 and a conversation's counter at which nothing stands, the first of each."""
        assert self.done is not None
        for conversation, head in sorted(self.done.heads.items()):
            for seq in range(1, head + 1):
                if (conversation, seq) not in self.at:
                    yield conversation, seq
                    break

    def beyond(self) -> Iterator[Stored]:
        """Yield the events behind their conversation's counter, the first of each; a deleted channel empties slowly."""
        told = set() if self.done is None else set(self.done.deleted)
        for (conversation, seq), event in self.at.items():
            if seq > self.head(conversation) and conversation not in told:
                told.add(conversation)
                yield event

    def between(self, conversation: int, first: int, last: int) -> list[int]:
        """Return the seqs of the messages from `first` to `last`, both included."""
        seqs = self.messages.get(conversation, [])
        return seqs[bisect_left(seqs, first) : bisect_right(seqs, last)]

    def deleted(self, conversation: int, seq: int) -> bool:
        """Return whether a message was deleted."""
        return any(event.kind == DELETED for event in self.touched.get((conversation, seq), ()))

    def emptied(self, event: Stored) -> bool:
        """Return whether a deletion may have taken an event's body away: a message's own, or an edit's."""
        return self.deleted(event.conversation, event.target or event.seq)

    def veiled(self, event: Stored) -> bool:
        """Return whether somebody came into the group between a message and its edit: they get it without its text."""
        came = self.came.get(event.conversation, ())
        return event.kind == EDITED and any(event.target < seq < event.seq for seq in came)

    def fold(self, conversation: int, seq: int, upto: int | None, body: Body) -> tuple[Snapshot, bool] | None:
        """Return a message as it stands after all events on it up to a seq, and whether its body is known.

        Args:
            conversation: where.
            seq: which message.
            upto: the last event that counts; None: all.
            body: tells a body that a later deletion took away.
        """
        post = self.at.get((conversation, seq))
        if post is None or post.kind != POSTED:
            return None
        last, changed, edits, deleted = post, post.seq, 0, False
        for event in self.touched.get((conversation, seq), ()):
            if upto is not None and event.seq > upto:
                break
            changed = event.seq
            if event.kind == EDITED:
                last, edits = event, edits + 1
            deleted = deleted or event.kind == DELETED
        if deleted:
            text: str | None = ""
        else:
            text = last.body or (body(last) if self.emptied(last) else "")
        folded = Snapshot(seq=seq, changed=changed, author=post.author, body=text or "", edits=edits, deleted=deleted)
        return folded, text is not None


class Truth:
    """All dumps of a history."""

    def __init__(self) -> None:
        self._open: dict[str, Dump] = {}
        self._lives: dict[str, list[Dump]] = defaultdict(list)
        self._rewound = False
        self.last: str = ""
        """The epoch of the last dump."""

    def stored(self, event: Stored) -> None:
        """Take an event of a dump."""
        dump = self._open.get(event.epoch)
        if dump is None:
            dump = self._open[event.epoch] = Dump()
        lives = self._lives.get(self.last)
        twin = lives[-1].at.get((event.conversation, event.seq)) if lives else None
        dump.add(event if twin is None else _sharing(event, twin))

    def dumped(self, done: Dumped) -> None:
        """Take the end of a dump: it replaces an earlier one of the same life of that epoch."""
        dump = self._open.pop(done.epoch, None) or Dump()
        dump.complete(done)
        lives = self._lives[done.epoch]
        if lives and not (self._rewound and done.epoch == self.last):
            lives[-1] = dump
        else:
            lives.append(dump)
        self._rewound = False
        self.last = done.epoch

    def rewound(self) -> None:
        """Note that the store was copied back by hand: the next dump does not replace the last one."""
        self._rewound = True

    def __contains__(self, epoch: str) -> bool:
        """Return whether there is a dump of an epoch."""
        return epoch in self._lives

    def lives(self, epoch: str) -> list[Dump]:
        """Return the dumps of an epoch: one, and one more for each time it was copied back."""
        return self._lives.get(epoch, [])

    def gone(self, epoch: str, conversation: int) -> bool:
        """Return whether a channel was deleted in an epoch: of what was said in it nothing is left to judge."""
        return any(dump.done is not None and conversation in dump.done.deleted for dump in self.lives(epoch))

    def final(self) -> Dump:
        """Return the dump that was taken at the end."""
        lives = self._lives.get(self.last)
        return lives[-1] if lives else Dump()

    def everything(self) -> Iterator[tuple[str, Dump]]:
        """Iterate over all dumps."""
        for epoch, lives in self._lives.items():
            for dump in lives:
                yield epoch, dump


def _sharing(event: Stored, twin: Stored) -> Stored:
    """Return an event that shares its parts with the same one of an earlier dump: most of a restored log is alike."""
    return replace(
        event,
        who=twin.who,
        kind=twin.kind if twin.kind == event.kind else event.kind,
        eid=twin.eid if twin.eid == event.eid else event.eid,
        cid=twin.cid if twin.cid == event.cid else event.cid,
        body=twin.body if twin.body == event.body else event.body,
    )
