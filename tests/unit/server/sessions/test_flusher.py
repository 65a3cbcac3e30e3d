"""When queues are written: once per turn, together with what is about to come, and never much later."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from chat_core.base.clock import SystemClock
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Answer
from chat_core.protocol.limits import NO_PROGRESS_S
from chat_core.server.sessions import flusher as flushing
from chat_core.server.sessions.flusher import HOLD_S, MANY, Flusher
from chat_core.server.sessions.session import Session
from chat_core.transport.driver import Driver
from tests.support.clocks import HandClock


class Recorder(asyncio.Transport):
    """A stream that keeps what is written, one entry for each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.written = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))
        self.written.set()

    def is_closing(self) -> bool:
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


class World:
    """A flusher and some connected readers."""

    def __init__(self, readers: int) -> None:
        self.more_coming = False
        self.flusher = Flusher(SystemClock(), lambda: self.more_coming)
        self.sessions = [self._connect() for _ in range(readers)]

    def push(self, data: bytes) -> None:
        """Queue an event for everybody, as a commit does."""
        for session in self.sessions:
            assert session.push(data)

    def writes(self, index: int = 0) -> list[bytes]:
        """Return what one reader was written."""
        return self.stream(index).writes

    def stream(self, index: int = 0) -> Recorder:
        """Return one reader's stream."""
        driver = self.sessions[index].driver
        assert driver is not None and isinstance(driver.transport, Recorder)
        return driver.transport

    def _connect(self) -> Session:
        session = Session(
            mark=self.flusher.mark,
            write=self.flusher.answer,
            peer="test",
            local=True,
            on_open=lambda _: None,
            on_call=lambda _session, _call: None,
            on_closed=lambda _session, _why: None,
        )
        clock = SystemClock()
        Driver(Connection(Role.SERVER, clock.monotonic()), clock, session).connection_made(Recorder())
        return session


async def turns(count: int) -> None:
    """Let the event loop turn."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_flusher_joins_a_push_and_the_answer_behind_it_when_the_answer_comes_one_turn_later() -> None:
    world = World(1)

    world.push(b"push")
    asyncio.get_running_loop().call_soon(world.sessions[0].answered, Answer(id=1, reply={}))
    await turns(3)

    (write,) = world.writes()
    assert write.startswith(b"push") and b"answer" in write


async def test_flusher_writes_the_answer_to_a_read_in_the_turn_in_which_it_is_there() -> None:
    world = World(1)

    world.sessions[0].answered(Answer(id=1, reply={}), at_once=True)

    (write,) = world.writes()
    assert b"answer" in write


async def test_flusher_writes_the_answer_to_a_read_behind_the_push_that_is_about_to_be_written() -> None:
    world = World(1)

    world.push(b"push")
    world.sessions[0].answered(Answer(id=1, reply={}), at_once=True)
    assert world.writes() == []
    await turns(2)

    (write,) = world.writes()
    assert write.startswith(b"push") and b"answer" in write


@pytest.mark.parametrize(("readers", "more_coming"), [(MANY - 1, True), (MANY, False)])
async def test_flusher_writes_at_once_when_readers_are_few_or_nothing_is_under_way(
    readers: int, more_coming: bool
) -> None:
    world = World(readers)
    world.more_coming = more_coming

    world.push(b"one")
    await turns(2)

    assert all(world.writes(index) == [b"one"] for index in range(readers))


async def test_flusher_writes_two_commits_at_once_when_the_second_was_under_way() -> None:
    world = World(MANY)
    world.more_coming = True

    world.push(b"one")
    await turns(5)
    assert world.writes() == [], "it waits for the commit that is under way"
    world.push(b"two")
    world.sessions[7].answered(Answer(id=1, reply={}))
    await turns(2)

    assert [world.writes(index) for index in (0, MANY - 1)] == [[b"onetwo"], [b"onetwo"]]
    (write,) = world.writes(7)
    assert write.startswith(b"onetwo") and b"answer" in write


async def test_flusher_waits_only_once_when_more_and_more_is_coming() -> None:
    world = World(MANY)
    world.more_coming = True

    world.push(b"one")
    await turns(2)
    for _ in range(5):
        world.push(b".")
        world.sessions[0].answered(Answer(id=1, reply={}))
        await turns(1)

    assert world.writes(1)[0].startswith(b"one")


async def test_flusher_writes_after_a_moment_when_nothing_comes_after_all() -> None:
    world = World(MANY)
    world.more_coming = True
    loop = asyncio.get_running_loop()
    begun = loop.time()

    world.push(b"one")
    await asyncio.wait_for(world.stream().written.wait(), 5)

    assert loop.time() - begun >= HOLD_S / 2
    assert all(world.writes(index) == [b"one"] for index in range(MANY))
    world.push(b"two")
    await asyncio.wait_for(turns(4), 5)
    world.sessions[0].answered(Answer(id=1, reply={}))
    await turns(2)
    assert world.writes(1) == [b"one", b"two"], "and it goes on as before"


# --- readers that do not keep up --------------------------------------------------------------------------------------


Closings = asyncio.Queue[Goodbye | None]


@pytest.fixture
async def stream(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Session, HandClock, socket.socket, Closings]]:
    """Connect one session to a real socket that nobody reads yet; the flusher looks at it all the time."""
    monkeypatch.setattr(flushing, "SWEEP_EVERY_S", 0.001)
    near, far = socket.socketpair()
    clock, closings = HandClock(), Closings()
    flusher = Flusher(clock, lambda: False)
    session = Session(
        mark=flusher.mark,
        peer="test",
        local=True,
        on_open=lambda _: None,
        on_call=lambda _session, _call: None,
        on_closed=lambda _session, why: closings.put_nowait(why),
    )
    connection = Connection(Role.SERVER, clock.now, sign_in_within_s=1e9)
    await asyncio.get_running_loop().create_connection(lambda: Driver(connection, SystemClock(), session), sock=near)
    yield session, clock, far, closings
    far.close()
    if session.driver is not None:
        session.driver.abort()


async def test_flusher_closes_a_reader_that_takes_nothing_for_too_long_when_nothing_more_is_said(
    stream: tuple[Session, HandClock, socket.socket, Closings],
) -> None:
    session, clock, _, closings = stream
    session.push(bytes(1_000_000))
    await turns(5)
    assert session.driver is not None and session.driver.congested

    await clock.move(NO_PROGRESS_S - 1)
    assert not session.driver.closing
    clock.now += 1

    assert await asyncio.wait_for(closings.get(), 10) is Goodbye.SLOW_READER


async def test_flusher_lets_a_reader_live_while_it_takes_a_little(
    stream: tuple[Session, HandClock, socket.socket, Closings],
) -> None:
    session, clock, far, closings = stream
    far.setblocking(False)
    session.push(bytes(1_000_000))
    await turns(5)

    for _ in range(5):
        await clock.move(NO_PROGRESS_S - 1)
        far.recv(65536)

    assert closings.empty()
