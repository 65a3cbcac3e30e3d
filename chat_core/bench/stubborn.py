"""A sender that does not give up: after each loss it connects again and sends again what was not acknowledged.

A thread with a blocking socket, one send under way; it keeps its own books of what was acknowledged, with which seq.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Final

from chat_core.base.errors import ProtocolFault
from chat_core.base.ids import CID_BYTES
from chat_core.bench import frames
from chat_core.bench.peer import READ_BYTES, connect
from chat_core.protocol.codec import pack, to_map, unpack
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Ping
from chat_core.protocol.framing import FrameReader, frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES
from chat_core.protocol.requests.messages import Post
from chat_core.transport.urls import Address

AGAIN_S: Final = 0.02
"""Pause between two tries to connect, in seconds."""
ANSWER_WITHIN_S: Final = 10.0


class Lost(Exception):
    """The connection is gone."""


class Line:
    """One connection that is asked, and answers.

    Args:
        address: of the server.

    Raises:
        OSError: nobody listens there.
    """

    def __init__(self, address: Address) -> None:
        self._stream = connect(address)
        self._stream.settimeout(ANSWER_WITHIN_S)
        self._reader = FrameReader(FRAME_TO_CLIENT_BYTES)

    def ask(self, call_id: int, payload: bytes) -> Answer | Failure:
        """Send a call and wait for its outcome. Raises: Lost."""
        try:
            self._stream.sendall(frame(payload))
            while True:
                data = self._stream.recv(READ_BYTES)
                if not data:
                    raise Lost
                found = [one for payload in self._reader.feed(data) if (one := self._of(call_id, unpack(payload)))]
                if found:
                    return found[0]
        except (OSError, ProtocolFault) as error:
            raise Lost from error

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()

    def _of(self, call_id: int, envelope: Envelope) -> Answer | Failure | None:
        if isinstance(envelope, Ping):
            self._stream.sendall(frames.PONG)
        return envelope if isinstance(envelope, (Answer, Failure)) and envelope.id == call_id else None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a sender was told about one send."""

    conversation: int
    seq: int
    duplicate: bool


class StubbornSender:
    """See the module's head.

    Args:
        address: of the server.
        name: of its account.
        channel: where it writes, with its `#`.
        every_s: time between two sends, in seconds, as far as the answers allow.
        size: bytes of a body.
    """

    def __init__(self, address: Address, name: str, channel: str, *, every_s: float, size: int) -> None:
        self._address = address
        self._name = name
        self._channel = channel
        self._every_s = every_s
        self._size = size
        self._over = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self.acknowledged: dict[bytes, Acknowledged] = {}
        self.latencies_ns: list[int] = []
        """Of each acknowledgement, since its send."""
        self.refused = 0
        """Refusals; a refused send is tried again."""
        self.connects = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def finish(self) -> None:
        """Let it end once what is under way is acknowledged, and wait for that."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        request = self._new()
        while True:
            try:
                line = self._enter()
            except (OSError, Lost):
                if self._over.wait(AGAIN_S):
                    time.sleep(AGAIN_S)  # what is under way must still become certain
                continue
            try:
                while True:
                    if not self._acknowledge(line, request):
                        continue
                    due = max(due + self._every_s, time.monotonic() - self._every_s)
                    if self._over.wait(max(0.0, due - time.monotonic())):
                        return
                    request = self._new()
            except Lost:
                continue
            finally:
                line.close()

    def _enter(self) -> Line:
        line = Line(self._address)
        try:
            for number, payload in (
                (frames.HELLO_ID, frames.hello()),
                (frames.SIGN_IN_ID, frames.sign_in(self._name)),
                (frames.JOIN_ID, frames.join(self._channel)),
            ):
                if isinstance(line.ask(number, payload), Failure):
                    raise Lost
        except Lost:
            line.close()
            raise
        self.connects += 1
        return line

    def _new(self) -> Post:
        return Post(conversation=self._channel, cid=os.urandom(CID_BYTES), body="x" * self._size)

    def _acknowledge(self, line: Line, request: Post) -> bool:
        begun = time.monotonic_ns()
        outcome = line.ask(100, pack(Call(id=100, request=to_map(request))))
        if isinstance(outcome, Failure):
            self.refused += 1
            return False
        self.latencies_ns.append(time.monotonic_ns() - begun)
        reply: dict[str, Any] = outcome.reply
        told = Acknowledged(reply["conversation"], reply["seq"], bool(reply.get("duplicate")))
        self.acknowledged[request.cid] = told
        return True
