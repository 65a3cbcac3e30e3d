"""What every attacker can do: connect from other addresses, speak the protocol by hand, count what becomes of it."""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgpack

READ_BYTES = 65_536
TALK_WITHIN_S = 5.0
LONGER_S = 25.0
"""Time that an attack gets besides for the least that it is to do, on a machine that has none for it."""

Attack = Callable[["Attacker"], Awaitable[None]]


def framed(envelope: dict[str, Any]) -> bytes:
    """Return an envelope's frame."""
    payload: bytes = msgpack.packb(envelope)
    return len(payload).to_bytes(4, "big") + payload


def call(number: int, do: str, **fields: Any) -> bytes:
    """Return a call's frame."""
    return framed({"t": "call", "id": number, "request": {"do": do, **fields}})


def addresses(count: int) -> Iterator[str]:
    """Return addresses of the loopback interface, from 127.0.0.2 on, over and over."""
    return itertools.cycle(f"127.0.{number // 250}.{2 + number % 250}" for number in range(count))


class Attacker:
    """Opens connections to the server and counts what becomes of them.

    Args:
        port: of the server.
        seconds: how long.
        spent: a token of a device that was signed out.
        least: what it is to have counted, whatever time that takes.
    """

    def __init__(
        self, port: int, seconds: float, spent: str = "", least: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self.spent = spent
        self.port = port
        self._end = time.monotonic() + seconds
        self._least = least
        self.counts: Counter[str] = Counter()
        self.chance = random.Random(7)
        self.loop = asyncio.get_running_loop()

    @property
    def until(self) -> float:
        """When the time is over, in monotonic seconds; later while it has not done the least."""
        wanting = any(self.counts[name] < number for name, number in self._least.items())
        return self._end + (LONGER_S if wanting else 0.0)

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self.until

    async def connect(self, source: str) -> socket.socket | None:
        """Connect from an address; None: the system or the server had no room."""
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        stream.setblocking(False)
        try:
            stream.bind((source, 0))
            async with asyncio.timeout(2):
                await self.loop.sock_connect(stream, ("127.0.0.1", self.port))
        except (OSError, TimeoutError):
            stream.close()
            self.counts["not connected"] += 1
            return None
        self.counts["connected"] += 1
        return stream

    async def send(self, stream: socket.socket, data: bytes) -> bool:
        """Send, for as long as the time allows; False: the server has closed, or does not read."""
        try:
            async with asyncio.timeout(max(0.05, self.until - time.monotonic())):
                await self.loop.sock_sendall(stream, data)
        except (OSError, TimeoutError):
            return False
        return True

    async def read(self, stream: socket.socket, within_s: float = 0.001) -> bytes | None:
        """Return what has come; nothing if nothing has; None: the server has closed, or says that it does."""
        try:
            async with asyncio.timeout(within_s):
                data = await self.loop.sock_recv(stream, READ_BYTES)
        except TimeoutError:
            return b""
        except OSError:
            return None
        return data if data and b"goodbye" not in data else None

    async def enter(self, source: str, name: str) -> socket.socket | None:
        """Connect and sign in."""
        stream = await self.connect(source)
        if stream is None:
            return None
        await self.send(stream, call(1, "hello", protocol=1) + call(2, "sign_in", name=name) + call(3, "resume"))
        heard = b""
        while b"conversations" not in heard and not self.over:
            data = await self.read(stream, TALK_WITHIN_S)
            if not data or b"failure" in data:
                stream.close()
                self.counts["not signed in"] += 1
                return None
            heard += data
        self.counts["signed in"] += 1
        return stream

    async def at_rate(self, rate: float, do: Callable[[int], Coroutine[Any, Any, None]]) -> None:
        """Begin something so many times a second, whether or not what was begun before has ended."""
        begun = time.monotonic()
        running: set[asyncio.Task[None]] = set()
        for number in itertools.count():
            if self.over:
                break
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            task = self.loop.create_task(do(number))
            running.add(task)
            task.add_done_callback(running.discard)
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
