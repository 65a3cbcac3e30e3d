"""A server, and a proxy in front of it whose wires a test can cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chat_core.check.real.proxy import Proxy
from tests.support.processes import ServerProcess


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
