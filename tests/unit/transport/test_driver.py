"""The driver on real sockets: bytes to envelopes, time-outs, and one end that is told once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from chat_core.base.clock import SystemClock
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Answer, Call, Envelope, Farewell
from chat_core.transport.driver import WRITE_HIGH_BYTES, Driver
from tests.support.clocks import HandClock


@dataclass
class Owner:
    """Writes everything down."""

    driver: Driver | None = None
    envelopes: list[Envelope] = field(default_factory=list)
    ends: list[tuple[Farewell | None, Goodbye | None]] = field(default_factory=list)
    writables: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def opened(self, driver: Driver) -> None:
        self.driver = driver

    def received(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)
        self.moved.set()

    def heard(self, size: int) -> None:
        pass

    def writable(self) -> None:
        self.writables += 1
        self.moved.set()

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        self.ends.append((farewell, ours))
        self.moved.set()

    async def until(self, count: int = 0, *, end: bool = False, writable: bool = False) -> None:
        """Wait for so many envelopes, for the end, or for room."""
        async with asyncio.timeout(10):
            while len(self.envelopes) < count or (end and not self.ends) or (writable and not self.writables):
                await self.moved.wait()
                self.moved.clear()


@dataclass
class Pair:
    """Two drivers with a real stream between them."""

    client: Owner
    server: Owner

    @property
    def client_driver(self) -> Driver:
        assert self.client.driver is not None
        return self.client.driver

    @property
    def server_driver(self) -> Driver:
        assert self.server.driver is not None
        return self.server.driver


async def join(client_socket: socket.socket, server_socket: socket.socket, **times: float) -> Pair:
    loop, clock = asyncio.get_running_loop(), SystemClock()
    pair = Pair(Owner(), Owner())
    for role, owner, stream in (
        (Role.CLIENT, pair.client, client_socket),
        (Role.SERVER, pair.server, server_socket),
    ):
        connection = Connection(role, clock.monotonic(), **(times if role is Role.CLIENT else {}))
        await loop.create_connection(lambda c=connection, o=owner: Driver(c, clock, o), sock=stream)  # type: ignore[misc]
    return pair


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    joined = await join(*socket.socketpair())
    yield joined
    for owner in (joined.client, joined.server):
        assert owner.driver is not None
        owner.driver.abort()
        await owner.until(end=True)


def send(driver: Driver, *envelopes: Envelope) -> None:
    for envelope in envelopes:
        driver.connection.send(envelope)
    driver.flush()


async def test_driver_carries_envelopes_both_ways(pair: Pair) -> None:
    send(pair.client_driver, Call(id=1, request={"do": "hello"}), Call(id=2, request={}))
    await pair.server.until(2)
    send(pair.server_driver, Answer(id=1, reply={}))
    await pair.client.until(1)

    assert pair.server.envelopes == [Call(id=1, request={"do": "hello"}), Call(id=2, request={})]
    assert pair.client.envelopes == [Answer(id=1, reply={})]


async def test_driver_tells_both_sides_once_when_one_says_goodbye(pair: Pair) -> None:
    send(pair.client_driver, Call(id=1, request={}))

    pair.client_driver.close(Goodbye.CLIENT_LEFT, "bye", 3.0)
    await pair.client.until(end=True)
    await pair.server.until(end=True)

    assert pair.client.ends == [(None, Goodbye.CLIENT_LEFT)]
    ((farewell, ours),) = pair.server.ends
    assert farewell == Farewell(code="client_left", text="bye", reconnect=False, retry_after=3.0)
    assert (ours, len(pair.server.envelopes)) == (None, 1)
    pair.server_driver.close(Goodbye.SHUTDOWN)
    assert (len(pair.server.ends), pair.server_driver.closing) == (1, True)


async def test_driver_says_nothing_of_a_reason_when_the_peer_just_goes(pair: Pair) -> None:
    pair.server_driver.abort()
    await pair.client.until(end=True)

    assert pair.client.ends == [(None, None)]


async def test_driver_closes_with_a_goodbye_when_the_peer_breaks_the_protocol(pair: Pair) -> None:
    pair.client_driver.write(b"GET / HTTP/1.1\r\n\r\n")
    await pair.server.until(end=True)
    await pair.client.until(end=True)

    assert pair.server.ends == [(None, Goodbye.FRAME_TOO_LONG)]
    ((farewell, _),) = pair.client.ends
    assert farewell is not None and farewell.code == "frame_too_long"


async def test_driver_tells_of_congestion_and_of_room(pair: Pair) -> None:
    pair.client_driver.pause_reading()
    while not pair.server_driver.congested:
        pair.server_driver.write(bytes(WRITE_HIGH_BYTES))

    pair.client_driver.abort()
    await pair.server.until(end=True)
    assert pair.server.writables == 0, "a closing stream has no room"


async def test_driver_goes_on_when_the_peer_reads_again(pair: Pair) -> None:
    pair.client_driver.pause_reading()
    sent = 0
    while not pair.server_driver.congested:
        send(pair.server_driver, Answer(id=sent, reply={"x": "y" * 30_000}))
        sent += 1

    pair.client_driver.resume_reading()
    await pair.client.until(sent)
    await pair.server.until(writable=True)

    assert not pair.server_driver.congested


async def test_driver_ends_a_connection_that_is_silent_although_it_was_asked() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        loop, clock, owner = asyncio.get_running_loop(), SystemClock(), Owner()
        connection = Connection(Role.CLIENT, clock.monotonic(), ping_every_s=0.05, pong_within_s=0.05)
        await loop.create_connection(lambda: Driver(connection, clock, owner), sock=ours)

        await owner.until(end=True)

        assert owner.ends == [(None, Goodbye.PING_TIMEOUT)]
        said = theirs.recv(4096)
        assert b"ping" in said and b"ping_timeout" in said


async def test_driver_ends_a_dead_connection_in_time_when_it_is_probed() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        loop, clock, owner = asyncio.get_running_loop(), SystemClock(), Owner()
        connection = Connection(Role.CLIENT, clock.monotonic(), ping_every_s=60, pong_within_s=0.05)
        await loop.create_connection(lambda: Driver(connection, clock, owner), sock=ours)

        assert owner.driver is not None
        owner.driver.probe()
        await owner.until(end=True)

        assert owner.ends == [(None, Goodbye.PING_TIMEOUT)]


async def test_driver_keeps_a_connection_that_answers_its_pings() -> None:
    pair = await join(*socket.socketpair(), ping_every_s=0.3, pong_within_s=0.3)

    send(pair.client_driver, Call(id=1, request={}))
    await pair.server.until(1)
    await _pinged(pair.client_driver, 2)

    assert not pair.client.ends
    pair.client_driver.abort()
    pair.server_driver.abort()
    await pair.client.until(end=True)
    await pair.server.until(end=True)


async def _pinged(driver: Driver, times: int) -> None:
    """Wait until so many pings were sent and answered: the deadline moves with each of both."""
    seen: list[float] = []
    async with asyncio.timeout(10):
        while len(seen) < 2 * times + 1:
            if driver.connection.deadline() not in seen:
                seen.append(driver.connection.deadline())
            await asyncio.sleep(0)


async def test_driver_of_a_server_forgives_silence_only_while_what_lies_before_its_ping_moves() -> None:
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * WRITE_HIGH_BYTES)
    far.setblocking(False)
    clock, owner = HandClock(), Owner()
    # It looks at the clock a hundred times a second, and sees what the test made of it.
    connection = Connection(Role.SERVER, clock.now, ping_every_s=0.01, pong_within_s=0.01, sign_in_within_s=1e9)
    await asyncio.get_running_loop().create_connection(lambda: Driver(connection, clock, owner), sock=near)
    assert owner.driver is not None
    for _ in range(4):
        owner.driver.write(bytes(WRITE_HIGH_BYTES // 2))
    assert not owner.driver.congested, "all of it is the kernel's"

    await clock.move(1)
    for _ in range(2):
        far.recv(WRITE_HIGH_BYTES // 2)
        await clock.move(10)
        assert owner.ends == [], "its ping lies behind what the peer is still reading"
    await clock.move(1)
    clock.now += 10
    await owner.until(end=True)

    assert owner.ends == [(None, Goodbye.PING_TIMEOUT)]
    far.close()


async def test_driver_counts_what_has_reached_the_peer_when_asked(pair: Pair) -> None:
    before = pair.server_driver.delivered

    send(pair.server_driver, Answer(id=1, reply={}))
    await pair.client.until(1)

    assert pair.server_driver.delivered > before
