"""Pumps one byte stream through a `Connection`: the only asyncio protocol of the project, used by both sides.

Owns the transport and the connection's timer. Must not know what a call or an event means: envelopes go to its owner.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from chat_core.base.clock import Clock
from chat_core.base.errors import ProtocolFault
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Phase, Role
from chat_core.protocol.envelopes import Envelope, Farewell
from chat_core.transport.kernel import unsent_bytes

LINGER_S = 2.0
"""Time that a goodbye has to leave our buffers before the transport is aborted, in seconds."""
WRITE_HIGH_BYTES = 64 * 1024
"""Bytes in the transport's own buffer above which the owner is told to hold back."""


class DriverOwner(Protocol):
    """Who a driver reports to. Called on the event loop, must not block."""

    def opened(self, driver: Driver) -> None:
        """The stream is up."""
        ...

    def received(self, envelope: Envelope) -> None:
        """An envelope came in (no ping, pong or farewell)."""
        ...

    def heard(self, size: int) -> None:
        """So many bytes came in, after the envelopes in them were received."""
        ...

    def writable(self) -> None:
        """The transport takes bytes again after `Driver.congested` was true."""
        ...

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        """The stream is gone; called once, after `opened`.

        Args:
            farewell: what the peer said at the end; None if it just went.
            ours: the goodbye this side closed with; None if the peer or the network ended it.
        """
        ...


class Driver(asyncio.Protocol):
    """See the module's head.

    Args:
        connection: the protocol state.
        clock: for time-outs.
        owner: gets the envelopes.
    """

    __slots__ = (
        "_clock",
        "_deaf",
        "_delivered",
        "_farewell",
        "_loop",
        "_ours",
        "_owner",
        "_timer",
        "_waiting",
        "_written",
        "congested",
        "connection",
        "transport",
    )

    def __init__(self, connection: Connection, clock: Clock, owner: DriverOwner) -> None:
        self.connection = connection
        self.transport: asyncio.Transport | None = None
        self.congested = False
        self._deaf = False
        self._written = self._delivered = self._waiting = 0
        self._clock = clock
        self._owner: DriverOwner | None = owner
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._farewell: Farewell | None = None
        self._ours: Goodbye | None = None

    @property
    def closing(self) -> bool:
        """Whether nothing more will be sent or received."""
        return self.connection.phase is Phase.CLOSED or self.transport is None or self.transport.is_closing()

    @property
    def delivered(self) -> int:
        """Bytes that have reached the peer's system since the beginning; those on their way are not counted."""
        return self._written - self._unsent()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport over (asyncio)."""
        self.transport = stream = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        stream.set_write_buffer_limits(high=WRITE_HIGH_BYTES)
        self._wait()
        assert self._owner is not None
        self._owner.opened(self)

    def data_received(self, data: bytes) -> None:
        """Hand what came to the connection, and its envelopes to the owner (asyncio)."""
        if self._owner is None or self.connection.phase is Phase.CLOSED:
            return
        try:
            for envelope in self.connection.receive(data, self._clock.monotonic()):
                if isinstance(envelope, Farewell):
                    self._farewell = envelope
                    break
                self._owner.received(envelope)
        except ProtocolFault as fault:
            self._ours = Goodbye(fault.code)
        if self._owner is not None:
            self._owner.heard(len(data))
        self.flush()

    def pause_writing(self) -> None:
        """Note that the peer does not keep up (asyncio)."""
        self.congested = True

    def resume_writing(self) -> None:
        """Note that there is room again (asyncio)."""
        self.congested = False
        if self._owner is not None and not self.closing:
            self._owner.writable()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner once (asyncio)."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.transport = None
        owner, self._owner = self._owner, None
        if owner is not None:
            self.connection.phase = Phase.CLOSED
            owner.closed(self._farewell, self._ours)

    def write(self, data: bytes) -> bool:
        """Write finished frames, return whether there is room for more; nothing happens once the stream is closing."""
        if self.transport is not None and not self.transport.is_closing():
            self._written += len(data)
            self.transport.write(data)
        return not self.congested

    def flush(self) -> None:
        """Write what the connection wants to say; end the transport when the connection has closed."""
        data = self.connection.outgoing()
        if data:
            self.write(data)
        if self.connection.phase is Phase.CLOSED:
            self._end()

    def close(self, code: Goodbye, text: str = "", retry_after: float | None = None) -> None:
        """Say goodbye and close; what was written before still leaves, for `LINGER_S` at most."""
        if self.connection.phase is not Phase.CLOSED:
            self._ours = code
            self.connection.close(code, text, retry_after)
        self.flush()

    def abort(self) -> None:
        """Drop the stream at once, without a word."""
        if self.transport is not None:
            self.transport.abort()

    def probe(self, within_s: float | None = None) -> None:
        """Ask the peer for a sign of life now; without one in time the connection ends. See `Connection.probe`."""
        self.connection.probe(self._clock.monotonic(), within_s)
        self.flush()
        self._wait()

    def pause_reading(self) -> None:
        """Take no more from the peer for now."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()
            self._deaf = True

    def resume_reading(self) -> None:
        """Take from the peer again."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()
            self._deaf = False

    def _tick(self) -> None:
        now = self._clock.monotonic()
        if self._deaf or (self.connection.role is Role.SERVER and (self.congested or self._moved())):
            # A pong cannot be heard, or our ping waits behind the rest: reading slowly is no fault, and who reads
            # nothing at all is closed elsewhere.
            self.connection.excuse(now)
        expired = self.connection.tick(now)
        if expired is not None:
            self._ours = expired
        self.flush()
        self._wait()

    def _moved(self) -> bool:
        """Return whether what waited at the last look has moved since, on its way to the peer."""
        waited, before = self._waiting, self._delivered
        self._waiting = self._unsent()
        self._delivered = self._written - self._waiting
        return waited > 0 and self._delivered > before

    def _unsent(self) -> int:
        if self.transport is None:
            return 0
        stream = self.transport.get_extra_info("socket")
        return self.transport.get_write_buffer_size() + (0 if stream is None else unsent_bytes(stream))

    def _wait(self) -> None:
        """Set the timer for the connection's next deadline."""
        if self.transport is not None and self.connection.phase is not Phase.CLOSED:
            if self._timer is not None:
                self._timer.cancel()
            delay = max(0.01, self.connection.deadline() - self._clock.monotonic())
            self._timer = self._loop.call_later(delay, self._tick)

    def _end(self) -> None:
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        transport.close()
        if self._timer is not None:
            self._timer.cancel()
        # A peer that does not read would keep a closing transport alive for ever.
        self._timer = self._loop.call_later(LINGER_S, transport.abort)
