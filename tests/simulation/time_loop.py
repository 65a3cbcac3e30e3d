"""An event loop in which time passes only when nobody has anything to do: hours of waiting take no time at all."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

WALL_MS = 1_700_000_000_000
"""The wall clock at the beginning of every simulation, milliseconds since 1970."""


class _Leap(selectors.SelectSelector):
    """Never waits: it moves the loop's clock instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits for something that nothing will ever do")
        self.now += max(0.0, timeout)
        return []


class LeapingLoop(asyncio.SelectorEventLoop):
    """See the module's head. Real sockets and threads do not work in it."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        return self._leap.now


class LoopClock:
    """The clocks as the loop has them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.set_forward_s = 0.0
        """How far somebody has set the wall clock, or a sleep of the machine has moved it, in seconds."""

    def monotonic(self) -> float:
        return self._loop.time()

    def wall_ms(self) -> int:
        return WALL_MS + int((self._loop.time() + self.set_forward_s) * 1000)


def simulate(story: Coroutine[Any, Any, T], *, within_s: float = 3600.0) -> T:
    """Run a story to its end in a loop of its own, and see that nothing is left running.

    Args:
        story: what happens.
        within_s: simulated seconds it may take.
    """
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:

        async def bounded() -> T:
            async with asyncio.timeout(within_s):
                result = await story
            left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            assert not left, f"still running: {[task.get_name() for task in left]}"
            return result

        return runner.run(bounded())
