"""One peer's connection as a value: bytes and a time go in, envelopes and bytes come out. No I/O, no clock.

Theory of operation. A shell (`chat_core.transport.driver`) owns the socket and the clock. It hands what it read to
`receive`, which yields envelopes; it writes what `outgoing` returns; it calls `tick` when `deadline` is reached.
Pings are answered here and asked for here, so neither side's application ever sees one.

    OPENING --signed_in()--> READY --farewell or fault--> CLOSED
       |                                                    ^
       +-----------------farewell, fault, time-out----------+

Which envelopes may arrive is data (`_TAKES`), by role.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import Enum
from typing import Final

from chat_core.base.errors import ProtocolFault
from chat_core.protocol import limits
from chat_core.protocol.codec import pack, unpack
from chat_core.protocol.codes import GOODBYES, Goodbye
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Farewell, Ping, Pong, Push
from chat_core.protocol.framing import FrameReader, frame


class Role(Enum):
    """Which side of the connection this is."""

    CLIENT = "client"
    SERVER = "server"


class Phase(Enum):
    """How far the connection is."""

    OPENING = "opening"
    READY = "ready"
    CLOSED = "closed"


_TAKES: Final[dict[Role, tuple[type[Envelope], ...]]] = {
    Role.SERVER: (Call, Ping, Pong, Farewell),
    Role.CLIENT: (Answer, Failure, Push, Ping, Pong, Farewell),
}
_FIRST_LIMIT: Final = {
    Role.SERVER: limits.FRAME_BEFORE_SIGN_IN_BYTES,
    Role.CLIENT: limits.FRAME_TO_CLIENT_BYTES,
}
_PING: Final = frame(pack(Ping()))
_PONG: Final = frame(pack(Pong()))


def farewell(code: Goodbye, text: str = "", retry_after: float | None = None) -> Farewell:
    """Return the goodbye for a code, with its explanation and its advice on reconnecting."""
    explained = GOODBYES[code]
    return Farewell(code=code, text=text or explained.text, reconnect=explained.again, retry_after=retry_after)


class Connection:
    """The protocol state of one connection.

    Args:
        role: which side this is.
        now: monotonic seconds.
        ping_every_s: silence after which the peer is asked for a sign of life, in seconds.
        pong_within_s: time it has for that, in seconds.
        sign_in_within_s: server only: time until `signed_in` must have been called, in seconds.
        opening_frames: frames that are taken before `signed_in`.
        opening_bytes: bytes that are taken before it.
    """

    __slots__ = (
        "_answer_by",
        "_heard_at",
        "_opened_at",
        "_opening_bytes",
        "_opening_frames",
        "_out",
        "_ping_every_s",
        "_pong_within_s",
        "_reader",
        "_sign_in_within_s",
        "_takes",
        "frames",
        "phase",
        "role",
    )

    def __init__(
        self,
        role: Role,
        now: float,
        *,
        ping_every_s: float = limits.PING_EVERY_S,
        pong_within_s: float = limits.PONG_WITHIN_S,
        sign_in_within_s: float = limits.SIGN_IN_WITHIN_S,
        opening_frames: float = math.inf,
        opening_bytes: float = math.inf,
    ) -> None:
        self.role = role
        self.phase = Phase.OPENING
        self.frames = 0
        """Frames that came in so far."""
        self._takes = _TAKES[role]
        self._reader = FrameReader(_FIRST_LIMIT[role])
        self._out: list[bytes] = []
        self._opened_at = now
        self._heard_at = now
        self._answer_by: float | None = None
        """Until when the peer must have given a sign of life; None: nothing was asked."""
        self._ping_every_s = ping_every_s
        self._pong_within_s = pong_within_s
        self._sign_in_within_s = sign_in_within_s
        self._opening_frames = opening_frames
        self._opening_bytes = opening_bytes

    @property
    def buffered(self) -> int:
        """Bytes of an unfinished frame that are kept."""
        return self._reader.buffered

    def signed_in(self) -> None:
        """Enter READY: longer frames are taken, and the sign-in time-out no longer counts."""
        if self.phase is Phase.OPENING:
            self.phase = Phase.READY
            self._opening_frames = math.inf
            if self.role is Role.SERVER:
                self._reader.limit = limits.FRAME_TO_SERVER_BYTES

    def receive(self, data: bytes, now: float) -> Iterator[Envelope]:
        """Yield the envelopes that `data` completes; run it to its end. Behind a goodbye, ours or theirs, is nothing.

        Raises:
            ProtocolFault: the peer broke the protocol; the goodbye is in `outgoing`, the phase is CLOSED.
        """
        if self.phase is Phase.CLOSED:
            return
        self._heard_at = now
        self._answer_by = None
        try:
            self._count_opening(len(data))
            for payload in self._reader.feed(data):
                self.frames += 1
                if self.frames > self._opening_frames:
                    self._count_opening(0)
                envelope = unpack(payload)
                if not isinstance(envelope, self._takes):
                    tag = type(envelope).__struct_config__.tag
                    raise ProtocolFault(Goodbye.BAD_ENVELOPE, f"A {self.role.value} takes no '{tag}'.")
                if isinstance(envelope, Ping):
                    self._answer_ping()
                elif isinstance(envelope, Farewell):
                    self.phase = Phase.CLOSED
                    yield envelope
                    return
                elif not isinstance(envelope, Pong):
                    yield envelope
                if self._ended():
                    return
        except ProtocolFault as fault:
            self.close(Goodbye(fault.code), str(fault))
            raise

    def send(self, envelope: Envelope) -> None:
        """Queue an envelope for `outgoing`; nothing goes out behind a goodbye."""
        if self.phase is not Phase.CLOSED:
            self._out.append(frame(pack(envelope)))

    def close(self, code: Goodbye, text: str = "", retry_after: float | None = None) -> None:
        """Queue a goodbye and enter CLOSED; a second one changes nothing."""
        self.send(farewell(code, text, retry_after))
        self.phase = Phase.CLOSED

    def outgoing(self) -> bytes:
        """Return the bytes to write now, and forget them."""
        if not self._out:
            return b""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def deadline(self) -> float:
        """Return the monotonic time at which `tick` is due; it may prove too early, never too late."""
        due = self._heard_at + self._ping_every_s if self._answer_by is None else self._answer_by
        if self.phase is Phase.OPENING and self.role is Role.SERVER:
            due = min(due, self._opened_at + self._sign_in_within_s)
        return due

    def probe(self, now: float, within_s: float | None = None) -> None:
        """Ask for a sign of life at once, for instance after a sleep of the machine.

        Args:
            now: monotonic seconds.
            within_s: time the peer has for it, in seconds; None: as long as for any ping.
        """
        if self.phase is Phase.CLOSED:
            return
        answer_by = now + (self._pong_within_s if within_s is None else min(within_s, self._pong_within_s))
        if self._answer_by is None:
            self._answer_by = answer_by
            self._out.append(_PING)
        else:
            self._answer_by = min(self._answer_by, answer_by)

    def excuse(self, now: float) -> None:
        """Forgive the peer its silence up to now: it is this side that did not listen."""
        self._heard_at = now
        self._answer_by = None

    def tick(self, now: float) -> Goodbye | None:
        """Let time pass: queue a ping if it is due, or close on a time-out.

        Returns:
            The goodbye the connection was closed with, else None.
        """
        if self.phase is Phase.CLOSED:
            return None
        expired: Goodbye | None = None
        if self.phase is Phase.OPENING and self.role is Role.SERVER and now >= self._opened_at + self._sign_in_within_s:
            expired = Goodbye.SIGN_IN_TIMEOUT
        elif self._answer_by is not None and now >= self._answer_by:
            expired = Goodbye.PING_TIMEOUT
        elif self._answer_by is None and now >= self._heard_at + self._ping_every_s:
            self.probe(now)
        if expired is not None:
            self.close(expired)
        return expired

    def _count_opening(self, size: int) -> None:
        """Count bytes that came before sign-in. Raises: ProtocolFault if they, or the frames, are too many."""
        self._opening_bytes -= size
        if self.phase is Phase.OPENING and (self._opening_bytes < 0 or self.frames > self._opening_frames):
            raise ProtocolFault(Goodbye.SIGN_IN_FIRST, GOODBYES[Goodbye.SIGN_IN_FIRST].text)

    def _ended(self) -> bool:
        return self.phase is Phase.CLOSED

    def _answer_ping(self) -> None:
        # One pong answers all pings of a chunk: a flood of them must not make us hold as much as was sent.
        if not self._out or self._out[-1] is not _PONG:
            self._out.append(_PONG)
