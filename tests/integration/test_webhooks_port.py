"""The port of webhooks while others hold connections to it open: whoever has something to say is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus

import pytest

from chat_core.server.webhooks.http import CONNECTIONS, Answer, Answering, Asked, HttpServer
from tests.support.processes import WAIT_S

ASKED = b"POST /hooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
HOLDING = (
    b"",
    b"P",
    b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    b"GARBAGE\r\n\r\n",
)
"""What is sent before nothing more comes."""


async def ok(asked: Asked) -> Answer:
    return Answer(HTTPStatus.OK, "ok")


@asynccontextmanager
async def serving(answering: Answering = ok) -> AsyncIterator[int]:
    """Serve, with a time for requests that no test waits for."""
    server = HttpServer(answering, body_bytes=1024, within_s=10 * WAIT_S)
    port = await server.listen("127.0.0.1", 0)
    try:
        yield port
    finally:
        await server.close()


class Sender:
    """A connection from an address of the loopback interface."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> bytes:
        """Return the first line of the answer, once it has come; empty: closed without one."""
        async with asyncio.timeout(WAIT_S):
            return await self.reader.readline()


async def send(stack: AsyncExitStack, port: int, data: bytes, host: str = "127.0.0.1") -> Sender:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0))
    stack.callback(writer.close)
    writer.write(data)
    return Sender(reader, writer)


@pytest.mark.parametrize("held", HOLDING)
async def test_request_is_answered_however_many_others_hold_connections_open(held: bytes) -> None:
    async with serving() as port, AsyncExitStack() as stack:
        for _ in range(2 * CONNECTIONS):
            await send(stack, port, held)
        for _ in range(3):
            assert await (await send(stack, port, ASKED)).answer() == b"HTTP/1.1 200 OK\r\n"


async def test_oldest_of_the_address_that_holds_most_makes_room() -> None:
    async with serving() as port, AsyncExitStack() as stack:
        slow = await send(stack, port, ASKED[:-1], "127.0.0.2")
        first, *_others = [await send(stack, port, b"P", "127.0.0.3") for _ in range(2 * CONNECTIONS)]
        assert await first.answer() == b"HTTP/1.1 503 Service Unavailable\r\n"
        slow.writer.write(ASKED[-1:])
        assert await slow.answer() == b"HTTP/1.1 200 OK\r\n", "it was the oldest, and alone from its address"


async def test_newcomer_is_told_to_come_again_while_as_many_are_answered_as_can_be() -> None:
    go_on = asyncio.Event()
    working: list[Asked] = []
    enough = asyncio.Event()

    async def later(asked: Asked) -> Answer:
        working.append(asked)
        if len(working) == CONNECTIONS:
            enough.set()
        await go_on.wait()
        return Answer(HTTPStatus.OK, "ok")

    async with serving(later) as port, AsyncExitStack() as stack:
        senders = [await send(stack, port, ASKED) for _ in range(CONNECTIONS)]
        await asyncio.wait_for(enough.wait(), WAIT_S)
        assert await (await send(stack, port, ASKED)).answer() == b"HTTP/1.1 503 Service Unavailable\r\n"
        go_on.set()
        assert {await sender.answer() for sender in senders} == {b"HTTP/1.1 200 OK\r\n"}
        assert len(working) == CONNECTIONS
