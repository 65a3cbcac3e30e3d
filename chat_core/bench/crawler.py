"""A reader that takes so many bytes a second and no more, or none at all, and else behaves as a client should.

It answers pings once it gets to see them, and comes back with `attach` and `read_events` when it is told `lagging`.
Its socket is not read ahead: what it has not taken waits in the kernel, and then at the server.
"""

from __future__ import annotations

import contextlib
import time
from threading import Event, Thread
from typing import Any, Final

from chat_core.bench import frames
from chat_core.bench.peer import READ_BYTES, open_sockets
from chat_core.protocol.codec import pack, to_map, unpack
from chat_core.protocol.envelopes import Answer, Call, Envelope, Farewell, Ping, Push
from chat_core.protocol.framing import FrameReader, frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES
from chat_core.protocol.requests.messages import ReadEvents
from chat_core.protocol.requests.session import Attach
from chat_core.protocol.values import Position
from chat_core.transport.urls import Address

STEP_S: Final = 0.1
"""Time between two reads, in seconds."""
QUIET_S: Final = 1.0
"""Silence after which nothing more is waited for at the end, in seconds."""
DRAIN_S: Final = 10.0
"""Longest time that is spent on what is left at the end, in seconds."""


class Crawler:
    """See the module's head.

    Args:
        address: of the server.
        name: of its account.
        channel: with its `#`.
        bytes_per_s: how much it takes; 0: nothing.
    """

    def __init__(self, address: Address, name: str, channel: str, bytes_per_s: int) -> None:
        (self._stream,) = open_sockets(address, [name], channel)
        self._step_bytes = int(bytes_per_s * STEP_S)
        self._reader = FrameReader(FRAME_TO_CLIENT_BYTES)
        self._last: dict[int, int] = {}
        self._next_id = 1000
        self._over = Event()
        self.told_lagging = 0
        self.closed = False
        """Whether the server ended the connection."""
        self._thread = Thread(target=self._run, name="crawler", daemon=True)
        if self._step_bytes:
            self._thread.start()

    def finish(self) -> None:
        """Stop crawling; read what is left as fast as it comes, until it was told `lagging` or nothing more comes."""
        self._over.set()
        if self._step_bytes:
            self._thread.join()
        deadline = time.monotonic() + DRAIN_S
        self._stream.settimeout(QUIET_S)
        with contextlib.suppress(TimeoutError):
            while not self.closed and not self.told_lagging and time.monotonic() < deadline:
                self._take(READ_BYTES)
        self._stream.close()

    def _run(self) -> None:
        due = time.monotonic()
        while not self.closed and not self._over.wait(max(0.0, due - time.monotonic())):
            due += STEP_S
            with contextlib.suppress(TimeoutError):
                self._take(self._step_bytes)

    def _take(self, size: int) -> None:
        try:
            data = self._stream.recv(size)
        except TimeoutError:
            raise
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return
        for payload in self._reader.feed(data):
            self._read(unpack(payload))

    def _read(self, envelope: Envelope) -> None:
        match envelope:
            case Ping():
                self._say(frames.PONG)
            case Push(event={"kind": "lagging", "conversation": number}):
                self.told_lagging += 1
                self._ask(Attach(position=Position(conversation=number, seq=self._last.get(number, 0))))
            case Push(event={"conversation": number, "seq": seq}):
                self._note(number, seq)
            case Answer(reply={"events": [*events], "conversation": number, **rest}):
                for event in events:
                    self._note(number, event["seq"])
                if rest.get("more"):
                    self._ask(ReadEvents(conversation=number, after=self._last.get(number, 0)))
            case Farewell():
                self.closed = True
            case _:
                pass

    def _note(self, conversation: int, seq: int) -> None:
        """Take an event if it is the next one; a hole is filled by what was asked for."""
        if seq == self._last.get(conversation, seq - 1) + 1:
            self._last[conversation] = seq

    def _ask(self, request: Any) -> None:
        self._next_id += 1
        self._say(frame(pack(Call(id=self._next_id, request=to_map(request)))))

    def _say(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # the next read will see it
            self._stream.sendall(data)
