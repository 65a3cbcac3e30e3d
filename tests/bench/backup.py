"""Measures what a backup costs those who write meanwhile: acknowledgements without it and beside it, in turns.

    python -m tests.bench.backup [PAIRS] [MESSAGES] [RATE]

Fills a store with so many messages, starts a server on it, and sends at a steady rate; in every second run backups are
taken one after another for as long as it lasts. Prints medians, and the least and the most.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.bench.posting import Posters, channel_names
from chat_core.server.store.conversations import JoinChannel
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore
from chat_core.transport.urls import parse_address
from tests.support.processes import ServerProcess

ROOMS = 10
SENDERS = 20
SIZE = 100
SECONDS = 6.0
BATCH = 1000


def main() -> None:
    """Measure and print."""
    given = [int(value) for value in sys.argv[1:]]
    pairs, messages, rate = (*given, *(5, 100_000, 500)[len(given) :])
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}, {pairs} pairs")
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder:
        data = Path(folder) / "data"
        asyncio.run(fill(data, messages))
        size = (data / "chat.db").stat().st_size
        print(f"{messages:,} messages, {size / 1e6:.0f} MB; {rate} sends/s by {SENDERS} senders, {SECONDS:.0f} s a run")
        alone: list[tuple[float, float]] = []
        beside: list[tuple[float, float]] = []
        took: list[float] = []
        with (
            ServerProcess(data) as server,
            Posters(
                parse_address(server.address), channel_names(ROOMS), senders=SENDERS, size=SIZE, follow=False
            ) as posters,
        ):
            send(posters, rate)
            for _ in range(pairs):
                alone.append(send(posters, rate))
                with Backups(data, Path(folder) / "saved.db") as backups:
                    beside.append(send(posters, rate))
                took += backups.took
        show("acknowledgement without, p50", [p50 for p50, _ in alone], "ms")
        show("acknowledgement beside backups, p50", [p50 for p50, _ in beside], "ms")
        show("acknowledgement without, p99", [p99 for _, p99 in alone], "ms")
        show("acknowledgement beside backups, p99", [p99 for _, p99 in beside], "ms")
        show(f"a backup, as it says itself ({len(took)} of them)", took, "s")


def show(what: str, values: Sequence[float], unit: str) -> None:
    """Print a figure."""
    print(f"{what:50} {statistics.median(values):8.2f} {unit}  ({min(values):.2f} to {max(values):.2f})")


def send(posters: Posters, rate: float) -> tuple[float, float]:
    """Send for a while; return the median and the 99th percentile of the acknowledgements, in milliseconds."""
    posters.forget()
    posters.run_open(SECONDS, rate)
    missing = posters.settle()
    assert not (missing or posters.failures or posters.lost), "not everything was acknowledged"
    latencies = sorted(posters.latencies_ns)
    return quantile(latencies, 0.5), quantile(latencies, 0.99)


def quantile(latencies: Sequence[int], share: float) -> float:
    """Return a quantile of sorted nanoseconds, in milliseconds."""
    return latencies[min(len(latencies) - 1, int(share * len(latencies)))] / 1e6


class Backups:
    """Takes one backup after another until the end of the block."""

    def __init__(self, data: Path, target: Path) -> None:
        self.took: list[float] = []
        self._command = [sys.executable, "-m", "chat_core", "backup", str(target), "--data", str(data), "--force"]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Backups:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Let the last one end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            told = subprocess.run(self._command, capture_output=True, check=True, text=True).stdout
            self.took.append(float(told.rstrip().removesuffix(" s").rpartition(" ")[2]))


async def fill(data: Path, messages: int) -> None:
    """Make a store of that many messages."""
    data.mkdir(mode=0o700)
    store = SqliteStore(data / "chat.db", clock=SystemClock())
    await store.open(lambda _: None)
    people = [AccountId((await store.write(SignInByName(f"user{number}", 1)))[0].id) for number in range(SENDERS)]
    rooms = []
    for room in range(ROOMS):
        joined = [await store.write(JoinChannel(person, f"room{room}", create=True, ts=1)) for person in people]
        rooms.append(joined[0][0].id)
    body = "x" * SIZE
    for start in range(0, messages, BATCH):
        ops = [
            AppendMessage(
                people[number % SENDERS],
                rooms[number // SENDERS % ROOMS],
                Cid(time.time_ns().to_bytes(8, "big") + number.to_bytes(8, "big")),
                None,
                body,
                body,
                "text",
                None,
                1,
            )
            for number in range(start, min(messages, start + BATCH))
        ]
        await asyncio.gather(*(store.write(op) for op in ops))
    await store.close()


if __name__ == "__main__":
    main()
