"""Faults of the server's process: it is killed, stands still, or has another time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import ClassVar, Final

from chat_core.base.clock import SystemClock
from chat_core.check.real.faults.base import ARMED_S, Fault, Lane, NotNow, World
from chat_core.check.real.server import CheckedServer
from chat_core.check.real.workers import WorkerProcess

CLOCK_LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
    "/usr/local/lib/faketime/libfaketime.so.1",
)


class Kill(Fault):
    """See `sentence`."""

    name = "kill"
    sentence = "kill -9 of the server, started again at once or after a pause"
    lane: ClassVar[Lane] = "server"

    async def happen(self, world: World) -> None:
        """Do it."""
        async with world.down():
            await _kill(world, self.name)
            if world.random.random() < 0.5:
                await world.rest(world.some_time(0.1, 8))


class Storm(Fault):
    """See `sentence`."""

    name = "storm"
    sentence = "kill -9 of the server three times in a row, at once when clients are back"
    lane: ClassVar[Lane] = "server"

    async def happen(self, world: World) -> None:
        """Do it."""
        async with world.down():
            for number in range(3):
                await _kill(world, self.name if number == 0 else "kill")
                await world.server.start()
                accepted = world.proxy.accepted
                deadline = time.monotonic() + 3
                while world.proxy.accepted == accepted and time.monotonic() < deadline:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                await asyncio.sleep(world.random.uniform(0, 0.5))


async def _kill(world: World, name: str) -> None:
    if not world.server.running:
        raise NotNow("the server is down")
    pid = await world.server.kill()
    assert world.server.pid != pid, "a killed process is gone"
    world.record(name, f"pid {pid}")


class Pause(Fault):
    """See `sentence`."""

    name = "pause"
    sentence = "SIGSTOP of the server or of a client, SIGCONT after up to 15 s"
    lane: ClassVar[Lane] = "server"

    async def happen(self, world: World) -> None:
        """Do it."""
        process: CheckedServer | WorkerProcess = world.server if world.random.random() < 0.6 else world.worker()
        seconds = world.some_time(0.2, 15)
        pid = process.pid
        if not process.freeze():
            raise NotNow("it is down")
        try:
            world.record(self.name, f"{'server' if process is world.server else 'client'} {pid} for {seconds:.1f} s")
            await world.rest(seconds)
        finally:
            process.thaw()


class Clock(Fault):
    """See `sentence`."""

    name = "clock"
    sentence = "the server's wall clock jumps back and forth, by up to a day, while it runs (libfaketime)"
    lane: ClassVar[Lane] = "server"

    def unable(self) -> str:
        """Return why not."""
        return "" if _clock_library() else "libfaketime is not installed"

    async def happen(self, world: World) -> None:
        """Do it, in a life of the server of its own: with that library it is slow."""
        file = world.folder / "clock"
        _set_clock(file, 0)
        async with world.down():
            await world.server.stop()
            world.server.env = {
                "LD_PRELOAD": _clock_library(),
                "FAKETIME_TIMESTAMP_FILE": str(file),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
            try:
                await world.server.start()
                await self._jump(world, file)
            finally:
                world.server.env, pid = {}, world.server.pid
                await world.server.stop()
                _sweep(pid)

    async def _jump(self, world: World, file: Path) -> None:
        jump_s = world.random.choice((-86_400, -3_600, 3_600, 86_400))
        clock = SystemClock()
        _set_clock(file, jump_s)
        deadline = time.monotonic() + ARMED_S
        while not _stored_about(world.server.database, clock.wall_ms() + jump_s * 1000):
            if time.monotonic() > deadline:
                raise NotNow("nothing was stored at that time")
            await asyncio.sleep(0.1)
        world.record(self.name, f"{jump_s:+d} s")
        await world.rest(world.some_time(0.2, 5))
        _set_clock(file, 0)
        await world.rest(world.some_time(1.2, 5))


def _stored_about(database: Path, wall_ms: int) -> bool:
    """Return whether an event has a time that is about this one."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        query = "SELECT 1 FROM events WHERE ts BETWEEN ? AND ? LIMIT 1"
        return connection.execute(query, (wall_ms - 20_000, wall_ms + 20_000)).fetchone() is not None


def _set_clock(file: Path, offset_s: int) -> None:
    file.write_text(f"{offset_s:+d}\n")


def _sweep(pid: int) -> None:
    """Remove what the library leaves behind in the memory of the machine."""
    for name in ("faketime_shm", "sem.faketime_sem"):
        Path(f"/dev/shm/{name}_{pid}").unlink(missing_ok=True)


def _clock_library() -> str:
    return next((path for path in CLOCK_LIBRARIES if Path(path).exists()), "")
