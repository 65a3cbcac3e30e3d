"""Judges a history: do the five promises hold? Pure, and one pass: what everybody saw is compared as it comes by.

    judging                 takes the records one by one, and asks every question at the end
    findings                what comes out: violations, counts, the verdict
    case, notes             what is known of a history so far, and what of it needs no judgement
    storage                 P1 and P2: logs and acknowledgements
    contents, pages, folds  P3 and P4: what was delivered and read is what the log makes, the same for everybody
    positions               P4: where each client is as events are handed over, and at the end
    senders                 P5, and `kept`: what became of each sender's posts

One witness of each event is kept, not each delivery, so that memory grows with the log and not with the readers.
Within one `epoch` each; what a restored backup, or a database copied back by hand (`rewind`), lost is excused.
"""

from __future__ import annotations

from chat_core.check.verdict.findings import KEPT, Counts, Promise, Verdict, Violation
from chat_core.check.verdict.judging import judge
from chat_core.check.verdict.notes import REWIND

__all__ = ["KEPT", "REWIND", "Counts", "Promise", "Verdict", "Violation", "judge"]
