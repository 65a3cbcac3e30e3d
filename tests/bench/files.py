"""How long one large file takes, beside a bare copy through the same loop, and what chat beside it notices.

    python -m tests.bench.files [RUNS] [MEBIBYTES]

Three things in turn, each run with a server of its own that syncs its disk: a bare socket copy between two processes
through asyncio, with a file at the end of it that is hashed and synced; an upload by the client library; a download.
While files go, another process sends `RATE` messages a second, and its acknowledgements are timed: chat beside it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from chat_core.bench.beside import Beside
from chat_core.client import Client, parse_address
from tests.support.processes import ServerProcess

RATE: Final = 100
"""Messages a second beside the files."""
_SINK: Final = """
import asyncio, hashlib, os, sys
class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.hash = transport, hashlib.sha256()
        self.file = open(sys.argv[1], "wb")
    def data_received(self, data):
        self.hash.update(data)
        self.file.write(data)
    def eof_received(self):
        self.file.flush()
        os.fsync(self.file.fileno())
        self.transport.write(self.hash.digest())
async def main():
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


async def copied(source: Path, folder: Path) -> float:
    """Return the seconds of a bare copy into another process, up to the hash that comes back once it is on disk."""
    process = subprocess.Popen([sys.executable, "-c", _SINK, str(folder / "sunk")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        began = time.perf_counter()
        data = await asyncio.to_thread(source.read_bytes)
        digest = hashlib.sha256(data).digest()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for offset in range(0, len(data), 48 * 1024):
            writer.write(data[offset : offset + 48 * 1024])
            await writer.drain()
        writer.write_eof()
        assert await reader.readexactly(32) == digest
        took = time.perf_counter() - began
        writer.close()
        return took
    finally:
        process.kill()
        process.wait()


async def moved(source: Path, folder: Path) -> tuple[float, float, Beside]:
    """Return the seconds of an upload and of a download, and what became of the messages beside them."""
    with ServerProcess(folder / "data") as server:
        async with Client(parse_address(server.address), "mover", follow=False) as client:
            await client.online(20)
            number = await client.join("general")
            with Beside(server.address, RATE, 100, ["#other"]) as beside:
                began = time.perf_counter()
                posted = await client.upload(number, source)
                between = time.perf_counter()
                saved = await client.download(number, posted.seq, to=folder)
                ended = time.perf_counter()
            assert saved.read_bytes() == source.read_bytes()
            return between - began, ended - between, beside


async def quiet(folder: Path, seconds: float) -> Beside:
    """Return what became of messages beside nothing."""
    with ServerProcess(folder / "quiet") as server, Beside(server.address, RATE, 100, ["#other"]) as beside:
        await asyncio.sleep(seconds)
    return beside


def told(name: str, values: list[float], unit: str) -> None:
    """Print the median and the spread."""
    middle = statistics.median(values)
    print(f"{name:52} {middle:8.2f} {unit}  ({min(values):.2f} to {max(values):.2f})", flush=True)


def main() -> None:
    """Measure, and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 25
    copies: list[float] = []
    ups: list[float] = []
    downs: list[float] = []
    beside: list[float] = []
    alone: list[float] = []
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {runs} runs each, {size} MiB")
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="chat-files-") as name:
            folder, source = Path(name), Path(name) / "source.bin"
            source.write_bytes(os.urandom(size * 1024 * 1024))
            copies.append(asyncio.run(copied(source, folder)))
            up, down, with_files = asyncio.run(moved(source, folder))
            without = asyncio.run(quiet(folder, up + down))
            ups.append(up)
            downs.append(down)
            for figures, into in ((with_files.sends, beside), (without.sends, alone)):
                if figures is not None and figures.p99_ms is not None:
                    into.append(figures.p99_ms)
    told("bare copy through asyncio, hashed and synced", copies, "s")
    told("upload, up to its message on disk", ups, "s")
    told("download, up to the synced file", downs, "s")
    told(f"p99 of {RATE} sends/s beside upload and download", beside, "ms")
    told(f"p99 of {RATE} sends/s beside nothing", alone, "ms")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
