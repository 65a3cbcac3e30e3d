"""The figures of docs/security.md: every attack five times at full length, medians as a table, written there.

    make figures
    python -m tests.attack.figures [ROUNDS] [SECONDS]

Takes twenty minutes (nine attacks on five servers each, twice ten seconds and some to start and to settle), and means
something on a machine that does nothing else (a load below 2): the load of each row stands in it. What is asked of each
attack is what the tests ask; of what the honest notice nothing fails here, it is only told.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from tests.attack.support.kinds import KINDS
from tests.attack.support.siege import Result, Siege

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN: Final = "<!-- figures of make figures -->"
END: Final = "<!-- end of figures -->"
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
    loads, results = [os.getloadavg()[0]], []
    for _ in range(rounds):
        results.append(besiege(kind, seconds))
        loads.append(os.getloadavg()[0])
    lost = sum(each.honest_refused + each.honest_lost for pair in results for each in pair)
    quiet, p99, cpu, memory, growth = (
        median(column) for column in zip(*(Figures.of(*each) for each in results), strict=True)
    )
    what = ", ".join(f"{count:,} {name}" for name, count in sorted(results[0][1].did.items()))
    return (
        f"| {kind.replace('_', ' ')} | {what} | {quiet:.0f} ms | {p99:.0f} ms | {lost} | {cpu:.1f} s |"
        f" {memory:.0f} MB | {growth:.2f} | {min(loads):.1f} to {max(loads):.1f} |"
    )


def write(lines: list[str], document: Path = DOCUMENT) -> None:
    """Put a table between the two marks of the document, instead of what stands there."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{document} has no place for figures")
    document.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), encoding="utf-8")


def main() -> None:
    """Run the command line."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    lines = [
        f"{time.strftime('%Y-%m-%d')}: {rounds} times {seconds:g} s, twice each; {os.cpu_count()} processors.",
        "",
        "| attack | the attacker's count | p99 before | p99 during | honest lost | server | memory | second | load |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        lines.append(row(kind, rounds, seconds))
        print(lines[-1], flush=True)
    write(lines)


if __name__ == "__main__":
    main()
