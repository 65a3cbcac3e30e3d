"""When to stop listening for a moment: where much is pushed, one read of much costs less than many of one. Pure.

A thousand messages a second come one by one, and each wakes the loop, the reducer and whoever follows the changes.
Nobody reads that fast: what waits in the system's buffer for a moment is taken at once.
"""

from __future__ import annotations

from typing import Final

PAUSE_S: Final = 0.025
"""Time without listening, in seconds."""
A_SECOND: Final = 200
"""So many pushes a second are taken as they come."""
MUCH: Final = 20
"""So many more than that, and it is much."""


class Breath:
    """See the module's head. Times are monotonic, in seconds."""

    def __init__(self) -> None:
        self._level = 0.0
        self._at = 0.0

    def pause_s(self, pushes: int, now: float) -> float:
        """Return how long not to listen after so many pushes; 0: not at all."""
        self._level = max(0.0, self._level - (now - self._at) * A_SECOND) + pushes
        self._at = now
        if self._level < MUCH:
            return 0.0
        self._level = MUCH  # whatever it was: soon after it has ended, what comes is taken as it comes
        return PAUSE_S
