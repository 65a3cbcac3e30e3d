"""The figures of docs/security.md: every attack five times at full length, medians as a table.

    python -m tests.attack.figures [ROUNDS] [SECONDS]

Takes a quarter of an hour. What is asked of each is what the tests ask; here nothing fails, it is only told.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.attack.support.kinds import KINDS
from tests.attack.support.siege import Result, Siege

ROUNDS = 5
SECONDS = 10.0


class Figures(NamedTuple):
    """What is told of one attack."""

    quiet_ms: float
    p99_ms: float
    cpu_s: float
    memory_mb: float
    growth: float

    @classmethod
    def of(cls, first: Result, second: Result) -> Figures:
        """Return the figures of two attacks on one server."""
        return cls(
            first.quiet_p99_ms,
            max(first.p99_ms, second.p99_ms),
            max(first.grown("process_cpu_seconds_total"), second.grown("process_cpu_seconds_total")),
            first.memory_mb,
            second.memory_mb / first.memory_mb,
        )


def besiege(kind: str, seconds: float) -> tuple[Result, Result]:
    """Attack a new server twice."""
    with tempfile.TemporaryDirectory() as folder, Siege(Path(folder)) as siege:
        return siege.attack(kind, seconds), siege.attack(kind, seconds)


def row(kind: str, rounds: int, seconds: float) -> str:
    """Return one line of the table."""
    results = [besiege(kind, seconds) for _ in range(rounds)]
    lost = sum(each.honest_refused + each.honest_lost for pair in results for each in pair)
    quiet, p99, cpu, memory, growth = (
        median(column) for column in zip(*(Figures.of(*each) for each in results), strict=True)
    )
    did = results[0][1].did
    what = ", ".join(f"{count:,} {name}" for name, count in sorted(did.items()))
    return (
        f"| {kind.replace('_', ' ')} | {what} | {quiet:.0f} ms | {p99:.0f} ms | {lost} | {cpu:.1f} s |"
        f" {memory:.0f} MB | {growth:.2f} |"
    )


def main() -> None:
    """Run the command line."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    print(
        "| attack | the attacker's own count | p99 before | p99 during | honest lost | server CPU | memory | second |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    loads = [os.getloadavg()[0]]
    for kind in KINDS:
        print(row(kind, rounds, seconds), flush=True)
        loads.append(os.getloadavg()[0])
    print(f"\n{os.cpu_count()} processors; load {min(loads):.1f} to {max(loads):.1f}.")


if __name__ == "__main__":
    main()
