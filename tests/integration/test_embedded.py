"""This computer's own server: found, started, shared, raced for, and gone when nobody needs it. Real processes."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.errors import UsageFault
from chat_core.client import Client
from chat_tui.embedded import Embedded, ServerNotStarted, throw_away_folder
from tests.support.embedded import servers, until
from tests.support.processes import WAIT_S

STARTER = """
import sys
from pathlib import Path
from chat_tui.embedded import Embedded
print(Embedded(Path(sys.argv[1])).ensure(), flush=True)
sys.stdin.read()
"""

NOBODY = """
import sys
if sys.argv.pop(1) == "asyncio":
    sys.modules["uvloop"] = None
from chat_core.cli import main
main()
"""
"""A server with one event loop or the other: they say in different ways that something cannot be watched."""


@pytest.fixture
def embedded(home: Path) -> Iterator[Embedded]:
    server = Embedded(home / "data")
    yield server
    server.let_go()
    until(lambda: not servers(home), "the server leaves")


async def talk(embedded: Embedded, name: str) -> int:
    """Sign in, join a channel and return its number."""
    async with Client(embedded.address, name) as client:
        await client.online(10)
        return await client.join("here")


def test_server_is_started_in_a_private_folder_and_listens_for_its_owner_only(embedded: Embedded, home: Path) -> None:
    address = embedded.ensure()

    assert address == embedded.address
    assert stat.S_IMODE(Path(address.path).stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "data" / "server.log").stat().st_mode) == 0o600
    assert asyncio.run(talk(embedded, "ann")) > 0


def test_server_that_runs_is_used_by_the_next_one(embedded: Embedded, home: Path) -> None:
    embedded.ensure()
    before = servers(home)

    second = Embedded(home / "data")
    second.ensure()

    assert servers(home) == before
    assert len(before) == 1


def test_many_starters_at_once_end_with_one_server(home: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER, str(home / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    try:
        said = [starter.stdout.readline() for starter in starters if starter.stdout is not None]
        assert said == [f"chat+unix:{home}/data/chat.sock\n".encode()] * 3
        until(lambda: len(servers(home)) == 1, "one server is left")
    finally:
        for starter in starters:
            starter.communicate()
    until(lambda: not servers(home), "the server leaves with the last starter")


def test_server_leaves_when_its_starter_was_killed(home: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    assert starter.stdout.readline()
    starter.kill()
    starter.communicate()

    until(lambda: not servers(home), "the server leaves")


async def test_server_stays_while_somebody_is_connected(embedded: Embedded, home: Path) -> None:
    await asyncio.to_thread(embedded.ensure)
    async with Client(embedded.address, "ann") as client:
        await client.online(10)
        embedded.let_go()
        number = await client.join("here")
        await client.sent(client.post(number, "still there"))

        assert len(servers(home)) == 1
    await asyncio.to_thread(until, lambda: not servers(home), "the server leaves")


def test_server_is_started_again_after_it_was_killed(embedded: Embedded, home: Path) -> None:
    embedded.ensure()
    (first,) = servers(home)
    os.kill(first, 9)
    until(lambda: not Path(f"/proc/{first}").exists(), "it is dead")

    embedded.ensure()

    assert servers(home) != [first]
    assert asyncio.run(talk(embedded, "ann")) > 0


def test_folder_that_cannot_be_made_is_said(home: Path) -> None:
    (home / "file").write_text("")

    with pytest.raises(ServerNotStarted, match=r"The data folder .*/file/data cannot be written .*CHAT_DATA"):
        Embedded(home / "file" / "data").ensure()


def test_path_that_is_too_long_for_a_socket_is_said(home: Path) -> None:
    with pytest.raises(UsageFault, match="too long"):
        Embedded(home / ("x" * 120))


def test_broken_database_is_said_in_the_servers_own_words(home: Path) -> None:
    (home / "data").mkdir(mode=0o700)
    (home / "data" / "chat.db").write_bytes(b"this is no database" * 100)

    with pytest.raises(ServerNotStarted) as caught:
        Embedded(home / "data").ensure()

    assert "chat.db" in str(caught.value) or "database" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_folder_held_by_a_server_without_a_socket_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat_tui.embedded.START_WITHIN_S", 8.0)
    holder = [sys.executable, "-m", "chat_core", "serve", "--port", "0", "--data", str(home / "data")]
    with subprocess.Popen(holder, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            with pytest.raises(ServerNotStarted, match="Another server holds"):
                Embedded(home / "data").ensure()
        finally:
            process.terminate()


def test_socket_left_by_a_dead_server_is_no_hindrance(embedded: Embedded, home: Path) -> None:
    (home / "data").mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(home / "data" / "chat.sock"))

    embedded.ensure()

    assert asyncio.run(talk(embedded, "ann")) > 0


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_server_whose_input_nobody_holds_open_says_where_it_is_and_leaves(home: Path, loop: str) -> None:
    serve = [sys.executable, "-c", NOBODY, loop, "serve", "--embedded", "--port", "0", "--data", str(home / "data")]

    done = subprocess.run(serve, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)

    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert done.stdout.startswith(b"listening on chat://")


def test_throw_away_folder_is_gone_once_its_server_has_left() -> None:
    with throw_away_folder("chat-test-") as folder:
        server = Embedded(folder)
        server.ensure()
        # The application lets go at its end; the folder waits for the server, not the other way round.
        threading.Timer(0.1, server.let_go).start()
        assert folder.is_dir()

    assert not folder.exists()
    until(lambda: not servers(folder), "the server has left")
