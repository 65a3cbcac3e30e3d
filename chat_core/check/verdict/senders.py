"""P5, and `kept`: posted order is stored order, and nothing that a library took vanishes."""

from __future__ import annotations

from typing import Final

from chat_core.check.history import Failed, Stored
from chat_core.check.truth import Dump
from chat_core.check.verdict.case import Case
from chat_core.check.verdict.words import short, where

FORBIDDEN: Final = frozenset({"muted", "locked", "archived", "slow_mode", "not_allowed", "banned"})
"""Codes by which the server says that somebody may not write there (now)."""


def judge_order(case: Case, dump: Dump) -> None:
    """P5: posted order is stored order."""
    for life in case.lives.values():
        for order in life.order.values():
            before: Stored | None = None
            number = 0
            for cid, lived in order.items():
                event = dump.by_cid.get(cid)
                if event is None or cid in case.fates:
                    continue
                if before is not None and event.seq < before.seq and (life.durable or lived == number):
                    case.found(
                        "P5",
                        "overtaken",
                        f"{life.who} posted {short(before.cid)} before {short(cid)}, but they are stored at "
                        f"{where(before)} and {where(event)}.",
                        case.wished[before.cid],
                        case.wished[cid],
                        before,
                        event,
                    )
                    continue
                before, number = event, lived


def judge_refused(case: Case) -> None:
    """What was refused is not stored: who is muted, or may not write there, has said nothing."""
    final = case.truth.final()
    for cid, fate in case.fates.items():
        event = final.by_cid.get(cid)
        if event is None or not isinstance(fate, Failed) or fate.code not in FORBIDDEN:
            continue
        case.found(
            "P1",
            "refused and stored",
            f"{fate.who} was told at {fate.at:.3f} s that {short(cid)} is refused ({fate.code}), but it is stored at "
            f"{where(event)}.",
            *case.post_of(cid),
            fate,
            event,
        )


def judge_kept(case: Case) -> None:
    """Nothing vanishes."""
    final = case.truth.final()
    unsent = {cid for life in case.lives.values() for each in life.settled.values() for cid in each.unsent}
    case.counted["unsent"] = len(unsent)
    old = {cid for _, dump in case.truth.everything() if dump is not final for cid in dump.by_cid}
    for life in case.lives.values():
        for order in life.order.values():
            for cid, number in order.items():
                if cid not in case.taken or cid in final.by_cid or cid in case.acked_ever:
                    continue
                if cid in case.fates or cid in unsent:
                    continue
                later = number < life.number
                # A later life may have heard before it crashed that an older store had it, and not have said so.
                if later and (cid in old or not life.durable):
                    continue
                if life.ended and number == life.number:
                    continue  # closed in order with something unsent, and not started again
                post = case.wished[cid]
                case.found(
                    "kept",
                    "vanished",
                    f"{life.who} posted message {short(cid)} at {post.at:.3f} s; it is neither stored, nor refused, "
                    "nor in the outbox.",
                    post,
                    *([life.started] if later and life.started else []),
                )
