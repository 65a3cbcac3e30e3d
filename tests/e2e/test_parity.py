"""What earlier chat systems did for whoever runs a server, with real processes: docs/parity.md names these tests."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.commands import run_core
from tests.support.full_screen import open_client, speak
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.03)


def test_server_that_is_interrupted_tells_its_clients_why_and_they_come_back(home: Path) -> None:
    with ServerProcess(home / "data") as server, open_client(server, "ann", home) as ann:
        ann.wait_for("#general", "F1")
        page = home / "chat.html"
        ann.say(f"/html {page}")
        ann.wait_for("Everything that comes")
        speak(server, "#general", ["before"])
        ann.wait_for("before")
        server.process.send_signal(signal.SIGINT)

        ann.wait_for("reconnecting")
        assert server.wait() == 0
        assert "stopping" in server.log.read_text()
        until(lambda: "The server stops; it may be back soon." in page.read_text(), "the reason is not told")

        server.start()
        ann.wait_for("reconnecting", gone=True)
        speak(server, "#general", ["behind it"])
        ann.wait_for("before", "behind it")


def test_message_of_the_day_is_shown_at_sign_in(home: Path) -> None:
    with (
        ServerProcess(home / "data", env={"CHAT_CORE_SERVER_MOTD": "Tea at four \u2615"}) as server,
        open_client(server, "ann", home) as ann,
    ):
        ann.wait_for("Tea at four \u2615", "#general")
        ann.press("Escape")
        ann.wait_for("Tea at four", gone=True)


def test_preset_classic_lets_in_who_is_on_the_list_by_name_alone_and_greets(home: Path) -> None:
    assert run_core("users", "allow", "ann", "--data", home / "data").code == 0
    with ServerProcess(home / "data", "--preset", "classic") as server:
        with open_client(server, "ann", home) as ann:
            ann.wait_for("Welcome. /help lists the commands")
            ann.say("HELP")
            ann.wait_for("WRITING")
        with open_client(server, "bob", home) as bob:
            bob.wait_for("'bob' is not on this server's list of names")
        assert run_core("users", "allow", "bob", "--data", home / "data").code == 0
        with open_client(server, "bob", home) as bob:
            bob.wait_for("#general", "F1")


def test_preset_classic_has_room_for_four_and_gives_way_to_what_is_set(home: Path) -> None:
    env = {"CHAT_CORE_SERVER_MOTD": "Ours", "CHAT_CORE_ACCOUNTS_REGISTRATION": "open"}
    with ServerProcess(home / "data", "--preset", "classic", env=env) as server, ExitStack() as keep:
        for name in ("carl", "dora", "emil"):
            keep.enter_context(Wire(server.port)).enter(name)
        keep.enter_context(open_client(server, "ann", home)).wait_for("Ours", "#general")
        bob = keep.enter_context(open_client(server, "bob", home))
        bob.until(lambda screen: "server is full" in " ".join(screen.split()), "the fifth one is not told why")


def test_idle_client_is_told_why_it_is_disconnected(home: Path) -> None:
    with ServerProcess(home / "data", "--idle-timeout", "2") as server, open_client(server, "ann", home) as ann:
        ann.wait_for("#general", "F1")
        ann.until(lambda screen: "asked for nothing" in " ".join(screen.split()), "she is not told")
        assert server.process.poll() is None


def test_log_goes_to_a_file_where_that_is_wanted(home: Path) -> None:
    file = home / "chat.log"
    with ServerProcess(home / "data", "-d", "--log-file", str(file)) as server:
        speak(server, "#general", ["hello"])
        until(lambda: "event='disconnected'" in file.read_text(), "no departure in the file")
        assert "event='connected'" in file.read_text()
    assert "event='connected'" not in server.log.read_text()


def test_preset_classic_warns_who_shouts_and_puts_them_off_the_second_time(home: Path) -> None:
    env = {"CHAT_CORE_ACCOUNTS_REGISTRATION": "open"}
    with (
        ServerProcess(home / "data", "--preset", "classic", env=env) as server,
        open_client(server, "ann", home) as ann,
        open_client(server, "bob", home) as bob,
    ):
        ann.wait_for("#general", "F1")
        bob.wait_for("#general", "F1")
        ann.say("HELLO")
        warned = "You were warned by a rule of the server: Please do not write in"
        ann.wait_for(warned, "The next time you are put out.")
        bob.wait_for("HELLO", "2 online")
        ann.say("AGAIN")
        told = "You were put off this server by a rule of this server: Please do not write in capitals"
        ann.until(lambda screen: told in " ".join(screen.split()), "she is not told why")
        bob.wait_for("1 online")
        assert "AGAIN" not in bob.screen() and "warned" not in bob.screen()


def test_wrong_preset_is_refused_with_the_ones_there_are(home: Path) -> None:
    command = [sys.executable, "-m", "chat_core", "serve", "--data", str(home / "data"), "--preset", "classical"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)

    assert done.returncode == 2
    assert "must be one of classic" in done.stderr


TYPIST = """
import asyncio, sys
from chat_core.client import Client, parse_address

async def type_on():
    async with Client(parse_address(sys.argv[1]), "bob") as client:
        await client.online(10)
        general = client.state.by_target("#general").id
        while True:
            client.typing(general, True)
            await asyncio.sleep(2)

asyncio.run(type_on())
"""
"""A client of the library that says all the time that somebody writes."""


def test_lost_peer_leaves_nothing_behind_within_a_ping_time_out(home: Path) -> None:
    env = {"CHAT_CORE_LIMITS_PING_EVERY_S": "1", "CHAT_CORE_LIMITS_PONG_WITHIN_S": "1"}
    with ServerProcess(home / "data", env=env) as server, open_client(server, "ann", home) as ann:
        ann.wait_for("#general", "F1")
        with subprocess.Popen([sys.executable, "-c", TYPIST, server.address]) as bob:
            try:
                ann.wait_for("bob joined", "2 online", "bob is typing")
                bob.send_signal(signal.SIGSTOP)
                ann.wait_for("bob went offline", "1 online")
                ann.wait_for("bob is typing", gone=True)
                assert connections(server.process.pid, server.port) == 1
            finally:
                bob.kill()


def test_departure_is_told_in_each_shared_conversation(home: Path) -> None:
    with ExitStack() as keep:
        server = keep.enter_context(ServerProcess(home / "data"))
        ann = keep.enter_context(open_client(server, "ann", home))
        ann.wait_for("#general", "F1")
        bob = keep.enter_context(open_client(server, "bob", home))
        ann.wait_for("bob joined")
        ann.say("/dm bob hello")
        bob.wait_for("@ann")
        bob.say("/dm ann hello you")
        ann.wait_for("hello you", "● online")
        ann.settled(1.3)  # comings are told once a second, and who goes within it never came
        bob.say("/quit")
        assert bob.wait_exit() == 0

        ann.wait_for("bob went offline", "hello you")
        ann.press("M-1")
        ann.wait_for("bob joined", "bob went offline")


def test_log_has_connects_commands_results_and_departures_and_no_word_of_what_was_said(home: Path) -> None:
    with ServerProcess(home / "data", "-d", "-d") as server:
        speak(server, "#general", ["our secret"])
        until(lambda: "event='disconnected'" in server.log.read_text(), "no departure in the log")
        text = server.log.read_text()
        lines = [line for line in text.splitlines() if "event='request'" in line]

        assert "event='connected'" in text
        assert any("request='sign_in'" in line and "outcome='ok'" in line for line in lines)
        assert any("request='post'" in line and "account='bob'" in line and "outcome='ok'" in line for line in lines)
        assert any("request='find'" in line or "request='join'" in line for line in lines)
        assert "our secret" not in text


def test_log_has_what_was_said_only_when_that_is_wanted(home: Path) -> None:
    with ServerProcess(home / "data", "--log-messages") as server:
        speak(server, "#general", ["for the record \x1b[2J"])

        (line,) = [line for line in server.log.read_text().splitlines() if "event='message'" in line]
        assert "author='bob'" in line
        assert "for the record" in line
        assert "\x1b" not in line


def test_server_stays_when_the_last_client_has_gone(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        speak(server, "#general", ["first"])
        until(lambda: connections(server.process.pid, server.port) == 0, "somebody is still connected")
        speak(server, "#general", ["second"])

        assert server.process.poll() is None
        assert server.stop() == 0


def test_idle_server_uses_less_than_half_a_percent_of_a_core(home: Path) -> None:
    with ServerProcess(home / "data") as server, open_client(server, "ann", home) as ann:
        ann.wait_for("#general", "F1")
        ann.settled()
        until(lambda: busy_ns(server.process.pid, 1.0) < 5_000_000, "it is never at rest")
        used = busy_ns(server.process.pid, 2.0)

    assert used < 0.005 * 2e9


def test_server_and_client_meet_at_the_same_default_address(home: Path) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 55555))
        except OSError:
            pytest.skip("something else has port 55555 of this machine")
    with ServerProcess(home / "data", port=None) as server:
        assert server.address == "chat://127.0.0.1:55555"
        command = [sys.executable, "-m", "chat_tui", "send", "#general", "hello", "--server", "127.0.0.1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)

        assert (done.returncode, done.stdout) == (0, "#general:1\n")


def connections(pid: int, port: int) -> int:
    """Return how many established connections a server has."""
    wanted = f":{port:04X}"
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return sum(line[1].endswith(wanted) and line[3] == "01" for line in lines)


def busy_ns(pid: int, seconds: float) -> int:
    """Return the processor time that a process takes in a while, in nanoseconds."""

    def taken() -> int:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

    before = taken()
    time.sleep(seconds)
    return taken() - before
