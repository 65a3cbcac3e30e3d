"""`send` as scripts use it: real processes, real pipes, exit codes, and a server that dies."""

from __future__ import annotations

import shlex
import socket
import subprocess
from pathlib import Path
from pydoc_data import topics

import pytest

from tests.support.processes import WAIT_S, ServerProcess, read_line
from tests.support.scripts import begin, bodies, chat, command, finish


def real_log() -> list[str]:
    """Thousands of lines that people wrote: Python's own help texts, which have indents, quotes, and long lines."""
    lines = [line.rstrip() for text in topics.topics.values() for line in text.splitlines()]
    return [line for line in lines if line.strip()][:5000]


def made(channel: str) -> bytes:
    """Return what `send` says when it has made a channel."""
    return f"There was no channel {channel}: it was made. With --no-create, that is refused.\n".encode()


def test_send_prints_the_address_of_an_acknowledged_message(server: ServerProcess, ops: str) -> None:
    first, second = (chat(server, "send", ops, text) for text in ("backup done", "again"))

    assert (first.returncode, first.stdout, first.stderr) == (0, f"{ops}:1\n".encode(), made(ops))
    assert (second.stdout, second.stderr) == (f"{ops}:2\n".encode(), b"")


def test_send_never_interprets_commands(server: ServerProcess, ops: str) -> None:
    for text in ("/quit", "!leave", "//x", "HELP"):
        assert chat(server, "send", ops, text).returncode == 0

    page = chat(server, "history", ops, "--json")

    assert bodies(page.stdout.decode().splitlines()) == ["/quit", "!leave", "//x", "HELP"]


def test_send_says_that_it_made_a_channel_and_refuses_to_where_it_is_told(server: ServerProcess) -> None:
    refused = chat(server, "send", "#nope", "hello", "--no-create")
    first = chat(server, "send", "#nope", "hello")
    again = chat(server, "send", "#nope", "hello", "--no-create", name="bob")

    assert (refused.returncode, refused.stdout) == (66, b"")
    assert first.returncode == again.returncode == 0
    assert first.stderr == made("#nope")
    assert again.stderr == b""


def test_a_real_log_piped_in_arrives_once_and_in_order_at_early_and_late_readers(server: ServerProcess) -> None:
    lines = real_log()
    assert len(lines) == 5000
    assert chat(server, "send", "#log", "begin").returncode == 0
    early = begin(server, "tail", "#log", "--since", "1", "--json", "--count", str(len(lines)))

    sent = chat(server, "send", "#log", "-", stdin="\n".join(lines).encode() + b"\n")

    assert (sent.returncode, sent.stderr) == (0, b"")
    assert sent.stdout.decode().split() == [f"#log:{seq}" for seq in range(2, len(lines) + 2)]
    got, said = finish(early)
    assert (bodies(got), said) == (lines, "")
    late = chat(server, "tail", "#log", "--since", "1", "--json", "--count", str(len(lines)))
    assert bodies(late.stdout.decode().splitlines()) == lines


def test_every_line_arrives_once_and_in_order_though_the_server_is_killed_twice(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        _pour(server)


def _pour(server: ServerProcess) -> None:
    lines = [f"line {number}" for number in range(3000)]
    assert chat(server, "send", "#log", "begin").returncode == 0
    reader = begin(server, "tail", "#log", "--since", "1", "--json", "--count", str(len(lines)))
    writer = begin(server, "send", "#log", "-", name="ann")
    assert writer.stdin is not None and writer.stdout is not None
    for start in range(0, len(lines), 1000):
        writer.stdin.write("\n".join(lines[start : start + 1000]).encode() + b"\n")
        writer.stdin.flush()
        read_line(writer.stdout)  # so the server dies with lines under way
        if start < 2000:
            server.kill()
            server.start()
    writer.stdin.close()
    writer.stdin = None

    _, said = finish(writer)
    got, _ = finish(reader)

    assert writer.returncode == 0, said
    assert bodies(got) == lines


def test_send_with_a_key_sends_nothing_twice_when_run_again(server: ServerProcess, ops: str) -> None:
    report = b"first\nsecond\n\nthird\n"

    runs = [chat(server, "send", ops, "-", "--key", "nightly", stdin=report) for _ in range(2)]
    longer = chat(server, "send", ops, "-", "--key", "nightly", stdin=report + b"fourth\n")

    assert [run.stdout for run in runs] == [f"{ops}:1\n{ops}:2\n{ops}:3\n".encode()] * 2
    assert longer.stdout == f"{ops}:1\n{ops}:2\n{ops}:3\n{ops}:4\n".encode()


def test_send_says_which_line_was_refused_and_sends_the_others(server: ServerProcess, ops: str) -> None:
    done = chat(server, "send", ops, "-", stdin=b"good\n" + b"x" * 20_000 + b"\nalso good\n")

    assert done.returncode == 65
    assert done.stdout == f"{ops}:1\n{ops}:2\n".encode()
    assert b"line 2" in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_send_says_one_sentence_when_the_message_is_blank(text: str) -> None:
    done = chat("127.0.0.1:1", "send", "#ops", text)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"The message is empty: write a text, or - for standard input.\n"


def test_send_skips_blank_lines_of_standard_input(server: ServerProcess, ops: str) -> None:
    done = chat(server, "send", ops, "-", stdin=b"\none\n \t\r\n\ntwo\n\n")
    nothing = chat(server, "send", ops, "-", stdin=b"\n\n")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{ops}:1\n{ops}:2\n".encode(), made(ops))
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, b"", b"")


def test_send_to_a_user_opens_the_direct_conversation(server: ServerProcess) -> None:
    assert chat(server, "send", "#general", "here", name="bob").returncode == 0

    assert chat(server, "send", "@bob", "hello").stdout == b"@bob:1\n"

    page = chat(server, "history", "@ann", name="bob")
    assert b"<ann> hello" in page.stdout


def test_send_exits_75_with_the_number_of_lines_when_nothing_is_acknowledged() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done = chat(
            f"127.0.0.1:{closed.getsockname()[1]}", "send", "#ops", "-", "--timeout", "1", stdin=b"one\ntwo\nthree\n"
        )

    assert done.returncode == 75
    assert b"3 lines were not acknowledged" in done.stderr
    assert b"Traceback" not in done.stderr


def test_send_retries_the_first_connect_until_the_server_is_there(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    early = begin(f"127.0.0.1:{port}", "send", "#ops", "patience", name="ann")
    with ServerProcess(home / "data", port=port):
        lines, said = finish(early)

    assert (early.returncode, lines, said) == (0, ["#ops:1"], made("#ops").decode())


def test_send_says_so_when_standard_input_is_closed(server: ServerProcess) -> None:
    line = shlex.join(command(server, "send", "#general", "-"))
    done = subprocess.run(["sh", "-c", f"exec {line} <&-"], capture_output=True, timeout=WAIT_S, check=False)

    assert (done.returncode, done.stdout) == (74, b"")
    assert done.stderr == b"Standard input cannot be read (Bad file descriptor).\n"
