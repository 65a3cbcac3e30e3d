"""A server, and a proxy in front of it whose wires a test can cut, or that lets nobody through for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from chat_core.check.real.proxy import Proxy
from tests.support.processes import ServerProcess


class Between:
    """A way to a server that can be cut for a while."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = True
        self.proxy = Proxy(self._connect)

    async def _connect(self, make: Callable[[], asyncio.Protocol]) -> object:
        if not self._open:
            raise ConnectionRefusedError("cut")
        return await asyncio.get_running_loop().create_connection(make, "127.0.0.1", self._port)

    def cut(self) -> None:
        """End what is there, and let nobody through."""
        self._open = False
        for wire in self.proxy.wires:
            wire.abort()

    def mend(self) -> None:
        """Let everybody through again."""
        self._open = True


@asynccontextmanager
async def between(home: Path) -> AsyncIterator[tuple[ServerProcess, Proxy]]:
    """Run both; who comes by the proxy can be cut off.

    Args:
        home: an empty folder of the test.
    """
    with ServerProcess(home / "data") as server:
        loop = asyncio.get_running_loop()
        proxy = Proxy(lambda make: loop.create_connection(make, "127.0.0.1", server.port))
        await proxy.start()
        try:
            yield server, proxy
        finally:
            await proxy.stop()
