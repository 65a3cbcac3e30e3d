"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from typing import Final

SEEN_WITHIN_S: Final = 5.0


class HandClock:
    """See the module's head. For code that looks at its clock again and again."""

    def __init__(self) -> None:
        self.now = 100.0
        self._looked = asyncio.Event()

    def monotonic(self) -> float:
        """Return the time that the test made it."""
        self._looked.set()
        return self.now

    def wall_ms(self) -> int:
        """Return the same as wall clock."""
        return int(self.now * 1000)

    async def move(self, seconds: float) -> None:
        """Move it, and wait until somebody has looked twice: what the first look led to is done then."""
        self.now += seconds
        for _ in range(2):
            self._looked.clear()
            await asyncio.wait_for(self._looked.wait(), SEEN_WITHIN_S)
