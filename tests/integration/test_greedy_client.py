"""A client that asks and asks, and never reads an answer: it waits for itself, nobody else does."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import msgpack
import pytest

from tests.support.memory import resident_bytes
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

CALLS = 1500
GROWTH = 100 * 1024 * 1024
"""Bytes the server may grow by; the answers to all calls would be three times as many."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_client_that_asks_without_reading_does_not_make_the_server_grow(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as ann, Wire(server.port) as greedy:
        ann.enter("ann")
        for _ in range(12):
            ann.say("#general", "x" * 16_000)
        greedy.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        greedy.enter("greedy", resume=False)
        before = resident_bytes(server.process.pid)
        calls = b""
        for number in range(CALLS):
            request = {"do": "history", "conversation": 1, "limit": 200}
            payload = msgpack.packb({"t": "call", "id": number, "request": request})
            calls += len(payload).to_bytes(4, "big") + payload
        greedy.send_bytes(calls)

        grown = 0
        for _ in range(200):
            ann.say("#general", "unharmed")
            grown = max(grown, resident_bytes(server.process.pid) - before)

        assert grown < GROWTH
        answered: set[int] = set()
        while len(answered) < CALLS:
            envelope = greedy.receive()
            assert envelope is not None
            if envelope["t"] == "ping":
                greedy.send({"t": "pong"})
            else:
                answered.add(envelope["id"])
        assert answered == set(range(CALLS))
