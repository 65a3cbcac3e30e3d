"""Work that is likely to be wanted next, done while nothing happens, in pieces too small to be noticed. No widgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

PAUSE_S: Final = 0.005
"""Between two pieces: a key that comes then waits for one piece only."""


class Beforehand:
    """It.

    Args:
        work: does a piece of it; returns whether there is more.
    """

    def __init__(self, work: Callable[[], bool]) -> None:
        self._work = work
        self._due = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def after(self, quiet_s: float) -> None:
        """Begin when nobody has called this again for so long, in seconds."""
        loop = asyncio.get_running_loop()
        self._due = loop.time() + quiet_s
        if self._handle is None:
            self._handle = loop.call_later(quiet_s, self._look, loop)

    def stop(self) -> None:
        """Do nothing any more, until it is called again."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._handle = None
        wait_s = self._due - loop.time()
        if wait_s > 0 or self._work():
            self._handle = loop.call_later(max(wait_s, PAUSE_S), self._look, loop)
