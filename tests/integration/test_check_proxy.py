"""The proxy that breaks: what passes, what is held back, and where a stream is cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

from chat_core.check.real.frames import FrameCursor
from chat_core.check.real.proxy import Proxy, Wire
from chat_core.protocol.framing import frame

FRAME = frame(b"x" * 500)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Line:
    """A client and a server with the proxy between them."""

    def __init__(self, proxy: Proxy, client: Streams, server: Streams) -> None:
        self.proxy = proxy
        self.reader, self.writer = client
        self.far_reader, self.far_writer = server

    @property
    def wire(self) -> Wire:
        (wire,) = self.proxy.wires
        return wire


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    arrived: asyncio.Queue[Streams] = asyncio.Queue()
    server = await asyncio.start_server(lambda *streams: arrived.put_nowait(streams), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    proxy = Proxy(lambda make: loop.create_connection(make, "127.0.0.1", port))
    await proxy.start()
    client = await asyncio.open_connection("127.0.0.1", proxy.port)
    far = await arrived.get()
    # Until something came through, the proxy may not know of both ends.
    client[1].write(b"\0\0\0\1a")
    assert await far[0].readexactly(5)
    try:
        yield Line(proxy, client, far)
    finally:
        client[1].close()
        far[1].close()
        await proxy.stop()
        server.close()


async def turns(count: int) -> None:
    """Let the loop turn."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nobody signals."""
    while not condition():
        await turns(1)


async def test_proxy_forwards_both_ways_when_nothing_is_broken() -> None:
    async with line() as wire:
        wire.writer.write(FRAME)
        assert await wire.far_reader.readexactly(len(FRAME)) == FRAME
        wire.far_writer.write(FRAME * 1000)
        assert await wire.reader.readexactly(len(FRAME) * 1000) == FRAME * 1000


async def test_proxy_ends_the_other_side_behind_what_was_sent_when_one_side_closes() -> None:
    async with line() as wire:
        wire.far_writer.write(FRAME)
        wire.far_writer.close()
        assert await wire.reader.read() == FRAME
        assert wire.proxy.wires == []


async def test_proxy_cuts_inside_a_frame() -> None:
    for seed in range(20):
        async with line() as wire:
            cut = wire.wire.down.cut_inside(Random(seed))
            wire.far_writer.write(FRAME * 3)
            assert (await cut).startswith("down")
            came = await wire.reader.read()
            cursor = FrameCursor()
            cursor.feed(came)
            assert cursor.inside and len(came) < 3 * len(FRAME)
            assert await wire.far_reader.read() == b""


async def test_proxy_holds_back_what_comes_when_one_direction_is_silent() -> None:
    async with line() as wire:
        pipe = wire.wire.down
        pipe.silent = True
        wire.far_writer.write(FRAME)
        wire.writer.write(FRAME)
        assert await wire.far_reader.readexactly(len(FRAME)) == FRAME  # the other direction goes on
        await until(lambda: pipe.late_bytes > 0)
        assert pipe.forwarded_bytes == 0
        pipe.free()
        assert await wire.reader.readexactly(len(FRAME)) == FRAME


async def test_proxy_stops_reading_when_it_holds_enough_back() -> None:
    async with line() as wire:
        wire.wire.down.silent = True
        wire.far_writer.write(b"x" * 32_000_000)
        pipe = wire.wire.down
        await until(lambda: pipe.late_bytes > 0)
        await turns(1000)
        assert wire.wire.down.late_bytes < 1_000_000


async def test_proxy_keeps_the_order_when_it_is_slow_and_late() -> None:
    async with line() as wire:
        wire.wire.down.delay_s = 0.01
        wire.wire.down.bytes_per_s = 100_000
        frames = b"".join(frame(bytes([number]) * 300) for number in range(50))
        wire.far_writer.write(frames)
        assert await wire.reader.readexactly(len(frames)) == frames


async def test_proxy_tells_when_a_post_has_passed() -> None:
    async with line() as wire:
        told = asyncio.Event()
        wire.wire.up.on_post = told.set
        wire.writer.write(frame(b"\xa4kind\xa4find"))
        wire.writer.write(frame(b"\xa4kind\xa4post"))
        await told.wait()
        assert wire.wire.up.on_post is None


async def test_proxy_cuts_a_client_off_when_there_is_no_server() -> None:
    async def nobody(_make: object) -> None:
        raise ConnectionRefusedError

    proxy = Proxy(nobody)
    await proxy.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await reader.read() == b""
    writer.close()
    await proxy.stop()
