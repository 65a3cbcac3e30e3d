"""An event loop in which time passes only when nobody has anything to do: hours of waiting take no time at all."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
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
        if timeout > 0:
            self.now += timeout
        return []


class LeapingLoop(asyncio.SelectorEventLoop):
    """See the module's head. Real sockets and threads do not work in it."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run a function now: what a thread does takes no time here."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def time(self) -> float:
        """Return the simulated seconds since the loop was made."""
        return self._leap.now


class LoopClock:
    """The clocks as the loop has them; the one shown to people may be wrong.

    Args:
        loop: whose time it is.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.wrong_by_ms = 0
        """How far the wall clock is off."""

    def monotonic(self) -> float:
        """Return the loop's time."""
        return self._loop.time()

    def wall_ms(self) -> int:
        """Return milliseconds since 1970."""
        return WALL_MS + self.wrong_by_ms + int(self._loop.time() * 1000)


def simulate(story: Coroutine[Any, Any, T], *, within_s: float = 3600.0) -> T:
    """Run a story to its end in a loop of its own, and see that nothing is left running.

    Args:
        story: what happens.
        within_s: simulated seconds it may take.

    Raises:
        TimeoutError: it took longer.
        RuntimeError: everybody waited for nothing, or a task was left behind.
    """
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:

        async def bounded() -> T:
            async with asyncio.timeout(within_s):
                result = await story
            left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            if left:
                raise RuntimeError(f"still running: {[task.get_name() for task in left]}")
            return result

        return runner.run(bounded())
