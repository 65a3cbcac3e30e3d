"""Streams in memory between two real drivers, with a hand that can cut them at any frame."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from enum import Enum
from typing import Any

from chat_core.base.errors import WorldFault
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
    """It and everything after it vanishes; nobody is told."""


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
        return default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer."""

    def is_closing(self) -> bool:
        return self._closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._closing:
            self._wire.carry(self._is_client, bytes(data))

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._wire.end_soon()

    def abort(self) -> None:
        self._closing = True
        self._wire.cut()

    def mark_closing(self) -> None:
        """The other end, or the hand, ended it."""
        self._closing = True


class Wire:
    """A stream between a client's and a server's driver.

    Args:
        hand: decides on frames.
        chance: cuts what is delivered into chunks of any size.
    """

    def __init__(self, client: Driver, server: Driver, hand: Hand, chance: random.Random) -> None:
        self._loop = asyncio.get_running_loop()
        self._hand = hand
        self._chance = chance
        self._drivers = {True: client, False: server}
        self._ends = {side: MemoryTransport(self, is_client=side) for side in (True, False)}
        self.writes = {True: 0, False: 0}
        """Times that each side wrote."""
        self._unframed = {True: b"", False: b""}
        self._cut = False
        self._silent = False
        for side in (False, True):
            self._drivers[side].connection_made(self._ends[side])

    def carry(self, from_client: bool, data: bytes) -> None:
        """Take bytes from one side; whole frames go on, each with its fate."""
        self.writes[from_client] += 1
        buffer = self._unframed[from_client] + data
        passed = b""
        while len(buffer) >= FRAME_HEADER_BYTES and not self._cut and not self._silent:
            size = FRAME_HEADER_BYTES + int.from_bytes(buffer[:FRAME_HEADER_BYTES], "big")
            if len(buffer) < size:
                break
            frame, buffer = buffer[:size], buffer[size:]
            fate = self._hand(from_client, frame)
            if fate is Fate.SILENT:
                self._silent = True
            elif fate is Fate.TORN:
                passed += frame[: self._chance.randrange(1, size)]
            elif fate is not Fate.LOST:
                passed += frame
            if fate not in (Fate.PASS, Fate.SILENT):
                self._deliver(from_client, passed)
                self._loop.call_soon(self.cut)
                self._silent = True
                return
        self._unframed[from_client] = buffer
        self._deliver(from_client, passed)

    def end_soon(self) -> None:
        """End it once what was written is delivered."""
        self._loop.call_soon(self._loop.call_soon, self.cut)

    def cut(self) -> None:
        """End it for both sides, now."""
        if not self._cut:
            self._cut = True
            for side in (True, False):
                self._ends[side].mark_closing()
                self._loop.call_soon(self._drivers[side].connection_lost, None)

    def _deliver(self, from_client: bool, data: bytes) -> None:
        while data:
            size = self._chance.choice((1, 7, 64, 4096, 65536))
            self._loop.call_soon(self._arrive, not from_client, data[:size])
            data = data[size:]

    def _arrive(self, side: bool, data: bytes) -> None:
        if not self._cut and not (self._silent and self._ends[side].is_closing()):
            self._drivers[side].data_received(data)


class Network:
    """Connects clients to a server that may be down.

    Args:
        make_server: makes the server's driver of a new connection.
        chance: for the sizes of chunks.
    """

    def __init__(self, make_server: Callable[[], Driver], chance: random.Random) -> None:
        self.hand: Hand = passing
        self.up = True
        self.fault: Exception = WorldFault("Nobody listens there.")
        """What connecting ends with while it is not up."""
        self.tries: list[float] = []
        """When somebody tried to connect."""
        self.connects = 0
        """Connections made so far."""
        self._make_server = make_server
        self._chance = chance
        self.wires: list[Wire] = []

    async def connect(self, address: Address, make_driver: Callable[[], Driver]) -> None:
        """Open a stream (a `Connector`)."""
        self.tries.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.001)
        if not self.up:
            raise self.fault
        self.connects += 1
        self.wires.append(Wire(make_driver(), self._make_server(), self._decide, self._chance))

    def _decide(self, from_client: bool, frame: bytes) -> Fate:
        return self.hand(from_client, frame)

    def cut_all(self) -> None:
        """Cut every stream."""
        for wire in self.wires:
            wire.cut()
        self.wires.clear()
