"""One HTTP request on one connection: read within bounds of time and size, answered, closed. By way of h11.

Knows no chat: what a request means, the `Answering` it is given knows. A connection is not kept for a second request,
so that a sender holds nothing here but while it sends. Who is slow at that, or says nothing, holds up nobody: of the
address with most of such connections, the oldest one makes room for a newcomer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final, NamedTuple

import h11

from chat_core.base.tasks import spawn, stop

HEAD_BYTES: Final = 16 * 1024
"""Most bytes of a request's line and headers."""
CONNECTIONS: Final = 100
"""Most connections at the same time. One more, and who was waited for longest makes room; are all being answered, the
newcomer is told to come again."""
PIECES: Final = 4096
"""Most pieces in which a body may come: a byte in a chunk of its own costs as much work as a kilobyte in one."""
READ_BYTES: Final = 64 * 1024
LINGER_S: Final = 1.0
"""Time in which a sender may read an answer that came before it had sent everything."""


class Asked(NamedTuple):
    """A whole request."""

    method: str
    path: str
    """Without what follows a `?`."""
    headers: Mapping[str, str]
    """By name in small letters; of several of one name, the last."""
    body: bytes


class Answer(NamedTuple):
    """What is answered: a line of plain text."""

    status: HTTPStatus
    text: str
    headers: tuple[tuple[str, str], ...] = ()


Answering = Callable[[Asked], Awaitable[Answer]]


class HttpServer:
    """Serves from `listen` until `close`.

    Args:
        answering: makes the answers; must not raise.
        body_bytes: most bytes of a body.
        within_s: time in which a request must have come, in seconds.
    """

    def __init__(self, answering: Answering, *, body_bytes: int, within_s: float) -> None:
        self._answering = answering
        self._body_bytes = body_bytes
        self._within_s = within_s
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[_Exchange, asyncio.Task[None]] = {}
        """Those that were taken, in the order in which they came."""

    async def listen(self, host: str, port: int) -> int:
        """Begin; return the port. Raises: OSError."""
        self._server = await asyncio.start_server(self._accepted, host, port, limit=READ_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Serve no more; what is under way gets no answer."""
        if self._server is not None:
            self._server.close()
        await stop(*self._tasks)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        crowded = len(self._open) >= CONNECTIONS and not self._make_room()
        if crowded and len(self._tasks) >= 2 * CONNECTIONS:
            writer.transport.abort()  # not even an answer is owed any more
            return
        exchange = _Exchange(reader, writer, self._body_bytes)
        task = spawn("webhook", self._serve(exchange, crowded))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if not crowded:
            self._open[exchange] = task
            task.add_done_callback(lambda _: self._open.pop(exchange, None))

    def _make_room(self) -> bool:
        """End the oldest exchange that waits for its sender, of the address with most of them; False: none does."""
        waiting = [exchange for exchange in self._open if exchange.waits]
        if not waiting:
            return False
        held = Counter(exchange.peer for exchange in waiting)
        most = max(held.values())
        oldest = next(exchange for exchange in waiting if held[exchange.peer] == most)
        oldest.write(CROWDED)
        self._open.pop(oldest).cancel()
        return True

    async def _serve(self, exchange: _Exchange, crowded: bool) -> None:
        try:
            answer = CROWDED if crowded else await self._answer(exchange)
            if answer is not None:
                async with asyncio.timeout(self._within_s):
                    await exchange.send(answer)
        except (OSError, TimeoutError):
            pass  # whoever asked is gone
        finally:
            await exchange.close()

    async def _answer(self, exchange: _Exchange) -> Answer | None:
        """Return the answer; None: nobody asked anything."""
        try:
            async with asyncio.timeout(self._within_s):
                asked = await exchange.receive()
        except TimeoutError:
            return Answer(HTTPStatus.REQUEST_TIMEOUT, f"The request did not come within {self._within_s:g} s.")
        except h11.RemoteProtocolError as error:
            return Answer(HTTPStatus(error.error_status_hint), f"This is no HTTP request: {error}.")
        if isinstance(asked, Asked):
            exchange.waits = False
            return await self._answering(asked)
        return asked


CROWDED: Final = Answer(HTTPStatus.SERVICE_UNAVAILABLE, "Too many requests at once.", (("Retry-After", "1"),))


class _Exchange:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body_bytes: int) -> None:
        self._reader = reader
        self._writer = writer
        self._body_bytes = body_bytes
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self.peer: str = (writer.get_extra_info("peername") or ("",))[0]
        """Its address; empty: it has gone."""
        self.waits = True
        """Whether it is the sender's turn."""

    async def receive(self) -> Asked | Answer | None:
        """Return the request; an answer, if it is too large; None: the other end has gone.

        Raises: h11.RemoteProtocolError, OSError.
        """
        head: h11.Request | None = None
        body = bytearray()
        pieces = 0
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                await self._feed()
            elif isinstance(event, h11.Request):
                head = event
                if self._too_large(event):
                    return self._refusal()
            elif isinstance(event, h11.Data):
                body += event.data
                pieces += 1
                if len(body) > self._body_bytes:
                    return self._refusal()
                if pieces > PIECES:
                    return Answer(HTTPStatus.BAD_REQUEST, f"A body comes in at most {PIECES} pieces here.")
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _asked(head, bytes(body))
            else:
                return None

    async def send(self, answer: Answer) -> None:
        """Send an answer, the last thing on this connection. Raises: OSError."""
        self.write(answer)
        await self._writer.drain()
        if self._http.their_state is not h11.DONE:
            self.waits = True
            await self._linger()

    def write(self, answer: Answer) -> None:
        """Write an answer, if there was none yet."""
        data = (answer.text + ("" if answer.text == "ok" else "\n")).encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(data))),
            ("Connection", "close"),
            *answer.headers,
        ]
        with suppress(h11.LocalProtocolError):  # nobody is there that could read it
            reply = h11.Response(status_code=answer.status, headers=headers, reason=answer.status.phrase.encode())
            for event in (reply, h11.Data(data=data), h11.EndOfMessage()):
                self._writer.write(self._http.send(event) or b"")

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await self._writer.wait_closed()

    async def _feed(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[])
            self._writer.write(self._http.send(go_on) or b"")
        self._http.receive_data(await self._reader.read(READ_BYTES))

    async def _linger(self) -> None:
        """Take what still comes for a moment: closing at once would take the answer from who is still sending."""
        self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while await self._reader.read(READ_BYTES):
                    pass

    def _too_large(self, head: h11.Request) -> bool:
        length = dict(head.headers).get(b"content-length", b"0")
        return int(length) > self._body_bytes

    def _refusal(self) -> Answer:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {self._body_bytes} bytes here.")


def _asked(head: h11.Request, body: bytes) -> Asked:
    path = head.target.decode("ascii", "replace").partition("?")[0]
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    return Asked(head.method.decode("ascii"), path, headers, body)
