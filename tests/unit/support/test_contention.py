"""What the honest of a besieged server may wait is measured by what this machine kept the server waiting."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.attack.support.bystander import watch
from tests.attack.support.contention import slowed, times


@pytest.mark.parametrize(
    ("before", "after", "factor"),
    [
        ((0, 0), (0, 0), 1.0),
        ((100, 100), (100, 900), 1.0),
        ((100, 100), (300, 100), 1.0),
        ((100, 100), (300, 700), 4.0),
        ((100, 700), (300, 500), 1.0),
    ],
    ids=["nothing", "no-work", "alone", "shared", "a-waiting-thread-ended"],
)
def test_slowed_is_what_work_took_by_what_it_would_have_taken(
    before: tuple[int, int], after: tuple[int, int], factor: float
) -> None:
    assert slowed(before, after) == factor


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="Linux counts it")
def test_times_grow_with_what_a_process_does() -> None:
    before = times(os.getpid())
    until = time.process_time() + 0.02
    while time.process_time() < until:
        pass
    assert times(os.getpid())[0] - before[0] >= 15_000_000


def test_bystander_counts_every_commit_that_was_due_and_leaves_no_file(home: Path) -> None:
    assert watch(home / "page", 0.2, 50.0) > 0
    assert not (home / "page").exists()
