"""The checker in its own world: it finds every server that is broken on purpose, and nothing in one that is sound."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from chat_core.check.broken.variants import VARIANTS, Variant
from chat_core.check.history import Record, to_line
from chat_core.check.simulation.run import run_one, shortest
from chat_core.client import board, delivery
from chat_core.client.state import amending, sequence, unsent
from chat_core.server.handlers import session

WITHIN = 60
"""Schedules in which a broken variant must be found; each needs one to ten."""
CHUNK = 20


def digest(records: Iterable[Record]) -> str:
    """Return what tells one history from any other."""
    return hashlib.sha256(b"".join(map(to_line, records))).hexdigest()


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_checker_finds_what_is_broken_on_purpose(variant: Variant) -> None:
    for seed in range(1, WITHIN + 1):
        outcome = run_one(seed, variant)
        if set(outcome.verdict.promises()) & set(variant.promises):
            assert not outcome.sound
            assert shortest(outcome)
            return
    pytest.fail(f"{variant.name} was not found in {WITHIN} schedules")


@pytest.mark.parametrize("first", range(0, 5 * CHUNK, CHUNK))
def test_checker_finds_nothing_when_everything_is_sound(first: int) -> None:
    for seed in range(first, first + CHUNK):
        outcome = run_one(seed)
        assert outcome.sound, f"seed {seed}:\n{outcome.as_text()}"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every bound so small that a short run reaches it."""
    monkeypatch.setattr(board, "FULL", 10)
    monkeypatch.setattr(delivery, "FETCHES", 1)
    monkeypatch.setattr(sequence, "EARLY", 2)
    monkeypatch.setattr(amending, "STRAYS", 2)
    monkeypatch.setattr(unsent.Outbox.__init__, "__defaults__", (2,))
    monkeypatch.setattr(session, "PAGE_ITEMS", 3)
    monkeypatch.setattr(session, "RESUME_BYTES", 600)


@pytest.mark.usefixtures("small")
def test_checker_finds_nothing_when_every_bound_is_small() -> None:
    for seed in range(500, 500 + CHUNK):
        outcome = run_one(seed)
        # A full client drops signals, and with them numbers of members.
        failures = [failure for failure in outcome.failures if "has members" not in failure]
        assert outcome.verdict.sound and not failures, f"seed {seed}:\n{outcome.as_text()}"


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(1000, 5000, 500))
def test_checker_finds_nothing_in_thousands_of_schedules_when_everything_is_sound(first: int) -> None:
    for seed in range(first, first + 500):
        outcome = run_one(seed)
        assert outcome.sound, f"seed {seed}:\n{outcome.as_text()}"


def test_schedule_is_the_same_when_its_seed_is() -> None:
    digests = {seed: digest(run_one(seed).records) for seed in range(12)}
    assert len(set(digests.values())) == len(digests)
    assert {seed: digest(run_one(seed).records) for seed in reversed(range(12))} == digests


def test_schedule_is_the_same_in_another_process_with_other_hashes() -> None:
    program = (
        "from tests.simulation.test_checker_checks_itself import digest\n"
        "from chat_core.check.simulation.run import run_one\n"
        "print(*(digest(run_one(seed).records) for seed in range(4)))\n"
    )
    root = Path(__file__).parents[2]
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": number, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for number in ("1", "2")
    ]
    assert told[0] == told[1] != ""
