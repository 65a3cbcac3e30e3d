"""`chat-core serve` as an operator sees it: its first line, its signals, its sentences, its exit codes."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire


def run_serve(*arguments: str) -> tuple[int, str]:
    """Run a server that must end by itself; return its exit code and what it said on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "chat_core", "serve", *arguments], capture_output=True, timeout=WAIT_S, check=False
    )
    return done.returncode, done.stderr.decode()


def assert_one_sentence(said: str) -> None:
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said
    assert said.strip().endswith(".")


def test_serve_prints_its_address_and_the_line_to_connect_with_when_it_listens(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        assert server.lines == [
            f"listening on chat://127.0.0.1:{server.port}",
            f"connect with: chat-tui connect 127.0.0.1:{server.port}",
        ]
        with Wire(server.port) as ann:
            assert ann.enter("ann")["epoch"]


def test_serve_says_goodbye_and_exits_0_when_terminated(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as ann:
        ann.enter("ann")
        server.process.send_signal(signal.SIGTERM)

        farewell = ann.goodbye()

        assert (farewell["code"], farewell["reconnect"]) == ("shutdown", True)
        assert server.wait() == 0


def test_serve_exits_0_when_interrupted(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        server.process.send_signal(signal.SIGINT)

        assert server.wait() == 0


def test_serve_answers_calls_under_way_before_it_stops(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as ann:
        ann.enter("ann", resume=False)
        for number in range(50):
            ann.send(
                {
                    "t": "call",
                    "id": 100 + number,
                    "request": {"do": "post", "conversation": "#general", "cid": os.urandom(16), "body": f"m{number}"},
                }
            )
        first = ann.receive()
        server.process.send_signal(signal.SIGTERM)
        rest = []
        while (envelope := ann.receive()) is not None:
            rest.append(envelope)
        assert server.wait() == 0

        assert first is not None and first["t"] == "answer"
        assert rest[-1]["t"] == "goodbye"
        acknowledged = 1 + sum(envelope["t"] == "answer" for envelope in rest)
    with sqlite3.connect(f"file:{home}/data/chat.db?mode=ro", uri=True) as database:
        (stored,) = database.execute("SELECT count(*) FROM messages").fetchone()
    database.close()
    assert stored >= acknowledged


def test_serve_keeps_messages_when_killed_and_started_again(home: Path) -> None:
    server = ServerProcess(home / "data").start()
    with Wire(server.port) as ann:
        ann.enter("ann")
        seqs = [ann.say("#general", f"m{number}")["seq"] for number in range(20)]
    server.kill()

    with server, Wire(server.port) as bob:
        bob.enter("bob")
        page = bob.call("history", conversation="#general", limit=50)

    assert [message["seq"] for message in page["messages"]] == seqs
    assert [message["body"] for message in page["messages"]] == [f"m{number}" for number in range(20)]


def test_serve_says_one_sentence_when_the_port_is_in_use(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = run_serve("--data", str(home / "data"), "--port", str(port))

    assert code == 79
    assert_one_sentence(said)
    assert str(port) in said and "--port" in said


def test_serve_says_one_sentence_when_the_data_folder_is_in_use(home: Path) -> None:
    with ServerProcess(home / "data"):
        code, said = run_serve("--data", str(home / "data"), "--port", "0")

    assert code == 79
    assert_one_sentence(said)
    assert str(home / "data") in said


def test_serve_says_one_sentence_when_the_data_folder_cannot_be_written(home: Path) -> None:
    (home / "file").write_text("no folder")

    code, said = run_serve("--data", str(home / "file" / "data"), "--port", "0")

    assert code == 73
    assert_one_sentence(said)


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_serve_warns_once_and_says_the_mend_when_others_can_get_into_the_data_folder(home: Path, mode: int) -> None:
    data = home / "the data"
    data.mkdir()
    data.chmod(mode)
    with ServerProcess(data) as server, Wire(server.port) as ann:
        ann.enter("ann")
    said = server.log.read_text()

    assert said.count(f"Other users can get into the data folder: chmod 700 '{data}' keeps them out.\n") == 1
    assert "level='warning'" not in said, "it is said to a person, who may not read the log"
    assert stat.S_IMODE(data.stat().st_mode) == mode, "it is the owner's business"


@pytest.mark.parametrize("exists", [False, True])
def test_serve_warns_of_nothing_when_the_data_folder_is_private(home: Path, exists: bool) -> None:
    if exists:
        (home / "data").mkdir(mode=0o700)
    with ServerProcess(home / "data") as server:
        pass

    assert "warning" not in server.log.read_text() and "Other users" not in server.log.read_text()
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_serve_says_one_sentence_when_the_database_is_none(home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "chat.db").write_bytes(b"this is no database, but long enough to look at" * 50)

    code, said = run_serve("--data", str(home / "data"), "--port", "0")

    assert code != 0
    assert_one_sentence(said)


def test_serve_says_one_sentence_when_the_host_is_not_of_this_machine(home: Path) -> None:
    code, said = run_serve("--data", str(home / "data"), "--host", "192.0.2.1", "--port", "0")

    assert code == 73
    assert_one_sentence(said)


def test_serve_says_one_sentence_when_the_host_is_no_name(home: Path) -> None:
    code, said = run_serve("--data", str(home / "data"), "--host", "a..b", "--port", "0")

    assert code == 73
    assert_one_sentence(said)


def test_serve_makes_its_socket_private_and_removes_it_at_the_end(home: Path) -> None:
    path = home / "data" / "chat.sock"
    with ServerProcess(home / "data", "--socket", str(path), port=None) as server:
        assert server.address == f"chat+unix:{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
        with Wire(str(path)) as ann:
            ann.enter("ann")
        assert server.stop() == 0
    assert not path.exists()


def test_serve_takes_over_a_socket_that_a_killed_server_left(home: Path) -> None:
    path = home / "data" / "chat.sock"
    server = ServerProcess(home / "data", "--socket", str(path), port=None).start()
    server.kill()
    assert path.is_socket()

    with server, Wire(str(path)) as ann:
        assert ann.enter("ann")["epoch"]


def test_embedded_server_stays_while_somebody_is_connected_and_leaves_after_the_last(home: Path) -> None:
    path = home / "data" / "chat.sock"
    with ServerProcess(home / "data", "--socket", str(path), "--embedded", port=None) as server:
        with Wire(str(path)) as ann:
            ann.enter("ann")
            assert server.process.stdin is not None
            server.process.stdin.close()  # the starter is gone
            assert ann.say("#general", "still here")["seq"] == 1
        assert server.wait() == 0


def test_embedded_server_stays_without_connections_while_its_starter_lives(home: Path) -> None:
    path = home / "data" / "chat.sock"
    with ServerProcess(home / "data", "--socket", str(path), "--embedded", port=None) as server:
        with Wire(str(path)) as ann:
            ann.enter("ann")
        with Wire(str(path)) as bob:
            bob.enter("bob")
        assert server.process.poll() is None


def test_serve_pauses_accepting_with_one_log_line_when_out_of_descriptors(home: Path) -> None:
    script = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96));"
        "sys.argv[0] = 'chat_core'; runpy.run_module('chat_core', run_name='__main__')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "serve", "--data", str(home / "data"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None and process.stderr is not None
        port = int(process.stdout.readline().rsplit(b":", 1)[1])
        with Wire(port) as ann:
            ann.enter("ann")
            crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(80)]
            assert ann.say("#general", "still served")["seq"] == 1
            line = process.stderr.readline().decode()
            while "accepting paused" not in line:
                line = process.stderr.readline().decode()
            for stream in crowd:
                stream.close()
            with Wire(port) as bob:
                bob.enter("bob")
        process.terminate()
        _, rest = process.communicate(timeout=WAIT_S)
        assert process.returncode == 0
        assert rest.decode().count("accepting paused") == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_serve_counts_malformed_connections_instead_of_logging_each_of_a_flood(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        for _ in range(300):
            with Wire(server.port) as stranger:
                stranger.send_bytes(b"GET / HTTP/1.1\r\n\r\n")
                while stranger.receive() is not None:
                    pass
        with Wire(server.port) as ann:
            ann.enter("ann")
        assert server.stop() == 0
    lines = server.log.read_text().splitlines()

    told = [line for line in lines if "event='closed'" in line]
    counts = [int(line.rpartition("count=")[2]) for line in lines if "lines left out" in line]
    assert len(told) + sum(counts) == 300
    assert len(told) + len(counts) < 150, "some lines a second"


def test_serve_ends_at_once_when_signalled_twice(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as ann:
        ann.enter("ann")
        server.process.send_signal(signal.SIGSTOP)
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGINT)
        began = time.monotonic()
        server.process.send_signal(signal.SIGCONT)

        code = server.wait()

    assert code in (0, 130, 143)
    assert time.monotonic() - began < WAIT_S


def test_idle_server_uses_next_to_no_processor(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as ann:
        ann.enter("ann")
        before = _ticks(server.process.pid)
        deadline = time.monotonic() + 2.0
        while time.monotonic() < deadline:
            time.sleep(0.1)
        used = (_ticks(server.process.pid) - before) / os.sysconf("SC_CLK_TCK")

    assert used < 0.2  # a busy wait would be some 2 s


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
