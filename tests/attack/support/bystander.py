"""Somebody beside a besieged server who commits as often as its honest users do, and does nothing else.

    python -S -m tests.attack.support.bystander FOLDER SECONDS RATE

prints one number at its end: milliseconds in which 99 of 100 of its commits were on the disk. A server that did no work
at all would need as long. Other programs' syncs of the same disk, and their processors' time, are in it; a load average
is not: that is of the whole last minute, while one sync that stalls for half a second is all it takes to be late.

It is to start at once, and imports next to nothing.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

PAGE_BYTES = 4096


def watch(path: Path, seconds: float, rate: float) -> float:
    """Return how long 99 of 100 commits took at most, in milliseconds; those due together are one, as there."""
    late_s: list[float] = []
    count = int(seconds * rate)
    begun = time.monotonic()
    with path.open("wb", buffering=0) as file:
        while (done := len(late_s)) < count:
            time.sleep(max(0.0, begun + done / rate - time.monotonic()))
            due = min(count, int((time.monotonic() - begun) * rate) + 1)
            file.write(bytes(PAGE_BYTES))
            os.fsync(file)
            took_s = time.monotonic() - begun
            late_s += [took_s - number / rate for number in range(done, due)]
    path.unlink()
    return sorted(late_s)[min(count - 1, int(0.99 * count))] * 1000


if __name__ == "__main__":
    print(watch(Path(sys.argv[1]) / "bystander", float(sys.argv[2]), float(sys.argv[3])))
