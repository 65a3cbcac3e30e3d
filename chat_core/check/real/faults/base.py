"""What a fault is, and the world that it may touch. Knows none of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import ClassVar, Final, Literal

from chat_core.check.real.proxy import Direction, Proxy, Wire
from chat_core.check.real.server import CheckedServer
from chat_core.check.real.workers import WorkerProcess

Lane = Literal["server", "clients"]
"""Faults of one lane happen one after the other; those of different lanes at the same time."""
ARMED_S: Final = 10.0
"""Longest wait for something that can be broken to pass by, in seconds."""


class NotNow(Exception):
    """It could not be done just now: nobody was connected, nothing passed by."""


class World:
    """What a fault may touch.

    Args:
        random: seeded.
        server: the server under test.
        proxy: the wires.
        workers: the clients.
        folder: for files of its own.
        longest_s: longest that anything is kept broken, in seconds.
        record: writes down that a fault happens: kind and detail.
        save: writes down what the store holds now.
    """

    def __init__(
        self,
        *,
        random: Random,
        server: CheckedServer,
        proxy: Proxy,
        workers: Sequence[WorkerProcess],
        folder: Path,
        longest_s: float,
        record: Callable[[str, str], None],
        save: Callable[[], None],
    ) -> None:
        self.random = random
        self.server = server
        self.proxy = proxy
        self.workers = workers
        self.folder = folder
        self.longest_s = longest_s
        self.record = record
        self.save = save
        self.over = asyncio.Event()
        self.meddling = False
        """Whether a fault is allowed to end the server just now."""

    async def rest(self, seconds: float) -> None:
        """Wait, at most until the faults are over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.over.wait()

    def some_time(self, least: float, most: float) -> float:
        """Return a duration in seconds: mostly short, sometimes the longest."""
        most = max(least, min(most, self.longest_s))
        if self.random.random() < 0.15:
            return most
        return min(most, least + self.random.expovariate(1 / max(0.05, (most - least) / 5)))

    async def wires(self) -> AsyncIterator[Wire]:
        """Yield connections to try it on, one after the other, for some time; then it is not to be. Raises: NotNow."""
        deadline = time.monotonic() + ARMED_S
        while time.monotonic() < deadline and not self.over.is_set():
            if wires := self.proxy.wires:
                yield self.random.choice(wires)
            else:
                await asyncio.sleep(0.05)
        raise NotNow("nothing passed by")

    def worker(self) -> WorkerProcess:
        """Return one of the clients that run. Raises: NotNow."""
        running = [worker for worker in self.workers if worker.running]
        if not running:
            raise NotNow("no client runs")
        return self.random.choice(running)

    def direction(self) -> Direction:
        """Return one of the two."""
        return "up" if self.random.random() < 0.5 else "down"

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """The server may be down within; it is up again behind."""
        self.meddling = True
        try:
            yield
            if not self.server.running:
                await self.server.start()
        finally:
            self.meddling = False


class Fault(ABC):
    """One kind of fault."""

    name: ClassVar[str]
    sentence: ClassVar[str]
    """What it does, for people."""
    lane: ClassVar[Lane]
    most: ClassVar[int] = 0
    """Times in one run at most; 0: as often as it comes up. Each life of a store is judged whole: that takes memory."""

    def unable(self) -> str:
        """Return why this machine cannot do it; empty: it can."""
        return ""

    def prepare(self, world: World) -> None:  # noqa: B027  # most need nothing
        """Get ready, before the server is started."""

    def clear(self, world: World) -> None:  # noqa: B027
        """Put away what `prepare` made, when everything has ended."""

    @abstractmethod
    async def happen(self, world: World) -> None:
        """Break something, write it down, and mend it. Raises: NotNow."""
