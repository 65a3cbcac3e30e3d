"""P1 and P2, and what of P3 is about a log alone: what is stored and acknowledged, whoever looks at it."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.base.text import clean_body
from chat_core.check.history import Amended, Posted, Posting, Stored
from chat_core.check.truth import DELETED, EDITED, Dump
from chat_core.check.verdict.case import Case
from chat_core.check.verdict.words import short, where


def judge_log(case: Case, dump: Dump) -> None:
    """P2 and P3: what a log is, whoever looks at it."""
    assert dump.done is not None
    for first, second in dump.twice:
        case.found("P3", "address twice", f"Two events are stored at {where(first)}.", first, second)
    for conversation, seq in dump.missing():
        case.found(
            "P3",
            "hole in the log",
            f"Nothing is stored at {conversation}:{seq}, though the log counts {dump.head(conversation)} events.",
            replace(dump.done, heads={conversation: dump.head(conversation)}),
        )
    for event in dump.beyond():
        case.found(
            "P3",
            "beyond the head",
            f"{where(event)} is stored, though the log counts {dump.head(event.conversation)} events.",
            event,
        )
    for first, second in dump.copies:
        case.found(
            "P2",
            "stored twice",
            f"Message {short(first.cid)} is stored at {where(first)} and at {where(second)}"
            f"{case.posted_by(first.cid)}.",
            *case.post_of(first.cid),
            first,
            second,
        )
    for cid, event in dump.by_cid.items():
        _judge_stored(case, event, case.wished.get(cid), dump)


def _judge_stored(case: Case, event: Stored, post: Posted | Posting | None, dump: Dump) -> None:
    """P1 and P2: a stored message is what somebody posted."""
    if post is None:
        case.found(
            "P2",
            "nobody posted it",
            f"Message {short(event.cid)} is stored at {where(event)}; nobody posted it.",
            event,
        )
        return
    author = case.life(post.who).account
    if (
        event.conversation == post.conversation
        and event.author == (author or event.author)
        and (_same_body(post.body, event.body) or (not event.body and dump.emptied(event)))
    ):
        return
    case.found(
        "P1",
        "stored otherwise",
        f"{post.who} posted message {short(event.cid)} at {post.at:.3f} s, and something else is stored at "
        f"{where(event)}: another conversation, author or text.",
        post,
        event,
    )


def judge_acks(case: Case) -> None:
    """P1 and P2: what was acknowledged is there, and only there."""
    for first, second in case.acked_otherwise:
        if len(case.truth.lives(first.epoch)) < 2:
            case.found(
                "P2",
                "two acknowledgements",
                f"{second.who} was told that message {short(second.cid)} is stored at {where(first)}, and at "
                f"{second.at:.3f} s that it is stored at {where(second)}.",
                first,
                second,
            )
    for (epoch, cid), ack in case.acked.items():
        lives = case.truth.lives(epoch)
        if case.truth.gone(epoch, ack.conversation):
            continue
        address = (ack.conversation, ack.seq)
        there = [dump.at[address] for dump in lives if address in dump.at]
        if any(event.cid == cid for event in there):
            if cid not in case.wished:
                case.found("P2", "nobody posted it", f"{ack.who} was told of {short(cid)}, which nobody posted.", ack)
            continue
        if not lives:
            what = f"of epoch {epoch} there is no dump"
        elif there:
            what = "something else stands there"
        elif elsewhere := [dump.by_cid[cid] for dump in lives if cid in dump.by_cid]:
            there = elsewhere
            what = f"it is stored at {where(elsewhere[0])}"
        else:
            what = f"it is nowhere; the log counts {lives[-1].head(ack.conversation)} events"
        case.found(
            "P1",
            "acknowledged and lost",
            f"{ack.who} was told at {ack.at:.3f} s that message {short(cid)} is stored at {where(ack)}, but {what}.",
            *case.post_of(cid),
            ack,
            *there[:1],
        )


def judge_amendments(case: Case) -> None:
    """P1: an edit or a deletion that was acknowledged is in the log, where it was said to be."""
    for told in case.amended:
        lives = case.truth.lives(told.epoch)
        if case.truth.gone(told.epoch, told.conversation):
            continue
        there = [event for dump in lives if (event := dump.at.get((told.conversation, told.seq))) is not None]
        if any(_is_amendment(event, told, dump) for dump in lives for event in there):
            continue
        what = f"an edit to '{told.body}'" if told.body else "a deletion"
        case.found(
            "P1",
            "acknowledged and lost",
            f"{told.who} was told at {told.at:.3f} s that {what} of {told.conversation}:{told.target} is stored at "
            f"{where(told)}, but {'something else stands there' if there else 'nothing stands there'}.",
            told,
            *there[:1],
        )


def _is_amendment(event: Stored, told: Amended, dump: Dump) -> bool:
    if event.target != told.target or event.kind != (EDITED if told.body else DELETED):
        return False
    return _same_body(told.body, event.body) or (not event.body and dump.emptied(event))


def _same_body(posted: str, stored: str) -> bool:
    return posted == stored or clean_body(posted) == stored
