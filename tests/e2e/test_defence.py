"""The defence as strangers, honest clients and operators meet it: real servers with `--profile internet`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import assert_one_sentence, run_core, run_tui
from tests.support.people import framed, request
from tests.support.ports import free_port
from tests.support.processes import ServerProcess
from tests.support.watched import fetch, metrics, metrics_once, said_in
from tests.support.wire import Wire

TIGHT = """
[internet]
unfinished = 16
request_burst = 20
request_rate = 2
sign_ins_per_address = 3
"""


@pytest.fixture
def observe_port() -> int:
    return free_port()


@pytest.fixture
def server(home: Path, observe_port: int) -> Iterator[ServerProcess]:
    """A server that counts, in numbers that a test can reach."""
    (home / "site.toml").write_text(f"{TIGHT}[observe]\nport = {observe_port}\n")
    with ServerProcess(home / "data", "--profile", "internet", "--config", str(home / "site.toml")) as running:
        yield running


def turned_away(wire: Wire) -> str:
    """Return the sentence that a connection is closed with, for want of room."""
    goodbye = wire.goodbye()
    assert (goodbye["code"], goodbye["reconnect"]) == ("too_many_connections", True)
    assert goodbye["retry_after"] > 0
    return str(goodbye["text"])


# --- before sign-in ------------------------------------------------------------------------------------------------


def test_stranger_may_send_four_frames_and_eight_kilobytes_before_signing_in(server: ServerProcess) -> None:
    with Wire(server.port) as wire:
        wire.send_bytes(b"".join(framed(request(number, "hello", protocol=1)) for number in range(5)))
        assert wire.goodbye()["code"] == "sign_in_first"
    with Wire(server.port) as wire:
        wire.send_bytes(framed({"t": "call", "id": 1, "request": {"do": "hello", "protocol": 1, "x": "x" * 4000}}))
        wire.send_bytes(framed({"t": "call", "id": 2, "request": {"do": "hello", "protocol": 1, "x": "x" * 4200}}))
        assert wire.goodbye()["code"] == "sign_in_first"
    with Wire(server.port) as wire:
        for _ in range(2):
            wire.call("hello", protocol=1)
        wire.call("sign_in", name="ann")
        assert wire.call("resume")["conversations"], "who signs in may go on"
        for _ in range(10):
            wire.call("find", conversation="#general")


def test_seventeenth_connection_of_one_address_is_told_why_it_is_sent_away(
    server: ServerProcess, observe_port: int
) -> None:
    wires = [Wire(server.port, source="127.0.0.2") for _ in range(16)]
    with Wire(server.port, source="127.0.0.2") as wire:
        wire.send_bytes(framed(request(1, "hello", protocol=1)))
        assert "address" in turned_away(wire)
    with Wire(server.port, source="127.0.0.3") as wire:
        wire.enter("ann")
        wires.pop().socket.close()
        metrics_once(observe_port, lambda seen: 'chat_ended_total{why="lost"}' in seen, "one less")
        with Wire(server.port, source="127.0.0.2") as again:
            again.call("hello", protocol=1)
    for wire in wires:
        wire.socket.close()


def test_oldest_connection_that_has_not_signed_in_makes_room_for_the_newest(
    server: ServerProcess, observe_port: int
) -> None:
    with Wire(server.port) as first:
        first.call("hello", protocol=1)
        others = [Wire(server.port, source=f"127.0.0.{2 + number % 2}") for number in range(16)]
        assert "had not signed in" in turned_away(first)
        others[-1].enter("ann")
        seen = metrics(observe_port)
    assert seen['chat_connections{state="unfinished"}'] == 15
    assert seen['chat_turned_away_total{reason="evicted"}'] == 1
    for wire in others:
        wire.socket.close()


def test_full_server_says_so_in_words_that_a_client_shows(home: Path) -> None:
    with ServerProcess(home / "data", "--max-clients", "1") as server, Wire(server.port) as wire:
        wire.enter("ann")

        done = run_tui("send", "--server", f"127.0.0.1:{server.port}", "--name", "bob", "--timeout", "1", "#ops", "hi")

    assert done.code == 75
    assert_one_sentence(done.err)
    assert "server is full" in done.err


def test_full_server_says_so_behind_the_handshake_where_it_encrypts(home: Path) -> None:
    arguments = ("--max-clients", "1", "--tls", "on")
    with ServerProcess(home / "data", *arguments) as server, Wire(server.port, tls=True) as wire:
        wire.enter("ann")
        with Wire(server.port, tls=True) as other:
            assert "full" in turned_away(other)
        assert wire.call("list_channels")


def test_sign_ins_of_one_address_are_limited_where_they_make_accounts(server: ServerProcess) -> None:
    for name in ("ann", "bob", "cem"):
        with Wire(server.port) as wire:
            wire.enter(name)
    with Wire(server.port) as wire:
        wire.call("hello", protocol=1)
        refused = wire.ask("sign_in", name="dan")
        assert refused["code"] == "rate_limited" and "final" not in refused
        assert 0 < refused["retry_after"] <= 20
    with Wire(server.port, source="127.0.0.2") as wire:
        wire.enter("dan")
        assert wire.call("list_channels")


# --- after sign-in -------------------------------------------------------------------------------------------------


def test_requests_beyond_the_budget_are_refused_with_the_time_to_wait(server: ServerProcess, observe_port: int) -> None:
    with Wire(server.port) as wire:
        rates = wire.call("hello", protocol=1)["rates"]
        assert (rates["request_burst"], rates["request_rate"]) == (20, 2)
        wire.call("sign_in", name="ann")
        for number in range(20):
            wire.say("#general", str(number))
        refused = wire.ask("post", conversation="#general", cid=os.urandom(16), body="one more")
        assert refused["code"] == "rate_limited" and "final" not in refused
        assert 0 < refused["retry_after"] <= 0.5
        assert wire.refused("nonsense") == "rate_limited", "what is no request costs, too"
    seen = metrics(observe_port)
    assert seen['chat_requests_total{outcome="rate_limited",request="post"}'] == 1
    assert seen['chat_requests_total{outcome="ok",request="post"}'] == 20


def test_refusals_of_what_follows_a_refused_post_cost_nothing(server: ServerProcess) -> None:
    with Wire(server.port) as wire:
        wire.enter("ann", resume=False)
        for number in range(60):
            cid, prev = os.urandom(16), os.urandom(16)
            assert wire.refused("post", conversation="#general", cid=cid, prev=prev, body=f"{number}") == "unknown_prev"
        for number in range(20):
            wire.say("#general", str(number))


def test_pipe_of_5000_lines_is_slowed_and_loses_none(home: Path, observe_port: int) -> None:
    (home / "site.toml").write_text(
        "[internet]\nrequest_burst = 3000\nrequest_rate = 1500\nbyte_rate = 10_000_000\n"
        f"[observe]\nport = {observe_port}\n"
    )
    lines = "".join(f"line {number}\n" for number in range(1, 5001))
    with ServerProcess(home / "data", "--profile", "internet", "--config", str(home / "site.toml")) as server:
        done = run_tui("send", "--server", f"127.0.0.1:{server.port}", "--name", "ann", "#ops", "-", stdin=lines)
        seen = metrics(observe_port)

    assert (done.code, done.err) == (0, "There was no channel #ops: it was made. With --no-create, that is refused.\n")
    assert done.out.split() == [f"#ops:{seq}" for seq in range(1, 5001)]
    assert not [name for name in seen if "rate_limited" in name]


# --- the operator --------------------------------------------------------------------------------------------------


def test_client_that_asks_for_nothing_is_disconnected_although_it_answers_pings(home: Path) -> None:
    (home / "site.toml").write_text("[limits]\nping_every_s = 1\n")
    arguments = ("--idle-timeout", "2.5", "--config", str(home / "site.toml"))
    with ServerProcess(home / "data", *arguments) as server, Wire(server.port) as idle, Wire(server.port) as busy:
        busy.enter("bob")
        idle.enter("ann")
        pinged = 0
        while (envelope := idle.receive()) is not None and envelope["t"] != "goodbye":
            busy.call("list_channels")
            pinged += envelope["t"] == "ping"
            idle.send({"t": "pong"})
        assert envelope is not None and envelope["code"] == "idle"
        assert pinged > 0
        busy.call("list_channels")


def test_server_ends_by_itself_once_nobody_was_connected_for_long(home: Path) -> None:
    with ServerProcess(home / "data", "--exit-when-idle", "1") as server:
        with Wire(server.port) as wire:
            wire.enter("ann")
        assert server.wait() == 0


def test_server_with_somebody_connected_does_not_end(home: Path) -> None:
    with ServerProcess(home / "data", "--exit-when-idle", "1", "--idle-timeout", "2") as server:
        with Wire(server.port) as wire:
            wire.enter("ann")
            assert wire.goodbye()["code"] == "idle", "it outlived the first pause, and its only client"
        assert server.wait() == 0


def test_hangup_takes_up_what_can_change_and_tells_what_cannot(home: Path) -> None:
    config = home / "site.toml"
    config.write_text("")
    arguments = ("--config", str(config), "--log-file", str(home / "log"))
    with ServerProcess(home / "data", *arguments) as server, Wire(server.port) as ann:
        ann.enter("ann")
        config.write_text('[limits]\nmax_clients = 1\n[server]\nsocket = "chat.sock"\n')
        (home / "log").rename(home / "log.1")
        server.process.send_signal(signal.SIGHUP)
        told = said_in(home / "log", "reloaded")

        with Wire(server.port) as wire:
            assert "full" in turned_away(wire)
        config.write_text("[local]\nrequest_rate = 3\n")
        server.process.send_signal(signal.SIGHUP)
        said_in(home / "log", "request_rate")
        with Wire(server.port) as wire:
            assert wire.call("hello", protocol=1)["rates"]["request_rate"] == 3
        assert ann.call("list_channels"), "who was there stays"
    assert "setting='[server] socket'" in told and "next start" in told
    assert "[limits] max_clients" in told


def test_health_and_metrics_are_there_where_they_are_asked_for(server: ServerProcess, observe_port: int) -> None:
    with Wire(server.port) as wire:
        wire.enter("ann")
        wire.say("#general", "hello")
        assert fetch(observe_port, "/health") == (200, "ok\n")
        assert fetch(observe_port, "/") == (404, "there are /metrics and /health\n")
        seen = metrics(observe_port)
    assert seen['chat_connections{state="signed_in"}'] == seen["chat_online"] == 1
    assert seen['chat_requests_total{outcome="ok",request="post"}'] == 1
    assert seen['chat_events_committed_total{kind="message_posted"}'] == 1
    assert seen['chat_sign_ins_total{outcome="ok"}'] == 1
    assert seen["chat_commit_seconds_count"] == seen['chat_commit_writes_bucket{le="+Inf"}'] == 2
    assert seen['chat_store_bytes{file="database"}'] > 0
    assert seen["process_open_fds"] > 3
    after = metrics_once(observe_port, lambda found: found['chat_connections{state="signed_in"}'] == 0, "nobody")
    assert after['chat_ended_total{why="lost"}'] == 1


def test_health_says_that_a_stopped_server_does_not_turn(server: ServerProcess, observe_port: int) -> None:
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError):
            fetch(observe_port, "/health", timeout_s=0.5)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert fetch(observe_port, "/health") == (200, "ok\n")


@pytest.mark.parametrize(("arguments", "logged"), [((), False), (("--log-messages",), True)])
def test_log_holds_the_text_of_messages_only_where_that_is_asked_for(
    home: Path, arguments: tuple[str, ...], logged: bool
) -> None:
    log = home / "log"
    with ServerProcess(home / "data", "-dd", "--log-file", str(log), *arguments) as server, Wire(server.port) as wire:
        wire.enter("ann")
        wire.say("#general", "a secret\x1b[31m")
        assert server.stop() == 0

    text = log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    assert ("a secret" in text) is logged
    assert "\x1b" not in text
    assert "request='post'" in text and "outcome='ok'" in text
    assert server.log.read_text() == "", "nothing goes to standard error then"


def test_log_file_that_cannot_be_written_is_refused_in_one_sentence(home: Path) -> None:
    done = run_core("serve", "--data", home / "data", "--log-file", home)

    assert done.code == 73
    assert_one_sentence(done.err)
    assert "--log-file" in done.err or "log_file" in done.err
