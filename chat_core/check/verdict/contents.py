"""P3, and what of P1 and P2 is about deliveries: everybody was shown the same, and what is stored."""

from __future__ import annotations

from chat_core.check.history import Delivered, Stored
from chat_core.check.truth import EDITED, POSTED
from chat_core.check.verdict.case import Case
from chat_core.check.verdict.words import short, where


def compare(case: Case, record: Delivered) -> None:
    """Compare a delivery with its witness, the first that was handed the same event; the first becomes it."""
    key = (record.epoch, record.conversation, record.seq, record.eid)
    witness = case.seen.setdefault(key, record)
    if witness is record:
        return
    if record.body != witness.body:
        if not record.body:
            case.seen_empty.setdefault(key, record)
        elif not witness.body and witness.kind in (POSTED, EDITED):
            case.seen_empty.setdefault(key, witness)
            case.seen[key] = witness = record
    if _content(record) != _content(witness) and not (
        record.kind == witness.kind in (POSTED, EDITED)
        and not record.body
        and _content(record)[:-1] == _content(witness)[:-1]
    ):
        case.found(
            "P3",
            "two contents",
            f"{witness.who} and {record.who} were shown different things at {where(record)}.",
            witness,
            record,
        )


def judge_seen(case: Case) -> None:
    """P2 and P3: what was delivered is what is stored, and everybody was shown the same."""
    once: dict[tuple[str, bytes, int], Delivered] = {}
    for key, seen in case.seen.items():
        epoch, conversation, seq, eid = key
        if case.truth.gone(epoch, conversation):
            continue
        lives = case.truth.lives(epoch)
        there = [dump.at[conversation, seq] for dump in lives if (conversation, seq) in dump.at]
        same = next((event for event in there if event.eid == eid), None)
        if same is None:
            case.found(
                "P3" if there else "P1",
                "delivered otherwise" if there else "delivered and lost",
                f"{seen.who} was handed {where(seen)} at {seen.at:.3f} s, but "
                + ("another event stands there." if there else "nothing is stored there."),
                seen,
                *there[:1],
            )
        else:
            _judge_delivered(case, seen, same, case.seen_empty.get(key))
        if seen.cid:
            if seen.cid not in case.wished:
                text = f"{seen.who} was handed {where(seen)} at {seen.at:.3f} s, which nobody posted."
                case.found("P2", "nobody posted it", text, seen)
            first = once.setdefault((epoch, seen.cid, seen.author), seen)
            if first is not seen and len(lives) < 2:
                case.found(
                    "P2",
                    "delivered twice",
                    f"Message {short(seen.cid)} was handed over at {where(first)} and at {where(seen)}.",
                    first,
                    seen,
                )


def _judge_delivered(case: Case, seen: Delivered, event: Stored, empty: Delivered | None) -> None:
    """P3: one event, as one was shown it and as it stands in the log."""
    lives = case.truth.lives(event.epoch)
    taken = any(dump.emptied(event) for dump in lives)
    without = taken or any(dump.veiled(event) for dump in lives)
    bodies = seen.body == event.body or (taken and not event.body) or (without and not seen.body)
    if not bodies or _content(seen)[:-1] != _content(event)[:-1]:
        case.found(
            "P3",
            "delivered otherwise",
            f"{seen.who} was handed {where(seen)} at {seen.at:.3f} s with another content than it is stored with.",
            seen,
            event,
        )
    if empty is not None and not without:
        case.found(
            "P3",
            "emptied",
            f"{empty.who} was handed {where(empty)} at {empty.at:.3f} s without its text, though nobody deleted it.",
            empty,
            event,
        )


def _content(event: Delivered | Stored) -> tuple[str, int, bytes, int, str]:
    return event.kind, event.author, event.cid, event.target, event.body
