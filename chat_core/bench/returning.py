"""Clients that come back at once: bare sockets that send their opening in one write and keep to each `retry_after`."""

from __future__ import annotations

import heapq
import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from chat_core.base.errors import WorldFault
from chat_core.bench import frames
from chat_core.bench.peer import READ_BYTES, connect
from chat_core.bench.stubborn import Line
from chat_core.protocol.codec import pack, to_map, unpack
from chat_core.protocol.codes import Refusal
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Ping
from chat_core.protocol.framing import FrameReader, frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.messages import ReadEvents
from chat_core.protocol.requests.session import Resume
from chat_core.protocol.values import Position
from chat_core.transport.urls import Address


@dataclass(slots=True)
class _Client:
    stream: socket.socket
    last: int
    reader: FrameReader = field(default_factory=lambda: FrameReader(FRAME_TO_CLIENT_BYTES))
    head: int = 0


class Returning:
    """See the module's head; a context manager closes every connection.

    Args:
        address: of the server.
        names: of the accounts.
        position: what all of them have.
        missed: messages behind it.
    """

    def __init__(self, address: Address, names: list[str], position: Position, missed: int) -> None:
        self._address = address
        self._names = names
        self._position = position
        self._goal = position.seq + missed
        self._resume = Resume(positions=(position,), epoch=_epoch(address))
        self._selector = selectors.DefaultSelector()
        self._again: list[tuple[float, int, _Client, Request[Any]]] = []
        self._order = 0
        self._open = 0
        self._begun = 0.0
        self.busy = 0
        """Times that one was told to ask again later."""
        self.caught_up_s: list[float] = []
        """When each had everything, in seconds since the first connect."""

    def __enter__(self) -> Returning:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close every connection."""
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def run(self, until: float) -> None:
        """Connect everybody, and serve them until all have caught up, are gone, or the time is over."""
        self._begun = time.monotonic()
        resume = self._packed(self._resume)
        for name in self._names:
            client = _Client(connect(self._address), self._position.seq)
            client.stream.sendall(b"".join(map(frame, (frames.hello(), frames.sign_in(name), resume))))
            self._selector.register(client.stream, selectors.EVENT_READ, client)
            self._open += 1
            self._serve(0.0)
        while self._open > len(self.caught_up_s) and time.monotonic() < until:
            due = self._again[0][0] - time.monotonic() if self._again else 1.0
            self._serve(max(0.0, min(due, 1.0)))

    def _serve(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            client: _Client = key.data
            try:
                data = client.stream.recv(READ_BYTES)
            except OSError:
                data = b""
            if not data:
                self._selector.unregister(client.stream)
                client.stream.close()
                self._open -= client.last < self._goal
            for payload in client.reader.feed(data):
                self._take(client, unpack(payload))
        while self._again and self._again[0][0] <= time.monotonic():
            _, _, client, request = heapq.heappop(self._again)
            self._ask(client, request)

    def _take(self, client: _Client, envelope: Envelope) -> None:
        match envelope:
            case Ping():
                client.stream.sendall(frames.PONG)
            case Answer(id=frames.RESUME_ID, reply={"catch_ups": [*all_of_them]}):
                (mine,) = (one for one in all_of_them if one["conversation"] == self._position.conversation)
                self._advance(client, mine.get("events", ()), mine["head"])
            case Answer(reply={"events": [*events], "head": head}):
                self._advance(client, events, head)
            case Failure(code=Refusal.BUSY, retry_after=float() as wait_s):
                self.busy += 1
                self._order += 1
                asked = self._next_request(client)
                heapq.heappush(self._again, (time.monotonic() + wait_s, self._order, client, asked))
            case Failure():
                raise WorldFault(f"The server refused: {envelope.text}")
            case _:
                pass

    def _advance(self, client: _Client, events: Any, head: int) -> None:
        if client.last >= self._goal:
            return
        for event in events:
            if event["seq"] == client.last + 1:
                client.last += 1
        client.head = head
        if client.last >= self._goal:
            self.caught_up_s.append(time.monotonic() - self._begun)
        else:
            self._ask(client, self._next_request(client))

    def _next_request(self, client: _Client) -> Request[Any]:
        if client.head:
            return ReadEvents(conversation=self._position.conversation, after=client.last)
        return self._resume

    def _ask(self, client: _Client, request: Request[Any]) -> None:
        client.stream.sendall(frame(self._packed(request)))

    @staticmethod
    def _packed(request: Request[Any]) -> bytes:
        number = frames.RESUME_ID if isinstance(request, Resume) else frames.RESUME_ID + 1
        return pack(Call(id=number, request=to_map(request)))


def _epoch(address: Address) -> str:
    talk = Line(address)
    try:
        outcome = talk.ask(frames.HELLO_ID, frames.hello())
        return str(outcome.reply["epoch"]) if isinstance(outcome, Answer) else ""
    finally:
        talk.close()
