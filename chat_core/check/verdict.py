"""Judges a history: do the five promises hold? Pure, and one pass: what everybody saw is compared as it comes by.

    for record in records: (`_Judge.take`)
        Posted, Acked, Failed ...   who wanted what, and was told what
        Placed, Delivered, Left     P4 at once: a conversation goes on by exactly one; the rest when the truth is known
        Stored, Dumped              the truth (`truth`)
    at the end: (`_Judge.verdict`)  everything seen, told and wanted is compared with the truth

One witness of each event is kept, not each delivery, so that memory grows with the log and not with the readers.
Within one `epoch` each; what a restored backup, or a database copied back by hand (`rewind`), lost is excused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from chat_core.base.text import clean_body
from chat_core.check.history import (
    Acked,
    Delivered,
    Discarded,
    Dumped,
    Ended,
    Failed,
    Fault,
    Left,
    PageRead,
    Placed,
    Posted,
    Posting,
    Record,
    Settled,
    Snapshot,
    Started,
    Stored,
    to_line,
)
from chat_core.check.truth import EDITED, POSTED, Dump, Truth

KEPT: Final = 20
"""Violations of one rule that are told; of more, only the number."""
REWIND: Final = "rewind"
"""The fault that copies a database back by hand: the epoch stays, the log is shorter."""

Promise = Literal["P1", "P2", "P3", "P4", "P5", "kept"]
"""`kept`: what the library took is stored, refused, or still in its outbox: nothing vanishes."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was broken."""

    promise: Promise
    """Which one."""
    rule: str
    """A word for how, the same for all of its kind."""
    text: str
    """One sentence: who, when, what, where."""
    records: tuple[Record, ...]
    """The few records that prove it."""

    def as_text(self) -> str:
        """Return the sentence, and the records as they stand in the file."""
        lines = [to_line(_brief(record)).decode().rstrip() for record in self.records]
        return "\n".join([f"{self.promise} {self.rule}: {self.text}", *(f"    {line}" for line in lines)])


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much was judged."""

    clients: int = 0
    lives: int = 0
    sends: int = 0
    acks: int = 0
    failed: int = 0
    unsent: int = 0
    """Still in an outbox at the end."""
    deliveries: int = 0
    pages: int = 0
    stored: int = 0
    """Events in the last dump."""
    epochs: int = 0
    resets: dict[str, int] = {}
    """By reason; without `began`."""
    faults: dict[str, int] = {}
    """By kind."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came out."""

    violations: tuple[Violation, ...]
    """The most telling first; of each rule only the first few."""
    broken: dict[str, int]
    """How often each rule was broken."""
    counts: Counts

    @property
    def sound(self) -> bool:
        """Whether all promises held."""
        return not self.violations

    def promises(self) -> tuple[str, ...]:
        """Return the promises that were broken, in order."""
        return tuple(sorted({violation.promise for violation in self.violations}))


def judge(records: Iterable[Record]) -> Verdict:
    """Return whether a history keeps the promises.

    Args:
        records: of all clients and of the checker; only the order within one `who` counts.
    """
    judge = _Judge()
    for record in records:
        judge.take(record)
    return judge.verdict()


class _Place:
    """Where the deliveries of one conversation to one client are."""

    __slots__ = ("began", "epoch", "last", "seq")

    def __init__(self, placed: Placed) -> None:
        self.epoch = placed.epoch
        self.seq = placed.seq
        self.began = placed.seq
        self.last: Record = placed


class _Life:
    """One client, through all its lives."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.account = 0
        self.number = 0
        self.durable = True
        self.started: Started | None = None
        self.ended = False
        self.places: dict[int, _Place] = {}
        self.order: dict[int, dict[bytes, int]] = defaultdict(dict)
        """Of each conversation, what was posted, in order, with the life in which it was."""
        self.settled: dict[int, Settled] = {}


class _Judge:
    """See the module's head."""

    def __init__(self) -> None:
        self._truth = Truth()
        self._lives: dict[str, _Life] = {}
        self._wished: dict[bytes, Posted | Posting] = {}
        self._taken: set[bytes] = set()
        self._fates: dict[bytes, Failed | Discarded] = {}
        self._acked: dict[tuple[str, bytes], Acked] = {}
        self._acked_ever: set[bytes] = set()
        self._acked_otherwise: list[tuple[Acked, Acked]] = []
        self._seen: dict[tuple[str, int, int, bytes], Delivered] = {}
        self._seen_empty: dict[tuple[str, int, int, bytes], Delivered] = {}
        self._shown: dict[tuple[str, int, Snapshot], PageRead] = {}
        self._pages: list[tuple[PageRead, int]] = []
        self._counted: Counter[str] = Counter()
        self._resets: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._violations: list[Violation] = []
        self._broken: Counter[str] = Counter()
        self._steps: dict[type[Record], Any] = {
            Started: self._on_started,
            Ended: self._on_ended,
            Posting: self._on_posting,
            Posted: self._on_posted,
            Acked: self._on_acked,
            Failed: self._on_fate,
            Discarded: self._on_fate,
            Placed: self._on_placed,
            Delivered: self._on_delivered,
            Left: self._on_left,
            PageRead: self._on_page,
            Settled: self._on_settled,
            Fault: self._on_fault,
            Stored: self._truth.stored,
            Dumped: self._truth.dumped,
        }

    def take(self, record: Record) -> None:
        """Take the next record."""
        self._steps[type(record)](record)

    def verdict(self) -> Verdict:
        """Compare everything with the truth."""
        for epoch, dump in self._truth.everything():
            self._judge_dump(epoch, dump)
        self._judge_acks()
        self._judge_seen()
        self._judge_pages()
        self._judge_ends()
        self._judge_kept()
        order: Sequence[Promise] = ("P1", "P2", "P3", "P4", "P5", "kept")
        self._violations.sort(key=lambda found: (order.index(found.promise), min(each.at for each in found.records)))
        return Verdict(violations=tuple(self._violations), broken=dict(self._broken), counts=self._count())

    # --- as the records come by ---------------------------------------------------------------------------------

    def _life(self, who: str) -> _Life:
        life = self._lives.get(who)
        if life is None:
            life = self._lives[who] = _Life(who)
        return life

    def _on_started(self, record: Started) -> None:
        life = self._life(record.who)
        life.number += 1
        life.started, life.ended, life.durable = record, False, record.durable
        life.account = record.account or life.account
        life.places.clear()
        life.settled.clear()

    def _on_ended(self, record: Ended) -> None:
        self._life(record.who).ended = True

    def _on_posting(self, record: Posting) -> None:
        life = self._life(record.who)
        life.order[record.conversation].setdefault(record.cid, life.number)
        self._wished.setdefault(record.cid, record)

    def _on_posted(self, record: Posted) -> None:
        life = self._life(record.who)
        order = life.order[record.conversation]
        if record.again:
            order.pop(record.cid, None)
            self._fates.pop(record.cid, None)
        else:
            self._counted["sends"] += 1
        order.setdefault(record.cid, life.number)
        self._wished[record.cid] = record
        self._taken.add(record.cid)

    def _on_acked(self, record: Acked) -> None:
        self._counted["acks"] += 1
        self._acked_ever.add(record.cid)
        first = self._acked.setdefault((record.epoch, record.cid), record)
        if (first.conversation, first.seq) != (record.conversation, record.seq):
            self._acked_otherwise.append((first, record))

    def _on_fate(self, record: Failed | Discarded) -> None:
        self._fates[record.cid] = record

    def _on_placed(self, record: Placed) -> None:
        if record.reason != "began":
            self._resets[record.reason] += 1
        self._life(record.who).places[record.conversation] = _Place(record)

    def _on_left(self, record: Left) -> None:
        self._life(record.who).places.pop(record.conversation, None)

    def _on_delivered(self, record: Delivered) -> None:
        # Who never started is no client but listens to a wire: its order counts, its end does not.
        self._counted["deliveries"] += self._life(record.who).started is not None
        self._go_on(record)
        key = (record.epoch, record.conversation, record.seq, record.eid)
        witness = self._seen.setdefault(key, record)
        if witness is record:
            return
        if record.body != witness.body:
            if not record.body:
                self._seen_empty.setdefault(key, record)
            elif not witness.body and witness.kind in (POSTED, EDITED):
                self._seen_empty.setdefault(key, witness)
                self._seen[key] = witness = record
        if _content(record) != _content(witness) and not (
            record.kind == witness.kind in (POSTED, EDITED)
            and not record.body
            and _content(record)[:-1] == _content(witness)[:-1]
        ):
            self._found(
                "P3",
                "two contents",
                f"{witness.who} and {record.who} were shown different things at {_where(record)}.",
                witness,
                record,
            )

    def _go_on(self, record: Delivered) -> None:
        """P4: by exactly one from where it was placed."""
        place = self._life(record.who).places.get(record.conversation)
        if place is None:
            self._found(
                "P4",
                "out of nowhere",
                f"{record.who} was handed {_where(record)} at {record.at:.3f} s of a conversation that it does not "
                "follow.",
                record,
            )
            self._life(record.who).places[record.conversation] = place = _Place(_placed_at(record))
        elif record.epoch != place.epoch:
            self._found(
                "P4",
                "another store unsaid",
                f"{record.who} was handed {_where(record)} at {record.at:.3f} s from another epoch, without a reset.",
                place.last,
                record,
            )
        elif record.seq != place.seq + 1:
            again = record.seq <= place.seq
            self._found(
                "P4",
                "handed over again" if again else "hole",
                f"{record.who} was handed {_where(record)} at {record.at:.3f} s behind "
                f"{record.conversation}:{place.seq}"
                + (", a second time or out of order." if again else f": {_skipped(place.seq, record)} never came."),
                place.last,
                record,
            )
            if again:
                return
        place.epoch, place.seq, place.last = record.epoch, record.seq, record

    def _on_page(self, record: PageRead) -> None:
        self._counted["pages"] += 1
        previous = 0
        for message in record.messages:
            if message.seq <= previous:
                self._found(
                    "P3",
                    "page out of order",
                    f"{record.who} read a page at {record.at:.3f} s in which "
                    f"{record.conversation}:{message.seq} stands behind {record.conversation}:{previous}.",
                    record,
                )
            previous = message.seq
            self._shown.setdefault((record.epoch, record.conversation, message), record)
        ends = record.messages[:1] + record.messages[1:][-1:]
        self._pages.append((replace(record, messages=ends), len(record.messages)))

    def _on_settled(self, record: Settled) -> None:
        self._life(record.who).settled[record.conversation] = record

    def _on_fault(self, record: Fault) -> None:
        self._faults[record.kind] += 1
        if record.kind == REWIND:
            self._truth.rewound()

    # --- against the truth --------------------------------------------------------------------------------------

    def _judge_dump(self, epoch: str, dump: Dump) -> None:
        """P2 and P3: what a log is, whoever looks at it."""
        assert dump.done is not None
        for first, second in dump.twice:
            self._found("P3", "address twice", f"Two events are stored at {_where(first)}.", first, second)
        for conversation, seq in dump.missing():
            self._found(
                "P3",
                "hole in the log",
                f"Nothing is stored at {conversation}:{seq}, though the log counts {dump.head(conversation)} events.",
                replace(dump.done, heads={conversation: dump.head(conversation)}),
            )
        for event in dump.beyond():
            self._found(
                "P3",
                "beyond the head",
                f"{_where(event)} is stored, though the log counts {dump.head(event.conversation)} events.",
                event,
            )
        for first, second in dump.copies:
            self._found(
                "P2",
                "stored twice",
                f"Message {_hex(first.cid)} is stored at {_where(first)} and at {_where(second)}"
                f"{self._posted_by(first.cid)}.",
                *self._post_of(first.cid),
                first,
                second,
            )
        for cid, event in dump.by_cid.items():
            self._judge_stored(event, self._wished.get(cid), dump)
        self._judge_order(dump)

    def _judge_stored(self, event: Stored, post: Posted | Posting | None, dump: Dump) -> None:
        """P1 and P2: a stored message is what somebody posted."""
        if post is None:
            self._found(
                "P2",
                "nobody posted it",
                f"Message {_hex(event.cid)} is stored at {_where(event)}; nobody posted it.",
                event,
            )
            return
        author = self._life(post.who).account
        if (
            event.conversation == post.conversation
            and event.author == (author or event.author)
            and (_same_body(post.body, event.body) or (not event.body and dump.emptied(event)))
        ):
            return
        self._found(
            "P1",
            "stored otherwise",
            f"{post.who} posted message {_hex(event.cid)} at {post.at:.3f} s, and something else is stored at "
            f"{_where(event)}: another conversation, author or text.",
            post,
            event,
        )

    def _judge_order(self, dump: Dump) -> None:
        """P5: posted order is stored order."""
        for life in self._lives.values():
            for order in life.order.values():
                before: Stored | None = None
                number = 0
                for cid, lived in order.items():
                    event = dump.by_cid.get(cid)
                    if event is None or cid in self._fates:
                        continue
                    if before is not None and event.seq < before.seq and (life.durable or lived == number):
                        self._found(
                            "P5",
                            "overtaken",
                            f"{life.who} posted {_hex(before.cid)} before {_hex(cid)}, but they are stored at "
                            f"{_where(before)} and {_where(event)}.",
                            self._wished[before.cid],
                            self._wished[cid],
                            before,
                            event,
                        )
                        continue
                    before, number = event, lived

    def _judge_acks(self) -> None:
        """P1 and P2: what was acknowledged is there, and only there."""
        for first, second in self._acked_otherwise:
            if len(self._truth.lives(first.epoch)) < 2:
                self._found(
                    "P2",
                    "two acknowledgements",
                    f"{second.who} was told that message {_hex(second.cid)} is stored at {_where(first)}, and at "
                    f"{second.at:.3f} s that it is stored at {_where(second)}.",
                    first,
                    second,
                )
        for (epoch, cid), ack in self._acked.items():
            lives = self._truth.lives(epoch)
            address = (ack.conversation, ack.seq)
            there = [dump.at[address] for dump in lives if address in dump.at]
            if any(event.cid == cid for event in there):
                if cid not in self._wished:
                    self._found(
                        "P2", "nobody posted it", f"{ack.who} was told of {_hex(cid)}, which nobody posted.", ack
                    )
                continue
            if not lives:
                what = f"of epoch {epoch} there is no dump"
            elif there:
                what = "something else stands there"
            elif elsewhere := [dump.by_cid[cid] for dump in lives if cid in dump.by_cid]:
                there = elsewhere
                what = f"it is stored at {_where(elsewhere[0])}"
            else:
                what = f"it is nowhere; the log counts {lives[-1].head(ack.conversation)} events"
            self._found(
                "P1",
                "acknowledged and lost",
                f"{ack.who} was told at {ack.at:.3f} s that message {_hex(cid)} is stored at {_where(ack)}, "
                f"but {what}.",
                *self._post_of(cid),
                ack,
                *there[:1],
            )

    def _judge_seen(self) -> None:
        """P2 and P3: what was delivered is what is stored, and everybody was shown the same."""
        once: dict[tuple[str, bytes, int], Delivered] = {}
        for key, seen in self._seen.items():
            epoch, conversation, seq, eid = key
            lives = self._truth.lives(epoch)
            there = [dump.at[conversation, seq] for dump in lives if (conversation, seq) in dump.at]
            same = next((event for event in there if event.eid == eid), None)
            if same is None:
                self._found(
                    "P3" if there else "P1",
                    "delivered otherwise" if there else "delivered and lost",
                    f"{seen.who} was handed {_where(seen)} at {seen.at:.3f} s, but "
                    + ("another event stands there." if there else "nothing is stored there."),
                    seen,
                    *there[:1],
                )
            else:
                self._judge_delivered(seen, same, self._seen_empty.get(key))
            if seen.cid:
                if seen.cid not in self._wished:
                    text = f"{seen.who} was handed {_where(seen)} at {seen.at:.3f} s, which nobody posted."
                    self._found("P2", "nobody posted it", text, seen)
                first = once.setdefault((epoch, seen.cid, seen.author), seen)
                if first is not seen and len(lives) < 2:
                    self._found(
                        "P2",
                        "delivered twice",
                        f"Message {_hex(seen.cid)} was handed over at {_where(first)} and at {_where(seen)}.",
                        first,
                        seen,
                    )

    def _judge_delivered(self, seen: Delivered, event: Stored, empty: Delivered | None) -> None:
        """P3: one event, as one was shown it and as it stands in the log."""
        taken = any(dump.emptied(event) for dump in self._truth.lives(event.epoch))
        bodies = seen.body == event.body or (taken and not event.body) or (taken and not seen.body)
        if not bodies or _content(seen)[:-1] != _content(event)[:-1]:
            self._found(
                "P3",
                "delivered otherwise",
                f"{seen.who} was handed {_where(seen)} at {seen.at:.3f} s with another content than it is stored with.",
                seen,
                event,
            )
        if empty is not None and not taken:
            self._found(
                "P3",
                "emptied",
                f"{empty.who} was handed {_where(empty)} at {empty.at:.3f} s without its text, "
                "though nobody deleted it.",
                empty,
                event,
            )

    def _judge_pages(self) -> None:
        """P3 and P4: pages are the fold of the log, without a hole."""
        as_of: dict[tuple[str, int, int, int], tuple[Snapshot, PageRead]] = {}
        for (epoch, conversation, message), page in self._shown.items():
            lives = self._truth.lives(epoch)
            if not any(self._as_folded(dump, conversation, message, message.changed) for dump in lives):
                self._found(
                    "P4",
                    "page is not the fold",
                    f"{page.who} read {conversation}:{message.seq} at {page.at:.3f} s other than the log makes it "
                    f"as of {message.changed}{self._fold_text(lives, conversation, message, message.changed)}.",
                    _only(page, message.seq),
                    *self._log_of(lives, conversation, message.seq),
                )
            same, other = as_of.setdefault((epoch, conversation, message.seq, message.changed), (message, page))
            if same != message and len(lives) < 2:
                self._found(
                    "P3",
                    "two pages",
                    f"{other.who} and {page.who} read {conversation}:{message.seq} as of {message.changed} "
                    "differently.",
                    _only(other, message.seq),
                    _only(page, message.seq),
                )
        for page, count in self._pages:
            lives = self._truth.lives(page.epoch)
            if not lives or (not page.messages and not page.at_start):
                continue
            first = page.messages[0].seq if page.messages else 0
            last = page.head if page.at_end and page.head else page.messages[-1].seq if page.messages else 0
            if not any(len(dump.between(page.conversation, first, last)) == count for dump in lives):
                wanted = lives[-1].between(page.conversation, first, last)
                self._found(
                    "P4",
                    "hole in a page",
                    f"{page.who} read {count} messages of {page.conversation}:{first} to {last} at {page.at:.3f} s, "
                    f"but {len(wanted)} are stored.",
                    page,
                )

    def _judge_ends(self) -> None:
        """P4: at the end everybody is at the head, and shows what the log makes."""
        final, epoch = self._truth.final(), self._truth.last
        for life in self._lives.values():
            if life.started is None or (life.ended and not life.settled):
                continue
            for conversation in life.places.keys() - life.settled.keys():
                place = life.places[conversation]
                self._found(
                    "P4",
                    "never settled",
                    f"{life.who} follows conversation {conversation}, but did not say at the end what it shows of it.",
                    place.last,
                )
            for conversation, settled in life.settled.items():
                self._judge_end(life, final, epoch, conversation, settled)

    def _judge_end(self, life: _Life, final: Dump, epoch: str, conversation: int, settled: Settled) -> None:
        head = final.head(conversation)
        place = life.places.get(conversation)
        if settled.epoch != epoch or settled.seq != head:
            where = f"{conversation}:{settled.seq}"
            self._found(
                "P4",
                "not at the end",
                f"{life.who} ended at {where} of epoch {settled.epoch}, but the log of {epoch} goes on to "
                f"{conversation}:{head}.",
                *([place.last] if place else []),
                replace(settled, messages=()),
                *([final.at[conversation, settled.seq + 1]] if (conversation, settled.seq + 1) in final.at else []),
            )
            return
        if place is not None and place.seq != settled.seq:
            self._found(
                "P4",
                "state without events",
                f"{life.who} says it is at {conversation}:{settled.seq}, but was handed nothing behind "
                f"{conversation}:{place.seq}.",
                place.last,
                replace(settled, messages=()),
            )
        shown = [message.seq for message in settled.messages]
        first = shown[0] if shown else (place.began + 1 if place else head + 1)
        wanted = final.between(conversation, first, head)
        if shown != wanted:
            wrong = sorted(set(shown) ^ set(wanted))
            odd = f"{conversation}:{wrong[0]}" if wrong else "their order"
            self._found(
                "P4",
                "other messages",
                f"{life.who} shows {len(shown)} messages of conversation {conversation} at the end where the log has "
                f"{len(wanted)}: {odd} is wrong.",
                replace(settled, messages=()),
                *self._log_of([final], conversation, wrong[0] if wrong else 0),
            )
        for message in settled.messages:
            if (conversation, message.seq) in final.at and not self._as_folded(final, conversation, message, None):
                self._found(
                    "P4",
                    "state is not the fold",
                    f"{life.who} shows {conversation}:{message.seq} at the end other than the log makes it"
                    f"{self._fold_text([final], conversation, message, None)}.",
                    replace(settled, messages=(message,)),
                    *self._log_of([final], conversation, message.seq),
                )

    def _judge_kept(self) -> None:
        """Nothing vanishes."""
        final = self._truth.final()
        unsent = {cid for life in self._lives.values() for each in life.settled.values() for cid in each.unsent}
        self._counted["unsent"] = len(unsent)
        old = {cid for _, dump in self._truth.everything() if dump is not final for cid in dump.by_cid}
        for life in self._lives.values():
            for order in life.order.values():
                for cid, number in order.items():
                    if cid not in self._taken or cid in final.by_cid or cid in self._acked_ever:
                        continue
                    if cid in self._fates or cid in unsent:
                        continue
                    later = number < life.number
                    # A later life may have heard before it crashed that an older store had it, and not have said so.
                    if later and (cid in old or not life.durable):
                        continue
                    if life.ended and number == life.number:
                        continue  # closed in order with something unsent, and not started again
                    post = self._wished[cid]
                    self._found(
                        "kept",
                        "vanished",
                        f"{life.who} posted message {_hex(cid)} at {post.at:.3f} s; it is neither stored, nor refused, "
                        "nor in the outbox.",
                        post,
                        *([life.started] if later and life.started else []),
                    )

    # --- how ----------------------------------------------------------------------------------------------------

    def _as_folded(self, dump: Dump, conversation: int, message: Snapshot, upto: int | None) -> bool:
        folded = dump.fold(conversation, message.seq, upto, self._lost_body)
        if folded is None:
            return False
        snapshot, known = folded
        return message == snapshot if known else message == replace(snapshot, body=message.body)

    def _fold_text(self, lives: Sequence[Dump], conversation: int, message: Snapshot, upto: int | None) -> str:
        """Return in words what is different."""
        folded = lives[-1].fold(conversation, message.seq, upto, self._lost_body) if lives else None
        if folded is None:
            return ", where it has no message"
        names = ("changed", "author", "edits", "deleted")
        for name in names:
            if getattr(message, name) != getattr(folded[0], name):
                return f": {name} is {getattr(message, name)} instead of {getattr(folded[0], name)}"
        return ": the text differs"

    def _lost_body(self, event: Stored) -> str | None:
        """Return the text that an event had before it was deleted, if anybody knows it."""
        if event.kind == POSTED and (post := self._wished.get(event.cid)) is not None:
            return clean_body(post.body)
        seen = self._seen.get((event.epoch, event.conversation, event.seq, event.eid))
        return seen.body or None if seen is not None else None

    @staticmethod
    def _log_of(lives: Sequence[Dump], conversation: int, seq: int) -> tuple[Stored, ...]:
        """Return what the log has about a message."""
        for dump in lives[-1:]:
            if (event := dump.at.get((conversation, seq))) is not None:
                return (event, *dump.touched.get((conversation, seq), ())[:4])
        return ()

    def _post_of(self, cid: bytes) -> tuple[Posted | Posting, ...]:
        post = self._wished.get(cid)
        return () if post is None else (post,)

    def _posted_by(self, cid: bytes) -> str:
        post = self._wished.get(cid)
        return "" if post is None else f"; {post.who} posted it once, at {post.at:.3f} s"

    def _found(self, promise: Promise, rule: str, text: str, *records: Record) -> None:
        name = f"{promise} {rule}"
        self._broken[name] += 1
        if self._broken[name] <= KEPT:
            self._violations.append(Violation(promise=promise, rule=rule, text=text, records=records))

    def _count(self) -> Counts:
        return Counts(
            clients=sum(life.started is not None for life in self._lives.values()),
            lives=sum(life.number for life in self._lives.values()),
            sends=self._counted["sends"],
            acks=self._counted["acks"],
            failed=len(self._fates),
            unsent=self._counted["unsent"],
            deliveries=self._counted["deliveries"],
            pages=self._counted["pages"],
            stored=len(self._truth.final().at),
            epochs=len({epoch for epoch, _ in self._truth.everything()}),
            resets=dict(self._resets),
            faults=dict(self._faults),
        )


def _content(event: Delivered | Stored) -> tuple[str, int, bytes, int, str]:
    return event.kind, event.author, event.cid, event.target, event.body


def _same_body(posted: str, stored: str) -> bool:
    return posted == stored or clean_body(posted) == stored


def _where(record: Acked | Delivered | Stored) -> str:
    return f"{record.conversation}:{record.seq}"


def _skipped(seq: int, record: Delivered) -> str:
    missing = record.seq - seq - 1
    return f"{record.conversation}:{seq + 1}" + (f" and {missing - 1} more" if missing > 1 else "")


def _placed_at(record: Delivered) -> Placed:
    return Placed(
        at=record.at,
        who=record.who,
        conversation=record.conversation,
        seq=record.seq,
        epoch=record.epoch,
        reason="began",
    )


def _only(page: PageRead, seq: int) -> PageRead:
    return replace(page, messages=tuple(message for message in page.messages if message.seq == seq))


def _hex(cid: bytes) -> str:
    return cid.hex()[-8:]


def _brief(record: Record) -> Record:
    """Return a record without what is too long to read."""
    if isinstance(record, Started) and len(record.kept) > 3:
        return replace(record, kept=record.kept[:3])
    return record
