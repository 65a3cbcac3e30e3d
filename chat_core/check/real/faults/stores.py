"""Faults of what the server stores: its disk is full, or its database is another than it was."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Final

from chat_core.base.errors import WorldFault
from chat_core.check.real.faults.base import Fault, Lane, NotNow, World

DISK_BYTES: Final = 384 * 1024 * 1024
"""Size of the small file system for a full disk; it is in memory."""
LITTLE_BYTES: Final = 256 * 1024
"""Room that comes and goes in a disk that is nearly full."""
FLICKERS: Final = 12
"""How often it does."""


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
