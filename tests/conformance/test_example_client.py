"""docs/example_client.py, which was written from docs/protocol.md alone, works with a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.people import People, unique
from tests.support.processes import WAIT_S, ServerProcess, read_line

EXAMPLE = Path(__file__).parents[2] / "docs" / "example_client.py"


def start(port: int, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(EXAMPLE), "127.0.0.1", str(port), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    said, complained = process.communicate(timeout=WAIT_S)
    return process.returncode, said.decode(), complained.decode()


def test_example_client_needs_nothing_but_sockets_and_msgpack() -> None:
    imports = [line for line in EXAMPLE.read_text().splitlines() if line.startswith(("import ", "from "))]

    assert imports == ["import os", "import socket", "import sys", "from typing import Any", "import msgpack"]
    assert len(EXAMPLE.read_text().splitlines()) <= 70


def test_example_client_sends_and_prints_its_own_message(people: People, server: ServerProcess) -> None:
    channel, name = unique("#example"), unique("ex")

    code, said, complained = finish(start(server.port, name, channel, "hello, world", "1"))

    assert (code, complained) == (0, "")
    ann = people.enter()
    room = ann.call("join", channel=channel, create=False)["conversation"]["id"]
    assert said == f"{room}:1 <{name}> 'hello, world'\n"
    (message,) = ann.call("history", conversation=room)["messages"]
    assert (message["name"], message["body"]) == (name, "hello, world")


def test_example_client_prints_what_others_say(people: People, server: ServerProcess) -> None:
    channel = unique("#example")
    process = start(server.port, unique("ex"), channel, "hello", "3")
    assert process.stdout is not None
    first = read_line(process.stdout)
    ann = people.enter(unique("ann"))
    room = ann.call("join", channel=channel)["conversation"]["id"]

    ann.say(room, "hi \x1b[31mthere")
    ann.say(room, "bye")
    code, said, complained = finish(process)

    assert (code, complained) == (0, "")
    assert first.startswith(f"{room}:1 <ex-")
    assert [line.partition("> ")[2] for line in said.splitlines()] == ["'hi ␛[31mthere'", "'bye'"]


def test_example_client_stops_at_a_goodbye(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        process = start(server.port, "ex", "#example", "hello")
        assert process.stdout is not None
        assert read_line(process.stdout).endswith("'hello'")
        server.stop()
        code, _, complained = finish(process)

    assert code == 1
    assert complained == "goodbye: shutdown\n"


def test_example_client_says_what_the_server_refused(server: ServerProcess) -> None:
    code, said, complained = finish(start(server.port, "no name", "#example", "hello", "1"))

    assert (code, said) == (1, "")
    assert complained.startswith("A name is made of letters, digits and")


def test_example_client_explains_itself(server: ServerProcess) -> None:
    code, _, complained = finish(start(server.port))

    assert code == 1
    assert "HOST PORT NAME" in complained


@pytest.mark.long
def test_example_client_stays_alive_on_pings(people: People, server: ServerProcess) -> None:
    channel = unique("#example")
    process = start(server.port, unique("ex"), channel, "hello", "2")
    assert process.stdout is not None
    read_line(process.stdout)
    ann = people.enter()
    ann.socket.settimeout(90)
    room = ann.call("join", channel=channel)["conversation"]["id"]
    for _ in range(2):  # so long that the example must have answered one of its own
        while (envelope := ann.receive()) != {"t": "ping"}:
            assert envelope is not None
        ann.send({"t": "pong"})

    ann.say(room, "still there?")

    assert finish(process)[0] == 0
