"""Counts of what happened, as plain numbers: cheap to add to, shown now and then by others. Knows no format."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from chat_core.protocol.events import ConversationEvent

OPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Histogram:
    """How often a measured value was at most so much.

    Args:
        bounds: the values that are counted up to, ascending; beyond the last one is counted too.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Commits:
    """What the store did; its thread counts, others read."""

    def __init__(self) -> None:
        self.ops = Histogram(OPS)
        """Writes that shared one commit."""
        self.seconds = Histogram(SECONDS)
        """How long a commit took, the sync to the disk with it."""
        self.events: Counter[str] = Counter()
        """Events that are on disk, by kind; counted on the loop."""

    def committed(self, ops: int, seconds: float) -> None:
        """Count one commit."""
        self.ops.observe(ops)
        self.seconds.observe(seconds)

    def happened(self, events: Iterable[ConversationEvent]) -> None:
        """Count what is to be handed out."""
        for event in events:
            self.events[str(event.__struct_config__.tag)] += 1
