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
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import ClassVar, Final, Literal

from chat_core.base.clock import SystemClock
from chat_core.base.errors import WorldFault
from chat_core.check.real.proxy import Direction, Pipe, Proxy, Wire
from chat_core.check.real.server import CheckedServer
from chat_core.check.real.workers import WorkerProcess

Lane = Literal["server", "clients"]
"""Faults of one lane happen one after the other; those of different lanes at the same time."""

ARMED_S: Final = 10.0
"""Longest wait for something that can be broken to pass by, in seconds."""
TRY_S: Final = 1.0
"""Longest wait for it on one connection, in seconds."""
DISK_BYTES: Final = 384 * 1024 * 1024
"""Size of the small file system for a full disk; it is in memory."""
LITTLE_BYTES: Final = 256 * 1024
"""Room that comes and goes in a disk that is nearly full."""
FLICKERS: Final = 12
"""How often it does."""
CLOCK_LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
    "/usr/local/lib/faketime/libfaketime.so.1",
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
        ballast, last = disk / "ballast", disk / "last"
        try:
            _take_up(ballast, os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize)
            _take_up(last, os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize)
            world.record(self.name, f"{ballast.stat().st_size} bytes of ballast for {seconds:.1f} s")
            await world.rest(seconds)
            ballast.write_bytes(b"")
            _take_up(ballast, os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - LITTLE_BYTES)
            await self._flicker(world, last)
        finally:
            _remove(ballast, last)

    async def _flicker(self, world: World, last: Path) -> None:
        """Have room for a moment, and none: of sends on their way, the first may be refused and the next find room."""
        for _ in range(FLICKERS):
            _take_up(last, LITTLE_BYTES)
            world.worker().tell("burst", count=60, size=50)
            await asyncio.sleep(world.random.uniform(0.005, 0.06))
            _remove(last)
            await asyncio.sleep(world.random.uniform(0.005, 0.06))

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


def _take_up(path: Path, size: int) -> None:
    """Make a file that long, or as long as there is room."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        if size > 0:
            os.posix_fallocate(file.fileno(), 0, size)
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
        while file.tell() < size and file.write(b"\0" * 4096):
            pass


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


class Rewind(Fault):
    """See `sentence`."""

    name = "rewind"
    sentence = "the server's database is copied back by hand, some time later: its epoch stays, its end is lost"
    lane: ClassVar[Lane] = "server"
    most = 6

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


class Restore(Fault):
    """See `sentence`."""

    name = "restore"
    sentence = "a backup is taken while the server runs, and restored some time later: another epoch begins"
    lane: ClassVar[Lane] = "server"
    most = 6

    def unable(self) -> str:
        """Return why not."""
        return "" if find_spec("chat_core.server.admin") else "this version has no backup and restore"

    async def happen(self, world: World) -> None:
        """Do it, with the commands an operator has for it."""
        if not world.server.running:
            raise NotNow("the server is down")
        backup = world.folder / "backup.db"
        await _command("backup", str(backup), "--data", str(world.server.data), "--force")
        await world.rest(world.some_time(0.3, 10))
        async with world.down():
            await world.server.stop()
            world.save()
            await _command("restore", str(backup), "--data", str(world.server.data), "--replace")
            for file in world.server.data.glob(f"{world.server.database.name}.replaced-*"):
                file.unlink()
            world.record(self.name, f"{backup.stat().st_size} bytes")


async def _command(*arguments: str) -> None:
    """Run a command of this program. Raises: WorldFault."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chat_core", *arguments), stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise WorldFault(f"chat-core {arguments[0]} failed: {said.decode(errors='replace').strip()}")


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


# --- the wires --------------------------------------------------------------------------------------------------


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
        code = await worker.wait(ARMED_S / 2)
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
    Restore,
    Rewind,
)
"""Every kind of fault."""
