"""The wire between clients and server, with hands to break it: a TCP proxy on the loopback interface.

Each connection is a `Wire` with two `Pipe`s. A pipe forwards at once unless somebody slowed, silenced or armed it; what
it holds back is bounded, for it stops reading then, as a full network would. Decides nothing itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final, Literal, cast

from chat_core.base.errors import WorldFault
from chat_core.base.tasks import spawn
from chat_core.check.real.frames import FrameCursor

Direction = Literal["up", "down"]
"""`up`: from the client to the server."""
Listen = Callable[[Direction, bytes], None]

HELD_BYTES: Final = 64 * 1024
"""Bytes a pipe holds back before it stops reading."""
CONNECT_WITHIN_S: Final = 5.0
_A_POST: Final = b"\xa4post"
"""How the tag of a post looks in MessagePack; a text cannot contain it, but for one behind a cut character."""


class Pipe:
    """One direction of a connection."""

    def __init__(self, wire: Wire, direction: Direction) -> None:
        self.wire = wire
        self.direction: Direction = direction
        self.delay_s = 0.0
        """How much later than it came everything is forwarded, in seconds."""
        self.bytes_per_s = 0.0
        """Highest speed; 0: as fast as it comes."""
        self.silent = False
        """Whether nothing is forwarded for now."""
        self.lose = False
        """Whether what comes is thrown away; only before a cut, for a stream must not have holes."""
        self.lost_bytes = 0
        """Bytes that were thrown away."""
        self.late_bytes = 0
        """Bytes that came while the pipe was silent, slow or late."""
        self.forwarded_bytes = 0
        self.on_post: Callable[[], None] | None = None
        """Called once, when a post was forwarded."""
        self._cut: tuple[Random, asyncio.Future[str]] | None = None
        self._cursor = FrameCursor()
        self._source: asyncio.Transport | None = None
        self._sink: asyncio.Transport | None = None
        self._held: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._not_before = 0.0
        self._paused = False
        self._full = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    # --- what faults do ---------------------------------------------------------------------------------------

    def cut_inside(self, random: Random) -> asyncio.Future[str]:
        """Cut the connection in the middle of the next frame that passes; the future says where."""
        done: asyncio.Future[str] = self._loop.create_future()
        self._cut = (random, done)
        return done

    def disarm(self) -> None:
        """Forget a cut that did not come about."""
        self._cut = None
        self.on_post = None

    def free(self) -> None:
        """Forward everything, at once, from now on."""
        self.delay_s = self.bytes_per_s = 0.0
        self.silent = False
        self._go_on()

    # --- what the ends do -------------------------------------------------------------------------------------

    def attach(self, source: asyncio.Transport, sink: asyncio.Transport) -> None:
        """Forward from one end to the other."""
        self._source, self._sink = source, sink
        self._go_on()

    def feed(self, data: bytes) -> None:
        """Take what came from the source."""
        if self.lose:
            self.lost_bytes += len(data)
            return
        if self.silent or self.delay_s or self.bytes_per_s:
            self.late_bytes += len(data)
        self._held.append((self._loop.time() + self.delay_s, data))
        self._held_bytes += len(data)
        self._go_on()

    def end(self) -> None:
        """The source has nothing more: close the other end behind what is held."""
        self._ended = True
        self._go_on()

    def sink_full(self, full: bool) -> None:
        """The sink takes nothing for now, or does again."""
        self._full = full
        self._go_on()

    def drop(self) -> None:
        """The connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
        self._held.clear()
        self._source = self._sink = None

    # --- how --------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        sink = self._sink
        if sink is None:
            return
        while self._held and not self.silent and not self._full:
            due, data = self._held[0]
            wait_s = due - self._loop.time()
            if self.bytes_per_s:
                wait_s = max(wait_s, self._not_before - self._loop.time())
            if wait_s > 0.0005:
                self._timer = self._loop.call_later(wait_s, self._go_on)
                break
            self._held.popleft()
            if self.bytes_per_s:
                data = self._slowly(data)
            self._held_bytes -= len(data)
            if not self._forward(sink, data):
                return
        if self._ended and not self._held:
            sink.close()
        self._hold_source()

    def _slowly(self, data: bytes) -> bytes:
        """Return the first tenth of a second's worth; the rest waits that long."""
        step = max(1, int(self.bytes_per_s / 10))
        if len(data) > step:
            self._held.appendleft((0.0, data[step:]))
            data = data[:step]
        self._not_before = self._loop.time() + len(data) / self.bytes_per_s
        return data

    def _forward(self, sink: asyncio.Transport, data: bytes) -> bool:
        """Give data to the other end; False: that was the last."""
        if sink.is_closing():
            return True  # gone; while the other direction is silent, nobody is told
        before = self._cursor.inside
        ends = self._cursor.feed(data)
        if self._cut is not None:
            at = _place_inside(len(data), ends, before, self._cut[0])
            if at is not None:
                random_and_done, self._cut = self._cut, None
                self.wire.tap(self.direction, data[:at])
                sink.write(data[:at])
                self.forwarded_bytes += at
                if not random_and_done[1].done():
                    random_and_done[1].set_result(f"{self.direction}, behind {self.forwarded_bytes} bytes")
                self.wire.abort()
                return False
        self.wire.tap(self.direction, data)
        sink.write(data)
        self.forwarded_bytes += len(data)
        if self.on_post is not None and _A_POST in data:
            told, self.on_post = self.on_post, None
            told()
        return True

    def _hold_source(self) -> None:
        hold = self._held_bytes > HELD_BYTES
        if hold != self._paused and self._source is not None and not self._source.is_closing():
            self._paused = hold
            if hold:
                self._source.pause_reading()
            else:
                self._source.resume_reading()


def _place_inside(size: int, ends: list[int], inside: bool, random: Random) -> int | None:
    """Return an offset that is inside of a frame, never at its end; None: there is none."""
    forbidden = {*ends, size, *(() if inside else (0,))}
    places = [at for at in range(min(size, 4096)) if at not in forbidden]
    return random.choice(places) if places else None


class _End(asyncio.Protocol):
    """One of the two sockets of a wire."""

    def __init__(self, wire: Wire, out: Pipe, back: Pipe) -> None:
        self._wire = wire
        self._out = out
        self._back = back

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket (asyncio)."""
        self._wire.opened(self._out.direction, cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        """Forward (asyncio)."""
        self._out.feed(data)

    def eof_received(self) -> bool:
        """Close behind what is held (asyncio)."""
        self._out.end()
        return True

    def pause_writing(self) -> None:
        """The peer does not keep up (asyncio)."""
        self._back.sink_full(True)

    def resume_writing(self) -> None:
        """The peer keeps up again (asyncio)."""
        self._back.sink_full(False)

    def connection_lost(self, error: Exception | None) -> None:
        """Close the other one too (asyncio)."""
        self._wire.lost(self._out)


class Wire:
    """One connection of a client."""

    def __init__(self, proxy: Proxy, listen: Listen | None) -> None:
        self.up = Pipe(self, "up")
        self.down = Pipe(self, "down")
        self._listen = listen
        self.alive = True
        self._proxy = proxy
        self._transports: dict[Direction, asyncio.Transport] = {}

    @property
    def complete(self) -> bool:
        """Whether both ends are there."""
        return self.alive and len(self._transports) == 2

    def tap(self, direction: Direction, data: bytes) -> None:
        """Let whoever listens hear what is forwarded."""
        if self._listen is not None:
            self._listen(direction, data)

    def pipe(self, direction: Direction) -> Pipe:
        """Return one direction."""
        return self.up if direction == "up" else self.down

    def client_end(self) -> asyncio.Protocol:
        """Make the protocol of the client's socket."""
        return _End(self, self.up, self.down)

    def server_end(self) -> asyncio.Protocol:
        """Make the protocol of the server's socket."""
        return _End(self, self.down, self.up)

    def opened(self, direction: Direction, transport: asyncio.Transport) -> None:
        """Take one end; the first is the client's."""
        transport.set_write_buffer_limits(high=64 * 1024)
        self._transports[direction] = transport
        if direction == "up":
            spawn("wire", self._connect())
        elif "up" in self._transports:
            self.up.attach(self._transports["up"], transport)
            self.down.attach(transport, self._transports["up"])

    def lost(self, out: Pipe) -> None:
        """One end is gone: what it said before is still forwarded."""
        if self.alive:
            out.end()
            if not out.silent:
                self.close()

    def close(self) -> None:
        """Close both ends, behind what is on its way."""
        self._finish(lambda transport: transport.close())

    def abort(self) -> None:
        """Cut both ends off, now."""
        self._finish(lambda transport: transport.abort())

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                await self._proxy.reach(self.server_end)
        except (OSError, TimeoutError):
            self.abort()
        if not self.alive:
            self.abort()

    def _finish(self, how: Callable[[asyncio.Transport], None]) -> None:
        self.alive = False
        self._proxy.forget(self)
        for transport in self._transports.values():
            how(transport)
        self.up.drop()
        self.down.drop()


class Proxy:
    """See the module's head; an asynchronous context manager.

    Args:
        reach: connects to the server as it is now. Raises: OSError.
        tap: makes, for the connection of this number, what hears all that is forwarded; None: nobody listens.
    """

    def __init__(
        self,
        reach: Callable[[Callable[[], asyncio.Protocol]], Awaitable[object]],
        tap: Callable[[int], Listen] | None = None,
    ) -> None:
        self.port = 0
        self.accepted = 0
        """Connections that came in so far."""
        self._reach = reach
        self._tap = tap
        self._wires: dict[Wire, None] = {}
        self._server: asyncio.Server | None = None

    async def reach(self, make: Callable[[], asyncio.Protocol]) -> None:
        """Connect to the server. Raises: OSError."""
        await self._reach(make)

    @property
    def wires(self) -> list[Wire]:
        """Connections with both ends, oldest first."""
        return [wire for wire in self._wires if wire.complete]

    def forget(self, wire: Wire) -> None:
        """A connection is gone."""
        self._wires.pop(wire, None)

    def heal(self) -> None:
        """Break nothing any more."""
        for wire in list(self._wires):
            for pipe in (wire.up, wire.down):
                pipe.disarm()
                pipe.free()

    async def start(self) -> None:
        """Listen. Raises: WorldFault."""
        try:
            self._server = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0)
        except OSError as error:
            raise WorldFault(f"The proxy cannot listen on 127.0.0.1: {error.strerror}.") from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut everything."""
        if self._server is not None:
            self._server.close()
        for wire in list(self._wires):
            wire.abort()
        await asyncio.sleep(0)

    def _accept(self) -> asyncio.Protocol:
        self.accepted += 1
        wire = Wire(self, None if self._tap is None else self._tap(self.accepted))
        self._wires[wire] = None
        return wire.client_end()
