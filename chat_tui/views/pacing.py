"""When to paint what came: at once when it was quiet, else at most so often that typing stays light. Pure.

What costs is the number of frames, not of messages: a big pane is some 5 ms. A lone message is on the screen at once.
"""

from __future__ import annotations

from typing import Final

QUIET_S: Final = 0.1
"""After this long without a drain the next one is at once."""
BUSY_S: Final = 0.05
"""Distance of drains while more keeps coming."""
FLOOD_S: Final = 0.1
"""The same when there is much of it, or when somebody types."""

_MUCH: Final = 30
_TYPES_S: Final = 0.3


class Pacing:
    """Decides when what was queued is drained. Times are monotonic, in seconds."""

    def __init__(self) -> None:
        self._drained = float("-inf")
        self._held = 0
        self._key = float("-inf")

    def delay(self, now: float) -> float:
        """Return how long to wait with what was queued at `now`, when nothing is waiting yet."""
        passed = now - self._drained
        if passed > QUIET_S:
            return 0.0
        slow = self._held > _MUCH or now - self._key < _TYPES_S
        return max(0.0, (FLOOD_S if slow else BUSY_S) - passed)

    def drained(self, now: float, held: int) -> None:
        """Note that everything was drained.

        Args:
            now: when.
            held: how many changes there were.
        """
        self._drained, self._held = now, held

    def key(self, now: float) -> None:
        """Note that a key was pressed."""
        self._key = now
