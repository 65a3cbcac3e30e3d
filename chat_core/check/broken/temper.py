"""How often a fault shows, and how much time it leaves others to notice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Temper:
    """See the module's head."""

    chance: random.Random
    """Decides when a fault shows that does not always."""
    often: float = 1.0
    """How many times more often it shows than its sentence says: a simulated run is a short one."""
    pause: Callable[[], None] = lambda: None
    """Called in the writer's thread between what comes too early and the commit."""

    def one_in(self, count: int) -> bool:
        """Return True once in so many times, or more often."""
        return self.chance.random() * count < self.often

    def at_most(self, count: int) -> int:
        """Return a bound that is that large, or smaller where things shall show more often."""
        return max(2, int(count / self.often))
