"""The checker's side of a worker: starts it, hears how it is, tells it what to do, kills it, starts it again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path

import msgspec
from msgspec.structs import replace

from chat_core.base.tasks import spawn
from chat_core.check.real import child
from chat_core.check.real.telling import NOTHING, Telling
from chat_core.check.real.worker import Order


class WorkerProcess:
    """A client, through all its lives.

    Args:
        order: what it is; life and file are set at each start.
        folder: where the files of its records go.
        log: file for what it says on standard error.
    """

    def __init__(self, order: Order, folder: Path, log: Path) -> None:
        self.who = order.who
        self.lives = 0
        self.files: list[Path] = []
        self.telling = NOTHING
        self._order = order
        self._folder = folder
        self._log = log
        self._before = NOTHING
        self._process: asyncio.subprocess.Process | None = None
        self._news = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process; 0: there is none."""
        return self._process.pid if self._process is not None and self.running else 0

    @property
    def totals(self) -> tuple[int, int, int]:
        """Sends, acknowledgements and deliveries of all lives, as far as it told."""
        now, before = self.telling, self._before
        return before.sends + now.sends, before.acks + now.acks, before.deliveries + now.deliveries

    async def start(self) -> None:
        """Begin another life. Raises: WorldFault."""
        sends, acks, deliveries = self.totals
        self._before = replace(NOTHING, sends=sends, acks=acks, deliveries=deliveries)
        self.telling = NOTHING
        self.lives += 1
        file = self._folder / f"{self.who}.{self.lives}.jsonl"
        file.touch(mode=0o600)
        self.files.append(file)
        self._process = await child.start([sys.executable, "-m", "chat_core.check.real.worker"], self._log)
        self._write(msgspec.json.encode(replace(self._order, life=self.lives, file=str(file))))
        spawn("worker", self._listen(self._process))

    def tell(self, do: str, **more: int) -> None:
        """Give it a command."""
        self._write(json.dumps({"do": do, **more}).encode())

    async def kill(self) -> int:
        """End it with `kill -9`; return the pid it had."""
        assert self._process is not None
        pid = self._process.pid
        await child.kill(self._process)
        return pid

    async def wait(self, within_s: float) -> int | None:
        """Wait until it ends by itself; return its exit code, None: it did not in time."""
        assert self._process is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                return await self._process.wait()
        return None

    async def leave(self, within_s: float = child.END_WITHIN_S) -> bool:
        """Have it close in order; False: it had to be killed."""
        if not self.running:
            return True
        self.tell("leave")
        if await self.wait(within_s) is None:
            await self.kill()
            return False
        return True

    def freeze(self) -> bool:
        """Stop the process where it is (SIGSTOP); False: there is none."""
        return self._process is not None and child.send(self._process, signal.SIGSTOP)

    def thaw(self) -> bool:
        """Let it go on."""
        return self._process is not None and child.send(self._process, signal.SIGCONT)

    def complaints(self) -> str:
        """Return the end of what the clients said on standard error."""
        return self._log.read_text(errors="replace")[-2000:].strip()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            if process is self._process and line.endswith(b"\n"):
                self.telling = msgspec.json.decode(line, type=Telling)

    def _write(self, line: bytes) -> None:
        assert self._process is not None and self._process.stdin is not None
        if not self._process.stdin.is_closing():
            self._process.stdin.write(line + b"\n")
