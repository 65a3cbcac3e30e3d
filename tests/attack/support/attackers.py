"""The attackers: what each does, and how fast. Run as processes with nice 19, from other addresses of the loopback.

    python -m tests.attack.support.attackers KIND PORT SECONDS

prints one line of JSON at its end: what it did, and what the server did about it. Speaks the protocol by hand.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import resource
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import msgpack

READ_BYTES = 65_536
TALK_WITHIN_S = 5.0

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
    """

    def __init__(self, port: int, seconds: float) -> None:
        self.port = port
        self.until = time.monotonic() + seconds
        self.counts: Counter[str] = Counter()
        self.chance = random.Random(7)
        self.loop = asyncio.get_running_loop()

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


# --- kinds ---------------------------------------------------------------------------------------------------------

SLOW_SOCKETS = 1000
"""Sockets that are kept open, each sending a byte a second; from 63 addresses, so that 16 from each are let in."""
SLOW_RECONNECTS = 200
"""Of those that the server closes, so many are opened again each second."""


async def slow_handshakes(attacker: Attacker) -> None:
    """Hold many connections open that never finish their first frame."""
    sources = addresses(63)
    hello = call(1, "hello", protocol=1, client="x" * 60)
    free = asyncio.Semaphore(SLOW_SOCKETS)

    async def crawl(_: int) -> None:
        if free.locked():
            return
        async with free:
            stream = await attacker.connect(next(sources))
            if stream is None:
                return
            try:
                for byte in hello:
                    if not await attacker.send(stream, bytes([byte])):
                        attacker.counts["closed by the server"] += 1
                        return
                    await asyncio.sleep(1.0)
            finally:
                stream.close()

    await attacker.at_rate(SLOW_RECONNECTS + SLOW_SOCKETS, crawl)


FLOOD_RATE = 500
"""Connections opened each second, from 40 addresses."""


async def connection_flood(attacker: Attacker) -> None:
    """Open connections as fast as can be, say nothing, hold each for a second."""
    sources = addresses(40)

    async def knock(_: int) -> None:
        stream = await attacker.connect(next(sources))
        if stream is None:
            return
        try:
            closed = await attacker.read(stream, 1.0) is None
            attacker.counts["closed by the server" if closed else "held"] += 1
        finally:
            stream.close()

    await attacker.at_rate(FLOOD_RATE, knock)


BOMB_RATE = 50
"""Bombs each second, each over a connection of its own; every other one is signed in."""


def bombs() -> list[bytes]:
    """Return frames that are small and claim, or are, much more."""
    deep = b"\x91" * 60_000 + b"\xc0"
    wide = b"\xdd" + (2**32 - 1).to_bytes(4, "big")
    return [
        b"\xff\xff\xff\xff",
        (64 * 1024 - 8).to_bytes(4, "big") + b"\x00" * 60_000,
        len(deep).to_bytes(4, "big") + deep,
        len(wide).to_bytes(4, "big") + wide,
        b"\x00\x00\x00\x05\xdf\xff\xff\xff\xff",
        b"\x00\x00\x00\x05\xc6\xff\xff\xff\xff",
        b"\x00\x00\x00\x05\xdb\xff\xff\xff\xff",
        framed({"t": "call", "id": 1, "request": {"do": "post", "body": ["x"] * 4096, "cid": [[[]]] * 1000}}),
        framed({"t": "call", "id": 1, "request": {str(number): number for number in range(5000)}}),
        framed(
            {"t": "call", "id": 1, "request": {"do": "resume", "positions": [{"conversation": 1, "seq": 1}] * 4000}}
        ),
        framed({"t": "ping"}) * 7000,
        b"\x00\x00\x00\x00" * 16_000,
        b"\x00\x00\x00\x01\x80" * 12_000,
    ]


async def bombing(attacker: Attacker) -> None:
    """Send frames and MessagePack that claim to be huge, are deep, or are very many."""
    sources, kinds = addresses(10), bombs()

    async def bomb(number: int) -> None:
        source = next(sources)
        stream = await (
            attacker.enter(source, f"bomber-{number // 2 % 10}") if number % 2 else attacker.connect(source)
        )
        if stream is None:
            return
        try:
            await attacker.send(stream, kinds[number % len(kinds)])
            attacker.counts["bombs"] += 1
            while (data := await attacker.read(stream, 1.0)) != b"" and data is not None:
                pass
            attacker.counts["closed by the server" if data is None else "survived"] += 1
        finally:
            stream.close()

    await attacker.at_rate(BOMB_RATE, bomb)


NOISE_RATE = 200
"""Connections with noise each second."""


async def noise(attacker: Attacker) -> None:
    """Send random bytes, and good frames with some bytes changed."""
    sources, chance = addresses(30), attacker.chance
    good = [call(1, "hello", protocol=1), call(2, "sign_in", name="noise"), call(3, "resume"), framed({"t": "pong"})]

    async def shout(number: int) -> None:
        stream = await attacker.connect(next(sources))
        if stream is None:
            return
        data = bytearray(b"".join(good) if number % 2 else chance.randbytes(chance.randrange(1, 4096)))
        for _ in range(chance.randrange(1, 4)):  # seeded above
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            await attacker.send(stream, bytes(data))
            attacker.counts["shouts"] += 1
            if await attacker.read(stream, 0.5) is None:
                attacker.counts["closed by the server"] += 1
        finally:
            stream.close()

    await attacker.at_rate(NOISE_RATE, shout)


FLOODERS = 20
"""Clients that post as fast as their sockets take it, all into the channel of the honest."""


async def message_flood(attacker: Attacker) -> None:
    """Post from many accounts without a pause, and read nothing but what makes room."""
    sources = addresses(4)

    async def flood(number: int) -> None:
        stream = await attacker.enter(next(sources), f"flooder-{number}")
        if stream is None:
            return
        try:
            await attacker.send(stream, call(4, "join", channel="#bench-0000"))
            ids = itertools.count(5)
            while not attacker.over:
                posts = [
                    call(next(ids), "post", conversation="#bench-0000", cid=os.urandom(16), body="flood " * 20)
                    for _ in range(20)
                ]
                if not await attacker.send(stream, b"".join(posts)):
                    attacker.counts["not read any more"] += 1
                    return
                attacker.counts["posts"] += len(posts)
                data = await attacker.read(stream)
                if data is None:
                    attacker.counts["closed by the server"] += 1
                    return
                attacker.counts["refused"] += data.count(b"rate_limited")
        finally:
            stream.close()

    await asyncio.gather(*(flood(number) for number in range(FLOODERS)))


GUESSERS = 40
"""Connections that guess, from 10 addresses, one guess after the other; half at one name, half at any."""


async def guessing(attacker: Attacker) -> None:
    """Guess passwords, and connect anew whenever the server has had enough."""
    sources = addresses(10)

    async def guess(number: int) -> None:
        source = next(sources)
        for tried in itertools.count():
            if attacker.over:
                return
            stream = await attacker.connect(source)
            if stream is None:
                return
            try:
                await attacker.send(stream, call(1, "hello", protocol=1))
                name = "victim" if number % 2 else f"somebody-{tried % 50}"
                for guess in range(3):
                    password = f"password {number} {tried} {guess}"
                    await attacker.send(stream, call(2 + guess, "sign_in_password", name=name, password=password))
                    data = await attacker.read(stream, 2.0)
                    if data is None:
                        break
                    attacker.counts["refused unheard"] += data.count(b"rate_limited")
                    attacker.counts["wrong"] += data.count(b"wrong_credentials")
            finally:
                stream.close()

    await asyncio.gather(*(guess(number) for number in range(GUESSERS)))


KINDS: dict[str, Attack] = {
    "slow_handshakes": slow_handshakes,
    "connection_flood": connection_flood,
    "bombing": bombing,
    "noise": noise,
    "message_flood": message_flood,
    "guessing": guessing,
}


async def run(kind: str, port: int, seconds: float) -> dict[str, int]:
    """Attack; return the counts."""
    attacker = Attacker(port, seconds)
    await KINDS[kind](attacker)
    return dict(attacker.counts)


def main() -> None:
    """Run the command line."""
    os.nice(19)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    print(json.dumps(asyncio.run(run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))


if __name__ == "__main__":
    main()
