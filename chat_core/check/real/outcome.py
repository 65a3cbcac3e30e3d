"""What came of a run: the verdict, what makes it worthless, and the files by which a failure is looked into."""

from __future__ import annotations

import heapq
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chat_core.check import history
from chat_core.check.history import AnyRecord, from_lines
from chat_core.check.real.options import CheckOptions
from chat_core.check.verdict import Verdict


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    verdict: Verdict
    seed: str
    seconds: float
    faults: Counter[str]
    """How often each kind happened."""
    pushes: int = 0
    """Events that the server pushed, as the wires showed them."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Kinds that this machine cannot do, and why."""
    problems: list[str] = field(default_factory=list)
    """What makes a verdict worthless, or is wrong beside it."""
    history: Path | None = None
    """Where the records are kept."""

    @property
    def passed(self) -> bool:
        """Whether all promises held, and enough happened to say so."""
        return self.verdict.sound and not self.problems


def vacuous(outcome: Outcome, options: CheckOptions) -> list[str]:
    """Return why a sound verdict would mean nothing."""
    counts = outcome.verdict.counts
    reasons = [
        f"there were no {what}"
        for what, count in (
            ("sends", counts.sends),
            ("acknowledgements", counts.acks),
            ("deliveries", counts.deliveries),
            ("stored events", counts.stored),
            ("pushes", outcome.pushes),
        )
        if not count
    ]
    if outcome.verdict.counts.clients < options.clients:
        reasons.append("not every client wrote something down")
    if not outcome.faults:
        reasons.append("nothing was broken")
    return reasons


def records(files: Sequence[Path]) -> Iterator[AnyRecord]:
    """Yield what files say, one file after the other."""
    for path in files:
        with path.open("rb") as file:
            yield from from_lines(file)


def _by_time(files: Sequence[Path]) -> Iterator[AnyRecord]:
    """Yield all records in the order of their times, which in each file they are in already."""
    return heapq.merge(*(records([file]) for file in files), key=lambda record: record.at)


def keep(files: Sequence[Path], folder: Path, options: CheckOptions) -> Path:
    """Put what a failure is looked into with where it stays; return the file of the history."""
    target = options.keep or Path(tempfile.gettempdir()) / f"chat-check-{options.seed}"
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = target / "history.jsonl"
    history.save(path, _by_time(files))
    for name in ("server.log", "clients.log"):
        if (folder / name).exists():
            shutil.copy(folder / name, target / name)
    return path
