"""Searches of one account on many connections: they do not fill the places in which everybody's wait."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chat_core.protocol.limits import SEARCHES_PER_ACCOUNT, SEARCHES_PER_CONNECTION
from tests.support.people import answers_of, framed, request
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

CONNECTIONS = 6
NUMBERS = range(100, 100 + SEARCHES_PER_CONNECTION)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path / "data") as running:
        yield running


@pytest.mark.parametrize(("names", "refused"), [(1, True), (CONNECTIONS, False)])
def test_searches_are_refused_when_an_account_has_many_at_once_on_all_its_connections(
    server: ServerProcess, names: int, refused: bool
) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(server.port)) for _ in range(CONNECTIONS)]
        for index, wire in enumerate(wires):
            wire.enter(f"ann{index % names}", resume=False)
        server.process.send_signal(signal.SIGSTOP)  # so that all are there at once
        for wire in wires:
            wire.send_bytes(b"".join(framed(request(number, "search", query="word")) for number in NUMBERS))
        server.process.send_signal(signal.SIGCONT)
        answers = [answer for wire in wires for answer in answers_of(wire, len(NUMBERS)).values()]

    codes = Counter(answer.get("code", "found") for answer in answers)
    assert codes["found"] + codes["busy"] == CONNECTIONS * len(NUMBERS)
    assert codes["found"] >= SEARCHES_PER_ACCOUNT and bool(codes["busy"]) is refused
