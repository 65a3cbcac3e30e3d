"""What people do in some simulated runs besides saying things: all of it is done, and only in those runs."""

from __future__ import annotations

from collections import Counter

import pytest

from chat_core.check.history import Answered, Called
from chat_core.check.simulation import schedule
from chat_core.check.simulation.dealings import DEALINGS, Dealings
from chat_core.check.simulation.run import run_one

DEALT = ("bookmark", "follow_thread", "mark_read", "pin", "react", "read_thread", "set_ignored", "set_quiet")
"""Some of what is asked of a server only there."""
FIRST = 144
"""The first seed that is tried."""


def answered(seed: int) -> Counter[str]:
    """Return how often what was asked for was done, in the run of a seed."""
    asked, done = dict[tuple[str, int], str](), Counter[str]()
    for record in run_one(seed).records:
        if isinstance(record, Called):
            asked[record.who, record.number] = record.call
        elif isinstance(record, Answered) and record.outcome == "ok":
            done[asked[record.who, record.number]] += 1
    return done


def test_every_dealing_is_something_that_can_be_done() -> None:
    assert all(callable(getattr(Dealings, f"_{kind}")) for kind in DEALINGS)


def test_dealings_are_done_in_the_runs_that_have_them_and_in_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "DEALT_SHARE", 1.0)
    seen = set[str]()
    for seed in range(FIRST, FIRST + 20):  # the first has everything, until a schedule is drawn otherwise
        seen |= answered(seed).keys()
        if seen >= set(DEALT):
            break
    assert seen >= set(DEALT)

    monkeypatch.setattr(schedule, "DEALT_SHARE", 0.0)
    assert not set(DEALT) & answered(FIRST).keys()
