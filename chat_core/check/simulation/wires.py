"""Streams in memory between two real drivers, with a hand that can cut, hold or silence them at any byte.

Each direction of a `Wire` is a `Pipe`: what was written waits in the writer's buffer until the way has room for it, is
on its way for a while, and then arrives, whole or in pieces. A `Network` is one client's way to the server.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from chat_core.base.errors import WorldFault
from chat_core.protocol.limits import FRAME_HEADER_BYTES
from chat_core.transport.driver import Driver
from chat_core.transport.urls import Address

PIECES: Final = (1, 7, 64, 4096, 65536)
"""Sizes of what arrives at once, in bytes."""
ENDLESS: Final = 1 << 40


class Fate(Enum):
    """What becomes of a frame, and of the stream with it."""

    PASS = "pass"
    LOST = "lost"
    """Cut before it."""
    TORN = "torn"
    """Cut in the middle of it."""
    LAST = "last"
    """Cut right behind it."""
    SILENT = "silent"
    """It and everything after it in its direction vanishes; nobody is told."""


Hand = Callable[[bool, bytes], Fate]
"""Decides on each frame: whether the client sent it, and the frame."""


def passing(from_client: bool, frame: bytes) -> Fate:
    """Let everything pass."""
    return Fate.PASS


@dataclass(slots=True)
class Weather:
    """How fast and how evenly a network carries."""

    least_s: float = 0.0
    """Shortest time on the way, in seconds."""
    spread_s: float = 0.0
    """Chance adds up to this many seconds to it."""
    pieces: float = 1.0
    """Share of the writes that arrive in pieces, from 0 to 1."""
    window: int = ENDLESS
    """Most bytes on the way; the others wait in the writer's buffer."""
    buffer: int = ENDLESS
    """Bytes in the writer's buffer above which it is told to hold back, if that is less than what it asked for."""


class MemoryTransport(asyncio.Transport):
    """One end of a wire."""

    def __init__(self, wire: Wire, *, is_client: bool) -> None:
        super().__init__()
        self._wire = wire
        self._is_client = is_client
        self._closing = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Know nothing (asyncio)."""
        return default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Take the bounds over, as far as the weather allows (asyncio)."""
        if high is not None:
            self._wire.pipe(self._is_client).bound(high)

    def get_write_buffer_size(self) -> int:
        """Return the bytes that are not on their way yet (asyncio)."""
        return self._wire.pipe(self._is_client).waiting

    def is_closing(self) -> bool:
        """Return whether this end is closed, or about to be (asyncio)."""
        return self._closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send (asyncio)."""
        if not self._closing:
            self._wire.carry(self._is_client, bytes(data))

    def pause_reading(self) -> None:
        """Let nothing arrive here (asyncio)."""
        self._wire.pipe(not self._is_client).pause()

    def resume_reading(self) -> None:
        """Let it arrive again (asyncio)."""
        self._wire.pipe(not self._is_client).go_on()

    def close(self) -> None:
        """End the stream once what was written has arrived (asyncio)."""
        if not self._closing:
            self._closing = True
            self._wire.end_soon(self._is_client)

    def abort(self) -> None:
        """End the stream at once (asyncio)."""
        self._closing = True
        self._wire.abort(self._is_client)

    def mark_closing(self) -> None:
        """The other end, or the hand, ended it."""
        self._closing = True


class Pipe:
    """One direction of a wire.

    Args:
        sender: is told when its buffer is full.
        receiver: gets what arrives.
        weather: may change while the pipe is in use.
        chance: decides on times and pieces.
    """

    __slots__ = (
        "_chance",
        "_congested",
        "_flight",
        "_flying",
        "_high",
        "_last_due",
        "_loop",
        "_paused",
        "_queue",
        "_receiver",
        "_sender",
        "_then",
        "_timer",
        "ended",
        "held_until",
        "silent",
        "waiting",
        "weather",
    )

    def __init__(self, sender: Driver, receiver: Driver, weather: Weather, chance: random.Random) -> None:
        self._loop = asyncio.get_running_loop()
        self._sender = sender
        self._receiver = receiver
        self._chance = chance
        self.weather = weather
        self.waiting = 0
        """Bytes that were written and are not on their way yet."""
        self.silent = False
        """Whether what is written now vanishes."""
        self.ended = False
        """Whether nothing arrives any more."""
        self.held_until = 0.0
        """Nothing arrives before this time."""
        self._queue: deque[bytes] = deque()
        self._flight: deque[tuple[float, bytes]] = deque()
        self._flying = 0
        self._last_due = 0.0
        self._timer: asyncio.Handle | None = None
        self._paused = False
        self._congested = False
        self._high = ENDLESS
        self._then: Callable[[], None] | None = None

    def bound(self, high: int) -> None:
        """Tell the sender to hold back above so many waiting bytes."""
        self._high = min(high, self.weather.buffer)

    def write(self, data: bytes) -> None:
        """Take bytes from the sender."""
        if self.ended or self.silent or not data:
            return
        self._queue.append(data)
        self.waiting += len(data)
        self._send()
        if self.waiting > self._high and not self._congested:
            self._congested = True
            self._sender.pause_writing()

    def pause(self) -> None:
        """Let nothing arrive."""
        self._paused = True

    def go_on(self) -> None:
        """Let it arrive again."""
        self._paused = False
        self._plan()

    def look(self) -> None:
        """Send what waits: the weather is another one."""
        self._send()
        self._plan()

    def when_empty(self, then: Callable[[], None]) -> None:
        """Call something once all that was written has arrived."""
        if self.waiting or self._flight:
            self._then = then
        else:
            self._loop.call_soon(then)

    def die(self, share: float) -> None:
        """The sender is dead: what it still held is lost, of what is on its way a share arrives."""
        self._queue.clear()
        self.waiting = 0
        kept = int(self._flying * share)
        for _ in range(len(self._flight)):
            due, data = self._flight.popleft()
            if kept > 0:
                self._flight.append((due, data[:kept]))
            kept -= len(data)
        self._flying = sum(len(data) for _, data in self._flight)

    def end(self) -> None:
        """Let nothing arrive any more."""
        self.ended = True
        self._queue.clear()
        self._flight.clear()
        self.waiting = self._flying = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- how --------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        """Put on the way what there is room for."""
        weather = self.weather
        while self._queue and self._flying < weather.window:
            data = self._queue.popleft()
            room = weather.window - self._flying
            if len(data) > room:
                self._queue.appendleft(data[room:])
                data = data[:room]
            self.waiting -= len(data)
            self._flying += len(data)
            self._fly(data)
        if self._congested and self.waiting <= self._high // 4:
            self._congested = False
            self._sender.resume_writing()

    def _fly(self, data: bytes) -> None:
        weather, chance = self.weather, self._chance
        due = self._last_due
        if weather.least_s or weather.spread_s:
            due = self._loop.time() + weather.least_s + weather.spread_s * chance.random()
            due = self._last_due = max(due, self._last_due)
        if weather.pieces and (weather.pieces >= 1.0 or chance.random() < weather.pieces):
            while data:
                size = chance.choice(PIECES)
                self._flight.append((due, data[:size]))
                data = data[size:]
        else:
            self._flight.append((due, data))
        self._plan()

    def _plan(self) -> None:
        if self._timer is None and self._flight and not self._paused:
            due = max(self._flight[0][0], self.held_until)
            if due <= self._loop.time():
                self._timer = self._loop.call_soon(self._arrive)
            else:
                self._timer = self._loop.call_at(due, self._arrive)

    def _arrive(self) -> None:
        self._timer = None
        now = self._loop.time()
        while self._flight and not self._paused and max(self._flight[0][0], self.held_until) <= now:
            _, data = self._flight.popleft()
            self._flying -= len(data)
            self._receiver.data_received(data)
        if self.ended:
            return
        if self._queue:
            self._send()
        self._plan()
        if self._then is not None and not self.waiting and not self._flight:
            then, self._then = self._then, None
            then()


class Wire:
    """A stream between a client's and a server's driver.

    Args:
        hand: decides on frames.
        chance: cuts what is delivered into pieces of any size.
        weather: how it carries.
    """

    def __init__(
        self, client: Driver, server: Driver, hand: Hand, chance: random.Random, weather: Weather | None = None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._hand = hand
        self._chance = chance
        weather = weather or Weather()
        self._drivers = {True: client, False: server}
        self._pipes = {
            True: Pipe(client, server, weather, chance),
            False: Pipe(server, client, weather, chance),
        }
        self._ends = {side: MemoryTransport(self, is_client=side) for side in (True, False)}
        self.writes = {True: 0, False: 0}
        """Times that each side wrote."""
        self.over = False
        """Whether it has ended for both sides."""
        self._lost = {True: False, False: False}
        for side in (False, True):
            self._drivers[side].connection_made(self._ends[side])

    def pipe(self, from_client: bool) -> Pipe:
        """Return one direction."""
        return self._pipes[from_client]

    def take_hand(self, hand: Hand) -> None:
        """Have another hand decide from now on; a stream that is about to be cut stays so."""
        if self._hand is not _losing:
            self._hand = hand

    def carry(self, from_client: bool, data: bytes) -> None:
        """Take whole frames from one side; each has its fate."""
        self.writes[from_client] += 1
        pipe = self._pipes[from_client]
        if self._hand is not passing and not pipe.silent:
            data = self._decided(from_client, data)
        if data and not self._lost[from_client]:
            pipe.write(data)

    def end_soon(self, side: bool) -> None:
        """End it for one side now, for the other once what was written has arrived."""
        self._pipes[not side].end()
        if self._silent:
            self._loop.call_soon(self._lose, side)  # the other one is never told
        else:
            self._pipes[side].when_empty(self.cut)

    def abort(self, side: bool) -> None:
        """End it for one side now, and for the other, unless it is behind a silence."""
        if self._silent:
            self._loop.call_soon(self._lose, side)
        else:
            self.cut()

    def cut(self) -> None:
        """End it for both sides, now."""
        for side in (True, False):
            self._loop.call_soon(self._lose, side)
        self.over = True

    def die(self, side: bool, share: float) -> None:
        """One side is dead: of what it had sent a share still arrives, then the other one is told.

        Args:
            side: True: the client, False: the server.
            share: from 0 to 1.
        """
        self._pipes[not side].end()
        self._lose(side)
        pipe = self._pipes[side]
        pipe.die(share)
        if not pipe.silent:
            pipe.when_empty(self.cut)

    def silence(self, from_client: bool) -> None:
        """Let everything vanish that one side writes from now on; nobody is told."""
        self._pipes[from_client].silent = True

    def hold(self, seconds: float) -> None:
        """Let nothing arrive for a while."""
        for pipe in self._pipes.values():
            pipe.held_until = self._loop.time() + seconds

    # --- how --------------------------------------------------------------------------------------------------

    @property
    def _silent(self) -> bool:
        return any(pipe.silent for pipe in self._pipes.values())

    def _decided(self, from_client: bool, data: bytes) -> bytes:
        """Return what passes; drivers write whole frames."""
        passed = at = 0
        while at < len(data):
            end = at + FRAME_HEADER_BYTES + int.from_bytes(data[at : at + FRAME_HEADER_BYTES], "big")
            fate = self._hand(from_client, data[at:end])
            if fate is Fate.SILENT:
                self._loop.call_soon(self.silence, from_client)
                return data[:passed]
            if fate is Fate.TORN:
                passed = at + self._chance.randrange(1, end - at)
            elif fate is not Fate.LOST:
                passed = end
            if fate is not Fate.PASS:
                self._torn(from_client)
                return data[:passed]
            at = end
        return data

    def _torn(self, from_client: bool) -> None:
        """Cut it once what passed has arrived; nothing more is taken."""

        def cut() -> None:
            self._pipes[from_client].when_empty(self.cut)

        self._hand = _losing
        self._loop.call_soon(cut)

    def _lose(self, side: bool) -> None:
        if not self._lost[side]:
            self._lost[side] = True
            self._ends[side].mark_closing()
            self._pipes[not side].end()
            self._drivers[side].connection_lost(None)
            self.over = self.over or all(self._lost.values())


def _losing(from_client: bool, frame: bytes) -> Fate:
    return Fate.LOST


class Network:
    """Connects a client to a server that may be down.

    Args:
        make_server: makes the server's driver of a new connection; None: nobody listens.
        chance: for times and for the sizes of pieces.
        weather: how it carries.
        dial_s: time a connect takes, in seconds.
    """

    def __init__(
        self,
        make_server: Callable[[], Driver | None],
        chance: random.Random,
        weather: Weather | None = None,
        dial_s: float = 0.001,
    ) -> None:
        self.up = True
        self.fault: Exception = WorldFault("Nobody listens there.")
        """What connecting ends with while it is not up."""
        self.tries: list[float] = []
        """When somebody tried to connect."""
        self.connects = 0
        """Connections made so far."""
        self.weather = weather or Weather()
        self._hand: Hand = passing
        self._make_server = make_server
        self._chance = chance
        self._dial_s = dial_s
        self.wires: list[Wire] = []
        """Streams that were not cut by `cut_all`, the newest last."""

    async def connect(self, address: Address, make_driver: Callable[[], Driver]) -> None:
        """Open a stream (a `Connector`)."""
        self.tries.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._dial_s)
        server = self._make_server() if self.up else None
        if server is None:
            raise self.fault
        self.connects += 1
        self.wires.append(Wire(make_driver(), server, self._hand, self._chance, self.weather))

    @property
    def hand(self) -> Hand:
        """Decides on the frames of all streams, also of those that are open."""
        return self._hand

    @hand.setter
    def hand(self, hand: Hand) -> None:
        self._hand = hand
        for wire in self.wires:
            wire.take_hand(hand)

    def cut_all(self) -> None:
        """Cut every stream."""
        for wire in self.wires:
            wire.cut()
        self.wires.clear()
