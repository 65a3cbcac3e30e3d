"""Attacks that want to wear the server out: what each does, and how fast. Speak the protocol by hand."""

from __future__ import annotations

import asyncio
import itertools
import os

from tests.attack.support.attacker import Attack, Attacker, addresses, call, framed

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


WEARING: dict[str, Attack] = {
    "slow_handshakes": slow_handshakes,
    "connection_flood": connection_flood,
    "bombing": bombing,
    "noise": noise,
    "message_flood": message_flood,
    "guessing": guessing,
}
