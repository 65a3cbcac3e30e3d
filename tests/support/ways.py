"""The way between commands of the client and a server: it counts what passes, and can be blocked or cut in between."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path

from chat_core.check.real.proxy import Direction, Proxy, Wire
from tests.support.processes import WAIT_S, ServerProcess


class Way:
    """See the module's head; an asynchronous context manager.

    Args:
        server: where it leads; may be killed and started again.
        name: who goes there.
    """

    def __init__(self, server: ServerProcess, name: str) -> None:
        self.server = server
        self.name = name
        self.passed: dict[Direction, int] = {"up": 0, "down": 0}
        """Bytes that came through since something was last done to it."""
        self.stopped = asyncio.Event()
        """Whether it was blocked or cut."""
        self._proxy = Proxy(self._connect, self._tap)
        self._when: Callable[[Direction, bytes], bool] = _never
        self._act: Callable[[Wire], None] = Wire.abort

    async def __aenter__(self) -> Way:
        """Open it."""
        await self._proxy.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        await self._proxy.stop()

    def block(self, direction: Direction, behind: int) -> None:
        """Let so many bytes through in one direction, and nothing more."""

        def silence(wire: Wire) -> None:
            wire.pipe(direction).silent = True

        self._set(lambda its, _: its == direction and self.passed[its] >= behind, silence)

    def cut(self, direction: Direction, behind: int) -> None:
        """Let so many bytes through in one direction, then cut whatever is there off, once."""

        def abort(wire: Wire) -> None:
            self._when = _never
            asyncio.get_running_loop().call_soon(wire.abort)

        self._set(lambda its, _: its == direction and self.passed[its] >= behind, abort)

    def deafen(self, request: str) -> None:
        """Let nothing more come back from the server once a request goes there."""

        def silence(wire: Wire) -> None:
            wire.down.silent = True

        self._set(lambda its, data: its == "up" and request.encode() in data, silence)

    def free(self) -> None:
        """Cut off what is there, and let everything through from now on."""
        for wire in self._proxy.wires:
            wire.abort()
        self._set(_never, Wire.abort)

    async def started(self, *arguments: str | Path) -> Process:
        """Start a command of the client."""
        to = ("--server", f"127.0.0.1:{self._proxy.port}", "--name", self.name)
        command = [sys.executable, "-m", "chat_tui", *map(str, arguments), *to]
        return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)

    async def run(self, *arguments: str | Path) -> str:
        """Run a command to its good end; return what it printed."""
        process = await self.started(*arguments)
        async with asyncio.timeout(WAIT_S):
            out, err = await process.communicate()
        assert process.returncode == 0, err
        return out.decode()

    async def killed(self, ready: Callable[[], bool], *arguments: str | Path) -> None:
        """Start a command, and kill it when the way was stopped and something else holds."""
        await self._kill(await self.started(*arguments), ready)

    async def talked(self, *lines: str) -> str:
        """Say lines in the line mode, to its good end; return what it said."""
        process = await self._talking()
        async with asyncio.timeout(WAIT_S):
            out, err = await process.communicate("".join(f"{line}\n" for line in lines).encode())
        assert process.returncode == 0, err
        return out.decode()

    async def killed_talking(self, ready: Callable[[], bool], line: str) -> None:
        """Say a line in the line mode, and kill it as `killed` does."""
        process = await self._talking()
        assert process.stdin is not None
        process.stdin.write(f"{line}\n".encode())
        await self._kill(process, ready)

    async def _talking(self) -> Process:
        to = (f"chat://127.0.0.1:{self._proxy.port}", "--name", self.name)
        command = [sys.executable, "-m", "chat_tui", "connect", *to, "--plain"]
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)

    async def _kill(self, process: Process, ready: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            await self.stopped.wait()
            while not ready():  # noqa: ASYNC110  # it is another process that makes it so
                await asyncio.sleep(0.005)
        process.kill()
        await process.wait()

    def _set(self, when: Callable[[Direction, bytes], bool], act: Callable[[Wire], None]) -> None:
        self._when, self._act, self.passed = when, act, {"up": 0, "down": 0}
        self.stopped.clear()

    async def _connect(self, make: Callable[[], asyncio.Protocol]) -> object:
        return await asyncio.get_running_loop().create_connection(make, "127.0.0.1", self.server.port)

    def _tap(self, number: int) -> Callable[[Direction, bytes], None]:
        def passed(direction: Direction, data: bytes) -> None:
            self.passed[direction] += len(data)
            if self._when(direction, data):
                for wire in self._proxy.wires:
                    self._act(wire)
                self.stopped.set()

        return passed


def _never(direction: Direction, data: bytes) -> bool:
    return False
