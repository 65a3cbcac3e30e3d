"""The port for those who look after a server: nobody who looks slowly keeps the others from it."""

from __future__ import annotations

import asyncio
import itertools
import socket
import urllib.request

import pytest

from chat_core.server import metrics
from chat_core.server.metrics import HOST, Observed


async def test_look_that_comes_byte_by_byte_is_given_up_and_the_next_one_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "ASKED_WITHIN_S", 0.2)
    observed = Observed(0, list)

    def drip() -> int:
        with socket.create_connection((HOST, observed.port), timeout=10) as slow:
            slow.settimeout(0.02)
            for sent in itertools.count(1):
                try:
                    slow.sendall(b"G")
                    if slow.recv(1) == b"":
                        return sent
                except TimeoutError:
                    continue
                except OSError:
                    return sent
        raise AssertionError("it counts on")

    def look() -> bytes:
        with urllib.request.urlopen(f"http://{HOST}:{observed.port}/health", timeout=30) as answer:
            return bytes(answer.read())

    try:
        async with asyncio.timeout(30):
            assert await asyncio.to_thread(drip) < 65_536, "that long a line would end it anyway"
            assert await asyncio.to_thread(look) == b"ok\n"
    finally:
        observed.close()
