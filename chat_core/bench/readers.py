"""A process full of readers: `python -m chat_core.bench.readers`, started by `chat_core.bench.fanout`.

Line by line in JSON. In: an `Order`, later `measure` (begin to count from nothing) and `finish`; the end of the input
ends the process, so it never outlives its parent. Out: `{"ready": n}`, `{"measuring": true}`, `{"delivered": total}`
after each turn that delivered something, `{"latencies_ns": […], "lost": n}` at the end, or `{"error": sentence}`.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from array import array
from dataclasses import asdict, dataclass
from typing import Any, Final

from chat_core.base.errors import ChatError
from chat_core.bench import frames
from chat_core.bench.peer import READ_BYTES, open_sockets, raise_descriptor_limit
from chat_core.bench.tally import Counting, Tally, Timing
from chat_core.transport.urls import parse_address

SIGN_OF_LIFE_S: Final = 15.0
"""Time between two signs of life: readers say nothing else, and the server would begin to ask."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one process is to do."""

    address: str
    channel: str
    first: int
    """Number of the first reader; names are made from it."""
    count: int
    """Readers."""
    timed: int
    """Each so many readers one takes latencies; the others count only."""

    def line(self) -> bytes:
        """Return it as the process reads it."""
        return json.dumps(asdict(self)).encode() + b"\n"


def name_of(number: int) -> str:
    """Return the account name of a reader or sender."""
    return f"bench-{number:06d}"


class Readers:
    """See the module's head."""

    def __init__(self, order: Order) -> None:
        raise_descriptor_limit(order.count)
        names = [name_of(order.first + index) for index in range(order.count)]
        self._latencies = array("q")
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        self._delivered = self._lost = 0
        self._finished = False
        for index, stream in enumerate(open_sockets(parse_address(order.address), names, order.channel)):
            stream.setblocking(False)
            timed = index % order.timed == 0
            tally: Tally = Timing(self._latencies) if timed else Counting()
            self._selector.register(stream, selectors.EVENT_READ, tally)
        _say(ready=order.count)

    def run(self) -> None:
        """Read until told to finish."""
        alive_at = time.monotonic()
        while not self._finished:
            before = self._delivered
            for key, _ in self._selector.select(SIGN_OF_LIFE_S):
                if key.data is None:
                    self._obey()
                else:
                    self._read(key)
            if self._delivered > before:
                _say(delivered=self._delivered)
            if time.monotonic() - alive_at >= SIGN_OF_LIFE_S:
                alive_at = time.monotonic()
                self._live()

    def _read(self, key: selectors.SelectorKey) -> None:
        stream = key.fileobj
        assert isinstance(stream, socket.socket)
        try:
            data = stream.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._delivered += key.data.feed(data, time.monotonic_ns())
            return
        self._selector.unregister(stream)
        stream.close()
        self._lost += 1

    def _obey(self) -> None:
        for word in os.read(sys.stdin.fileno(), 4096).split() or [b"finish"]:
            if word == b"measure":
                self._delivered = 0
                del self._latencies[:]
                _say(measuring=True)
            elif word == b"finish":
                self._finished = True
                _say(latencies_ns=self._latencies.tolist(), lost=self._lost)

    def _live(self) -> None:
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                try:
                    key.fileobj.send(frames.PONG)
                except OSError:
                    continue  # the next read will see it


def _say(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)


def _first_line() -> bytes:
    """Read the order byte by byte: what follows it is the selector's to see."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(sys.stdin.fileno(), 1)
        if not byte:
            raise BrokenPipeError
        line += byte
    return line


def main() -> int:
    """Run one process of readers; return its exit code."""
    try:
        Readers(Order(**json.loads(_first_line()))).run()
    except ChatError as error:
        _say(error=str(error))
        return 1
    except (BrokenPipeError, KeyboardInterrupt):  # the parent is gone, or on its way
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout = None  # whatever could not be written has nobody to read it
    sys.exit(code)
