"""P4 of clients: each goes on by exactly one from where it was placed, and ends at the head of the last log."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.check.history import Delivered, Placed, Settled
from chat_core.check.truth import Dump
from chat_core.check.verdict.case import Case, Life, Place
from chat_core.check.verdict.folds import difference, is_fold, log_of
from chat_core.check.verdict.words import where


def go_on(case: Case, record: Delivered) -> None:
    """P4: by exactly one from where it was placed."""
    place = case.life(record.who).places.get(record.conversation)
    if place is None:
        case.found(
            "P4",
            "out of nowhere",
            f"{record.who} was handed {where(record)} at {record.at:.3f} s of a conversation that it does not follow.",
            record,
        )
        case.life(record.who).places[record.conversation] = place = Place(_placed_at(record))
    elif record.epoch != place.epoch:
        case.found(
            "P4",
            "another store unsaid",
            f"{record.who} was handed {where(record)} at {record.at:.3f} s from another epoch, without a reset.",
            place.last,
            record,
        )
    elif record.seq != place.seq + 1:
        again = record.seq <= place.seq
        case.found(
            "P4",
            "handed over again" if again else "hole",
            f"{record.who} was handed {where(record)} at {record.at:.3f} s behind "
            f"{record.conversation}:{place.seq}"
            + (", a second time or out of order." if again else f": {_skipped(place.seq, record)} never came."),
            place.last,
            record,
        )
        if again:
            return
    place.epoch, place.seq, place.last = record.epoch, record.seq, record


def judge_ends(case: Case) -> None:
    """P4: at the end everybody is at the head, and shows what the log makes."""
    final, epoch = case.truth.final(), case.truth.last
    for life in case.lives.values():
        if life.started is None or (life.ended and not life.settled):
            continue
        for conversation in life.places.keys() - life.settled.keys():
            place = life.places[conversation]
            case.found(
                "P4",
                "never settled",
                f"{life.who} follows conversation {conversation}, but did not say at the end what it shows of it.",
                place.last,
            )
        for conversation, settled in life.settled.items():
            _judge_end(case, life, final, epoch, conversation, settled)


def _judge_end(case: Case, life: Life, final: Dump, epoch: str, conversation: int, settled: Settled) -> None:
    head = final.head(conversation)
    place = life.places.get(conversation)
    if settled.epoch != epoch or settled.seq != head:
        address = f"{conversation}:{settled.seq}"
        case.found(
            "P4",
            "not at the end",
            f"{life.who} ended at {address} of epoch {settled.epoch}, but the log of {epoch} goes on to "
            f"{conversation}:{head}.",
            *([place.last] if place else []),
            replace(settled, messages=()),
            *([final.at[conversation, settled.seq + 1]] if (conversation, settled.seq + 1) in final.at else []),
        )
        return
    if place is not None and place.seq != settled.seq:
        case.found(
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
        case.found(
            "P4",
            "other messages",
            f"{life.who} shows {len(shown)} messages of conversation {conversation} at the end where the log has "
            f"{len(wanted)}: {odd} is wrong.",
            replace(settled, messages=()),
            *log_of([final], conversation, wrong[0] if wrong else 0),
        )
    for message in settled.messages:
        if (conversation, message.seq) in final.at and not is_fold(case, final, conversation, message, None):
            case.found(
                "P4",
                "state is not the fold",
                f"{life.who} shows {conversation}:{message.seq} at the end other than the log makes it"
                f"{difference(case, [final], conversation, message, None)}.",
                replace(settled, messages=(message,)),
                *log_of([final], conversation, message.seq),
            )


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
