"""What the file system charges for making a little durable: the floor under every acknowledgement."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench.tally import quantile_ms

SYNCS: Final = 200
BLOCK_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class SyncCost:
    """One write of a block with what makes it durable, many times over."""

    times: int
    p50_ms: float
    p99_ms: float

    def as_text(self) -> str:
        """Return it in one line."""
        return f"{self.p50_ms:.2f} / {self.p99_ms:.2f} ms ({self.times} times {BLOCK_BYTES} bytes)"


def sync_cost(folder: Path, times: int = SYNCS) -> SyncCost:
    """Append a block to a file in `folder` and wait until it is on the disk, `times` times.

    Raises:
        WorldFault: there can be no file.
    """
    make_durable = getattr(os, "fdatasync", os.fsync)  # macOS has the longer one only
    taken: list[int] = []
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            for _ in range(times):
                begun = time.monotonic_ns()
                file.write(bytes(BLOCK_BYTES))
                make_durable(file.fileno())
                taken.append(time.monotonic_ns() - begun)
    except OSError as error:
        raise WorldFault(f"Cannot write into {folder}: {error.strerror}.") from error
    taken.sort()
    return SyncCost(times, quantile_ms(taken, 0.5) or 0.0, quantile_ms(taken, 0.99) or 0.0)
