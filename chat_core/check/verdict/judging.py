"""One pass over a history, and the questions at its end.

for record in records:
    Posted, Acked, Amended ...  who wanted what, and was told what (`notes`)
    Placed, Delivered, Left     P4 at once: a conversation goes on by exactly one; the rest when the truth is known
    Stored, Dumped              the truth (`truth`)
at the end:                     everything seen, told and wanted is compared with the truth
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from chat_core.check.history import (
    Acked,
    Amended,
    Answered,
    Called,
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
    Started,
    Stored,
)
from chat_core.check.verdict import contents, notes, pages, positions, senders, storage
from chat_core.check.verdict.case import Case
from chat_core.check.verdict.findings import Verdict


def judge(records: Iterable[Record]) -> Verdict:
    """Return whether a history keeps the promises.

    Args:
        records: of all clients and of the checker; only the order within one `who` counts.
    """
    case = Case()
    for record in records:
        _STEPS[type(record)](case, record)
    return _verdict(case)


def _verdict(case: Case) -> Verdict:
    """Compare everything with the truth."""
    for _, dump in case.truth.everything():
        storage.judge_log(case, dump)
        senders.judge_order(case, dump)
    storage.judge_acks(case)
    storage.judge_amendments(case)
    contents.judge_seen(case)
    pages.judge_pages(case)
    positions.judge_ends(case)
    senders.judge_refused(case)
    senders.judge_kept(case)
    return case.findings.verdict(case.counts())


def _on_delivered(case: Case, record: Delivered) -> None:
    # Who never started is no client but listens to a wire: its order counts, its end does not.
    case.counted["deliveries"] += case.life(record.who).started is not None
    positions.go_on(case, record)
    contents.compare(case, record)


def _on_stored(case: Case, record: Stored) -> None:
    case.truth.stored(record)


def _on_dumped(case: Case, record: Dumped) -> None:
    case.truth.dumped(record)


_STEPS: Final[dict[type[Record], Callable[[Case, Any], None]]] = {
    Started: notes.on_started,
    Ended: notes.on_ended,
    Posting: notes.on_posting,
    Posted: notes.on_posted,
    Acked: notes.on_acked,
    Amended: notes.on_amended,
    Called: notes.on_called,
    Answered: notes.on_answered,
    Failed: notes.on_fate,
    Discarded: notes.on_fate,
    Placed: notes.on_placed,
    Delivered: _on_delivered,
    Left: notes.on_left,
    PageRead: pages.on_page,
    Settled: notes.on_settled,
    Fault: notes.on_fault,
    Stored: _on_stored,
    Dumped: _on_dumped,
}
"""What is done with each kind of record as it comes by."""
