"""How many times as long a process took for its work because others had the processors: the kernel counts it.

A load average does not say that: it is of the whole last minute, and a burst of a second is what makes somebody wait.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

Times = tuple[int, int]


def times(process: int) -> Times:
    """Return how long a process's threads ran, and how long they stood ready and did not, in nanoseconds.

    Those that give way on purpose, as the one that hashes passwords, are left out. Zeros where there is no such file:
    it is Linux's.
    """
    ran = waited = 0
    for thread in Path(f"/proc/{process}/task").glob("*"):
        with contextlib.suppress(OSError):  # the thread has ended
            if _niceness(int(thread.name)) <= _niceness(process):
                found = (thread / "schedstat").read_text().split()
                ran, waited = ran + int(found[0]), waited + int(found[1])
    return ran, waited


def _niceness(thread: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)


def slowed(before: Times, after: Times) -> float:
    """Return how many times as long the work between two looks took; 1: nobody else had the processors."""
    ran, waited = after[0] - before[0], after[1] - before[1]
    return 1.0 + max(0, waited) / ran if ran > 0 else 1.0
