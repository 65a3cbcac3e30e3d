"""The server under test: a real process, on a data folder of its own, that can be killed, stopped and started again."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.check.real import child

START_WITHIN_S: Final = 30.0
"""Time a server has to listen, in seconds; on a busy machine it takes a second."""
BUFFER_BYTES: Final = 32 * 1024
SEGMENT_BYTES: Final = 1460
"""Longest TCP segment: that of an Ethernet; the sender's buffers are made for it, too."""


class CheckedServer:
    """See the module's head.

    Args:
        data: its data folder.
        log: file for what it says on standard error.
        command: what is run in place of `python -m chat_core`; a broken variant has its own.
    """

    def __init__(self, data: Path, log: Path, command: Sequence[str] = ()) -> None:
        self.data = data
        self.port = 0
        self.starts = 0
        self.env: dict[str, str] = {}
        self._command = tuple(command) or (sys.executable, "-m", "chat_core")
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def database(self) -> Path:
        """Where the store is."""
        return self.data / "chat.db"

    @property
    def pid(self) -> int:
        """The process; 0: there is none."""
        return 0 if self._process is None or self._process.returncode is not None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self.pid != 0

    async def start(self) -> None:
        """Start it, and wait until it listens. Raises: WorldFault."""
        serve = ("serve", "--embedded", "--port", "0", "--log-level", "warning", "--data", str(self.data))
        self._process = await child.start([*self._command, *serve], self._log, self.env)
        self.starts += 1
        assert self._process.stdout is not None
        line = b""
        try:
            async with asyncio.timeout(START_WITHIN_S):
                line = await self._process.stdout.readline()
        except TimeoutError:
            await child.kill(self._process)
        text = line.decode(errors="replace").strip()
        if not text.startswith("listening on "):
            await child.kill(self._process)
            raise WorldFault(f"The server did not start: {self.complaints() or text or 'it said nothing'}")
        self.port = int(text.rpartition(":")[2])

    async def kill(self) -> int:
        """End it with `kill -9`; return the pid it had."""
        assert self._process is not None
        pid = self._process.pid
        await child.kill(self._process)
        return pid

    async def stop(self) -> int:
        """End it in order; return its exit code."""
        if self._process is None:
            return 0
        return await child.end(self._process)

    async def wait(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        assert self._process is not None
        return await self._process.wait()

    def freeze(self) -> bool:
        """Stop the process where it is (SIGSTOP); False: there is none."""
        return self._process is not None and child.send(self._process, signal.SIGSTOP)

    def thaw(self) -> bool:
        """Let it go on."""
        return self._process is not None and child.send(self._process, signal.SIGCONT)

    async def reach(self, make: Callable[[], asyncio.Protocol]) -> None:
        """Connect to it, as over a network: loopback would keep megabytes on their way. Raises: OSError."""
        loop = asyncio.get_running_loop()
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            stream.setblocking(False)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
            await loop.sock_connect(stream, ("127.0.0.1", self.port))
            await loop.create_connection(make, sock=stream)
        except BaseException:
            stream.close()
            raise

    def complaints(self) -> str:
        """Return the end of what it said on standard error."""
        return self._log.read_text(errors="replace")[-2000:].strip() if self._log.exists() else ""
