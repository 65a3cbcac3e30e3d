"""Takes down the records that need no judgement of their own yet."""

from __future__ import annotations

from typing import Final

from chat_core.check.history import (
    Acked,
    Amended,
    Answered,
    Called,
    Discarded,
    Ended,
    Failed,
    Fault,
    Left,
    Placed,
    Posted,
    Posting,
    Settled,
    Started,
)
from chat_core.check.verdict.case import Case, Place

REWIND: Final = "rewind"
"""The fault that copies a database back by hand: the epoch stays, the log is shorter."""


def on_started(case: Case, record: Started) -> None:
    """Begin a life of a client."""
    life = case.life(record.who)
    life.number += 1
    life.started, life.ended, life.durable = record, False, record.durable
    life.account = record.account or life.account
    life.places.clear()
    life.settled.clear()


def on_ended(case: Case, record: Ended) -> None:
    """End a life in order."""
    case.life(record.who).ended = True


def on_posting(case: Case, record: Posting) -> None:
    """Note that a client is about to post."""
    life = case.life(record.who)
    life.order[record.conversation].setdefault(record.cid, life.number)
    case.wished.setdefault(record.cid, record)


def on_posted(case: Case, record: Posted) -> None:
    """Note that the library took a post, for the first time or again."""
    life = case.life(record.who)
    order = life.order[record.conversation]
    if record.again:
        order.pop(record.cid, None)
        case.fates.pop(record.cid, None)
    else:
        case.counted["sends"] += 1
    order.setdefault(record.cid, life.number)
    case.wished[record.cid] = record
    case.taken.add(record.cid)


def on_acked(case: Case, record: Acked) -> None:
    """Note that a client was told that a message is stored."""
    case.counted["acks"] += 1
    case.acked_ever.add(record.cid)
    first = case.acked.setdefault((record.epoch, record.cid), record)
    if (first.conversation, first.seq) != (record.conversation, record.seq):
        case.acked_otherwise.append((first, record))


def on_called(case: Case, record: Called) -> None:
    """Count a call: what it has done is judged by what everybody saw of it."""
    case.counted["calls"] += 1


def on_answered(case: Case, record: Answered) -> None:
    """Leave an answer to those who read the history."""


def on_amended(case: Case, record: Amended) -> None:
    """Note that a client was told that an edit or a deletion is stored."""
    case.amended.append(record)


def on_fate(case: Case, record: Failed | Discarded) -> None:
    """Note why a message need not be stored."""
    case.fates[record.cid] = record


def on_placed(case: Case, record: Placed) -> None:
    """Note from where the deliveries of a conversation go on."""
    if record.reason != "began":
        case.resets[record.reason] += 1
    case.life(record.who).places[record.conversation] = Place(record)


def on_left(case: Case, record: Left) -> None:
    """Note that a conversation is followed no more."""
    case.life(record.who).places.pop(record.conversation, None)


def on_settled(case: Case, record: Settled) -> None:
    """Note what a client says at the end that it shows."""
    case.life(record.who).settled[record.conversation] = record


def on_fault(case: Case, record: Fault) -> None:
    """Note what was broken on purpose."""
    case.faults[record.kind] += 1
    if record.kind == REWIND:
        case.truth.rewound()
