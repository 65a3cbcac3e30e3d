"""Runs schedules, one after another, and reports the first that breaks a promise: with its seed, and in a sentence."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from chat_core.check.broken.variants import Variant
from chat_core.check.history import Record, save
from chat_core.check.simulation.schedule import Schedule
from chat_core.check.simulation.time_loop import simulate
from chat_core.check.verdict import Verdict, judge

WITHIN_S: Final = 24 * 3600.0
"""Simulated time after which a schedule is stuck."""


@dataclass(slots=True)
class Outcome:
    """What came of one schedule."""

    seed: int
    records: list[Record]
    failures: list[str]
    """Invariants that did not hold."""
    verdict: Verdict
    steps: int = 0

    @property
    def sound(self) -> bool:
        """Whether all promises and invariants held."""
        return self.verdict.sound and not self.failures

    def as_text(self) -> str:
        """Return what is wrong, the most telling first; empty: nothing."""
        lines = [violation.as_text() for violation in self.verdict.violations] + self.failures
        return "\n".join(lines)

    def save(self, path: Path) -> None:
        """Write the history into a file."""
        save(path, self.records)


def run_one(seed: int, variant: Variant | None = None) -> Outcome:
    """Run the schedule of a seed.

    Args:
        seed: makes everything in it.
        variant: what is broken on purpose; None: nothing.
    """
    records: list[Record] = []
    failures: list[str] = []
    steps = 0

    async def story() -> None:
        nonlocal steps
        schedule = Schedule(seed, records.append, variant)
        try:
            await schedule.run()
        finally:
            failures.extend(schedule.failures)
            steps = schedule.steps

    with _overheard(failures.append):
        try:
            simulate(story(), within_s=WITHIN_S)
        except Exception as error:
            # A history without an end says nothing about promises.
            return Outcome(seed, records, [f"The run ended with {error!r}.", *failures], judge(()), steps)
    return Outcome(seed, records, failures, judge(records), steps)


@contextmanager
def _overheard(fail: Callable[[str], None]) -> Iterator[None]:
    """Keep the logs of servers and clients to oneself; an exception in them is a failure."""

    def swallow(_logger: object, method: str, event: MutableMapping[str, Any]) -> Any:
        if method == "exception" or event.get("exc_info"):
            fail(f"The server logged: {event}: {sys.exc_info()[1]!r}")
        raise structlog.DropEvent

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR and record.exc_info is not None:
                fail(f"{record.name} logged: {record.getMessage()}: {record.exc_info[1]!r}")

    before = structlog.get_config()
    root = logging.getLogger()
    handlers, root.handlers[:] = root.handlers[:], [Ear()]
    structlog.configure(processors=[swallow], wrapper_class=structlog.BoundLogger)
    try:
        yield
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers


def shortest(outcome: Outcome) -> str:
    """Return the one thing to look at first."""
    if outcome.verdict.violations:
        return outcome.verdict.violations[0].as_text()
    return outcome.failures[0] if outcome.failures else ""
