"""Streams in memory between two real drivers, with a hand that can cut, hold or silence them at any byte.

Each direction of a `Wire` is a `Pipe`: what was written waits in the writer's buffer until the way has room for it, is
on its way for a while, and then arrives, whole or in pieces. A `Network` is one client's way to the server.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from enum import Enum
from typing import Any

from chat_core.base.errors import WorldFault
from chat_core.check.simulation.pipes import Pipe, Weather
from chat_core.protocol.limits import FRAME_HEADER_BYTES
from chat_core.transport.driver import Driver
from chat_core.transport.urls import Address


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
