"""What can be broken, each thing whole in one class: what it is, whether this machine can do it, and how it is done.

A fault that says it happened has happened: it looks (a process that is gone, bytes that were held back), or raises
`NotNow`.
`REGISTRY` is the list; its order is the order of the first round of a run.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random
from typing import ClassVar, Final, Literal

from chat_core.check.real.proxy import Direction, Pipe, Proxy, Wire
from chat_core.check.real.server import CheckedServer
from chat_core.check.real.workers import WorkerProcess

Lane = Literal["server", "clients"]
"""Faults of one lane happen one after the other; those of different lanes at the same time."""

ARMED_S: Final = 5.0
"""Longest wait for a frame to pass by that can be cut, in seconds."""
DISK_BYTES: Final = 384 * 1024 * 1024
"""Size of the small file system for a full disk; it is in memory."""
CLOCK_LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
)


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

    def wire(self) -> Wire:
        """Return one of the connections. Raises: NotNow."""
        wires = self.proxy.wires
        if not wires:
            raise NotNow("nobody is connected")
        return self.random.choice(wires)

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


# --- the server -------------------------------------------------------------------------------------------------


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


class Full(Fault):
    """See `sentence`."""

    name = "full"
    sentence = "the server's disk is full (a small file system where one can be mounted, else a limit on file sizes)"
    lane: ClassVar[Lane] = "server"

    def __init__(self) -> None:
        self._mounted: Path | None = None

    def prepare(self, world: World) -> None:
        """Mount a small file system, where that is allowed."""
        mount = shutil.which("mount")
        if mount is None or os.geteuid() != 0 or sys.platform != "linux":
            return
        world.server.data.mkdir(mode=0o700, exist_ok=True)
        options = f"size={DISK_BYTES},mode=700"
        done = subprocess.run(
            [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(world.server.data)], capture_output=True, check=False
        )
        if done.returncode == 0:
            self._mounted = world.server.data

    def clear(self, world: World) -> None:
        """Unmount it."""
        if self._mounted is not None:
            subprocess.run(["umount", "-l", str(self._mounted)], capture_output=True, check=False)
            self._mounted = None

    async def happen(self, world: World) -> None:
        """Do it."""
        if not world.server.running:
            raise NotNow("the server is down")
        seconds = world.some_time(0.5, 8)
        if self._mounted is not None:
            await self._fill(world, self._mounted, seconds)
        else:
            await self._limit(world, seconds)

    async def _fill(self, world: World, disk: Path, seconds: float) -> None:
        ballast = disk / "ballast"
        try:
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while file.write(b"\0" * 65536):
                    pass
            world.record(self.name, f"{ballast.stat().st_size} bytes of ballast for {seconds:.1f} s")
            await world.rest(seconds)
        finally:
            ballast.unlink(missing_ok=True)

    async def _limit(self, world: World, seconds: float) -> None:
        """Forbid the server's files to grow. It cannot know that as a full disk, and ends: then it is started again."""
        largest = max(file.stat().st_size for file in world.server.data.iterdir())
        async with world.down():
            pid = world.server.pid
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, hard))
            try:
                world.record(self.name, f"no file longer than {largest} bytes for {seconds:.1f} s")
                await world.rest(seconds)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(6):
                    await world.server.wait()


class Rewind(Fault):
    """See `sentence`."""

    name = "rewind"
    sentence = "the server's database is copied back by hand, some time later: its epoch stays, its end is lost"
    lane: ClassVar[Lane] = "server"

    async def happen(self, world: World) -> None:
        """Do it."""
        copy = world.folder / "rewind.db"
        copy.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(world.server.database, timeout=10)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        await world.rest(world.some_time(0.3, 5))
        async with world.down():
            await world.server.stop()
            world.save()
            for suffix in ("-wal", "-shm"):
                world.server.database.with_name(f"{world.server.database.name}{suffix}").unlink(missing_ok=True)
            shutil.copy(copy, world.server.database)
            world.record(self.name, f"back to {copy.stat().st_size} bytes")


class Clock(Fault):
    """See `sentence`."""

    name = "clock"
    sentence = "the server's wall clock jumps, back and forth by up to a day (libfaketime)"
    lane: ClassVar[Lane] = "server"

    def __init__(self) -> None:
        self._file = Path()

    def unable(self) -> str:
        """Return why not."""
        return "" if _clock_library() else "libfaketime is not installed"

    def prepare(self, world: World) -> None:
        """Have the server's wall clock read from a file."""
        self._file = world.folder / "clock"
        self._file.write_text("+0\n")
        world.server.env |= {
            "LD_PRELOAD": _clock_library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    async def happen(self, world: World) -> None:
        """Do it."""
        jump = world.random.choice((-86_400, -3_600, -60, 60, 3_600, 86_400))
        seconds = world.some_time(1.5, 10)
        try:
            self._file.write_text(f"{jump:+d}\n")
            await world.rest(1.2)
            world.record(self.name, f"{jump:+d} s for {seconds:.1f} s")
            await world.rest(seconds)
        finally:
            self._file.write_text("+0\n")


def _clock_library() -> str:
    return next((path for path in CLOCK_LIBRARIES if Path(path).exists()), "")


# --- the wires --------------------------------------------------------------------------------------------------


class Cut(Fault):
    """See `sentence`."""

    name = "cut"
    sentence = "a connection is cut in the middle of a frame, in either direction"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        pipe = world.wire().pipe(world.direction())
        cut = pipe.cut_inside(world.random)
        try:
            async with asyncio.timeout(ARMED_S):
                where = await cut
        except TimeoutError:
            pipe.disarm()
            raise NotNow("no frame passed by") from None
        world.record(self.name, where)


class LostAnswer(Fault):
    """See `sentence`."""

    name = "lost-answer"
    sentence = "a post gets through, its answer does not, and the connection is cut"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        wire = world.wire()
        posted = asyncio.Event()

        def swallow() -> None:
            wire.down.lose = True
            posted.set()

        wire.up.on_post = swallow
        try:
            async with asyncio.timeout(ARMED_S):
                await posted.wait()
        except TimeoutError:
            wire.up.disarm()
            raise NotNow("nobody posted") from None
        deadline = time.monotonic() + 1
        while not wire.down.lost_bytes and time.monotonic() < deadline:  # noqa: ASYNC110  # the wire tells nobody
            await asyncio.sleep(0.005)
        await asyncio.sleep(world.random.uniform(0, 0.05))
        lost = wire.down.lost_bytes
        wire.abort()
        if not lost:
            raise NotNow("no answer came")
        world.record(self.name, f"{lost} bytes from the server were lost")


class Silence(Fault):
    """See `sentence`."""

    name = "silence"
    sentence = "one direction of a connection goes silent, up to longer than a ping takes to notice"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        pipe = world.wire().pipe(world.direction())
        seconds = world.some_time(0.5, 45)

        def begin() -> None:
            pipe.silent = True

        await _hold(world, pipe, self.name, seconds, begin)


class Delay(Fault):
    """See `sentence`."""

    name = "delay"
    sentence = "everything on a connection comes late, by up to a second"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        wire = world.wire()
        seconds = world.some_time(0.5, 15)

        def begin() -> None:
            wire.up.delay_s, wire.down.delay_s = world.random.uniform(0, 0.5), world.random.uniform(0.01, 1)

        try:
            await _hold(world, wire.down, self.name, seconds, begin)
        finally:
            wire.up.free()


class Slow(Fault):
    """See `sentence`."""

    name = "slow"
    sentence = "a client reads at some kB/s while others post long messages"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        pipe = world.wire().down
        seconds = world.some_time(0.5, 20)

        def begin() -> None:
            pipe.bytes_per_s = world.random.uniform(1_000, 20_000)
            world.worker().tell("burst", count=40, size=8_000)

        await _hold(world, pipe, self.name, seconds, begin)


async def _hold(world: World, pipe: Pipe, name: str, seconds: float, begin: Callable[[], None]) -> None:
    """Keep a pipe broken for a time; it counts once something was held back by it."""
    before = pipe.late_bytes
    try:
        begin()
        deadline = time.monotonic() + ARMED_S
        while pipe.late_bytes == before and time.monotonic() < deadline and pipe.wire.alive:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        if pipe.late_bytes == before:
            raise NotNow("nothing passed by")
        world.record(name, f"{pipe.direction}, for {seconds:.1f} s")
        await world.rest(seconds)
    finally:
        pipe.free()


# --- the clients ------------------------------------------------------------------------------------------------


class Crash(Fault):
    """See `sentence`."""

    name = "crash"
    sentence = "kill -9 of a client, started again with the outbox it left"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        worker = world.worker()
        try:
            pid = await worker.kill()
            world.record(self.name, f"{worker.who}, pid {pid}")
            await world.rest(world.some_time(0, 3))
        finally:
            await worker.start()


class CrashBetween(Fault):
    """See `sentence`."""

    name = "crash-between"
    sentence = "kill -9 of a client when a message is in its outbox and not on the wire"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        worker = world.worker()
        worker.tell("crash")
        code = await worker.wait(ARMED_S)
        if code is None:
            # It may still do so, at its next post.
            await worker.kill()
            await worker.start()
            raise NotNow("it did not post")
        world.record(self.name, f"{worker.who}, exit code {code}")
        await worker.start()


class Restart(Fault):
    """See `sentence`."""

    name = "restart"
    sentence = "a client is closed in order, and started again"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        worker = world.worker()
        try:
            await worker.leave()
            world.record(self.name, worker.who)
        finally:
            await worker.start()


REGISTRY: Final[tuple[type[Fault], ...]] = (
    Kill,
    Cut,
    LostAnswer,
    Crash,
    CrashBetween,
    Pause,
    Silence,
    Full,
    Delay,
    Storm,
    Slow,
    Clock,
    Restart,
    Rewind,
)
"""Every kind of fault."""
