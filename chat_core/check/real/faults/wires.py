"""Faults of connections: the proxy cuts, swallows, holds back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import ClassVar, Final

from chat_core.check.real.faults.base import Fault, Lane, World
from chat_core.check.real.proxy import Pipe, Wire

TRY_S: Final = 1.0
"""Longest wait for it on one connection, in seconds."""


class Cut(Fault):
    """See `sentence`."""

    name = "cut"
    sentence = "a connection is cut in the middle of a frame, in either direction"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        async for wire in world.wires():
            pipe = wire.pipe(world.direction())
            cut = pipe.cut_inside(world.random)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TRY_S):
                    world.record(self.name, await cut)
                    return
            pipe.disarm()


class LostAnswer(Fault):
    """See `sentence`."""

    name = "lost-answer"
    sentence = "a post gets through, its answer does not, and the connection is cut"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        async for wire in world.wires():
            if await self._try(world, wire):
                return

    async def _try(self, world: World, wire: Wire) -> bool:
        posted = asyncio.Event()

        def swallow() -> None:
            wire.down.lose = True
            posted.set()

        wire.up.on_post = swallow
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TRY_S):
                await posted.wait()
        wire.up.disarm()
        if not posted.is_set():
            return False
        deadline = time.monotonic() + TRY_S
        while not wire.down.lost_bytes and time.monotonic() < deadline:  # noqa: ASYNC110  # the wire tells nobody
            await asyncio.sleep(0.005)
        await asyncio.sleep(world.random.uniform(0, 0.05))
        lost = wire.down.lost_bytes
        wire.abort()
        if lost:
            world.record(self.name, f"{lost} bytes from the server were lost")
        return lost > 0


class Silence(Fault):
    """See `sentence`."""

    name = "silence"
    sentence = "one direction of a connection goes silent, up to longer than a ping takes to notice"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        direction, seconds = world.direction(), world.some_time(0.5, 45)

        def begin(wire: Wire) -> Pipe:
            pipe = wire.pipe(direction)
            pipe.silent = True
            return pipe

        await _hold(world, self.name, seconds, begin)


class Delay(Fault):
    """See `sentence`."""

    name = "delay"
    sentence = "everything on a connection comes late, by up to a second"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""

        def begin(wire: Wire) -> Pipe:
            wire.up.delay_s, wire.down.delay_s = world.random.uniform(0, 0.5), world.random.uniform(0.01, 1)
            return wire.down

        await _hold(world, self.name, world.some_time(0.5, 15), begin)


class Slow(Fault):
    """See `sentence`."""

    name = "slow"
    sentence = "a client reads at some kB/s while others post long messages"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""

        def begin(wire: Wire) -> Pipe:
            wire.down.bytes_per_s = world.random.uniform(1_000, 20_000)
            world.worker().tell("burst", count=200, size=8_000)  # more than a server keeps for a reader
            return wire.down

        await _hold(world, self.name, world.some_time(3, 20), begin)


async def _hold(world: World, name: str, seconds: float, begin: Callable[[Wire], Pipe]) -> None:
    """Keep a wire broken for a time; it counts once something was held back by it. Raises: NotNow."""
    async for wire in world.wires():
        pipe = begin(wire)
        before = pipe.late_bytes
        try:
            deadline = time.monotonic() + TRY_S
            while pipe.late_bytes == before and time.monotonic() < deadline and wire.alive:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            if pipe.late_bytes > before:
                world.record(name, f"{pipe.direction}, for {seconds:.1f} s")
                await world.rest(seconds)
                return
        finally:
            wire.up.free()
            wire.down.free()
