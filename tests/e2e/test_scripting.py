"""What all commands for scripts share: what they print of a conversation, and how they say what is wrong."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.scripts import begin, bodies, chat, command, finish
from tests.support.wire import Wire


def test_json_has_the_documented_fields(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "snow \u2603 \x1b[31m").returncode == 0

    (line,) = chat(server, "history", ops, "--json").stdout.decode().splitlines()

    fields = json.loads(line)
    expected = ["conversation", "seq", "ts", "author", "kind", "text", "message", "edits", "deleted"]
    expected += ["file", "thread", "in_channel", "bot", "via", "reactions", "pinned"]
    assert list(fields) == expected
    assert (fields["conversation"], fields["seq"], fields["author"]) == (ops, 1, "ann")
    assert (fields["kind"], fields["text"]) == ("message", "snow \u2603 \u241b[31m")


def test_edits_and_deletions_are_told(server: ServerProcess, ops: str) -> None:
    with Wire(server.port) as wire:
        wire.enter("ann")
        wire.call("join", channel=ops[1:])
        for body in ("helo", "secret", "last"):
            wire.say(ops, body)
        wire.call("edit", conversation=ops, seq=1, body="hello\nall")
        wire.call("edit", conversation=ops, seq=2, body="secret too")
        wire.call("delete", conversation=ops, seq=2)

    page = chat(server, "history", ops).stdout.decode().splitlines()
    log = chat(server, "tail", ops, "--since", "0", "--count", "6").stdout.decode().splitlines()
    fields = chat(server, "tail", ops, "--since", "3", "--count", "3", "--json").stdout.decode().splitlines()
    snapshots = chat(server, "history", ops, "--json").stdout.decode().splitlines()

    assert [line.partition("] ")[2] or line for line in page] == [
        f"{ops}:1 <ann> hello",
        "    all (edited)",
        f"{ops}:2 -- ann: (message deleted)",
        f"{ops}:3 <ann> last",
    ]
    assert [line.partition("] ")[2] or line for line in log] == [
        f"{ops}:1 <ann> helo",
        f"{ops}:2 -- ann: (message deleted)",
        f"{ops}:3 <ann> last",
        f"{ops}:4 -- ann edited {ops}:1: hello",
        "    all",
        f"{ops}:5 -- ann edited {ops}:2, which is deleted now",
        f"{ops}:6 -- ann deleted {ops}:2",
    ]
    events = [json.loads(line) for line in fields]
    assert [(each["kind"], each["message"], each["text"], each["deleted"]) for each in events] == [
        ("edit", 1, "hello\nall", False),
        ("edit", 2, "", True),
        ("deletion", 2, "", True),
    ]
    messages = [json.loads(line) for line in snapshots]
    assert [(each["text"], each["edits"], each["deleted"]) for each in messages] == [
        ("hello\nall", 1, False),
        ("", 1, True),
        ("last", 0, False),
    ]


def test_messages_are_reacted_to_edited_and_deleted_by_their_addresses(server: ServerProcess, ops: str) -> None:
    address = chat(server, "send", ops, "deploy done").stdout.decode().strip()

    assert chat(server, "react", address, ":+1:", name="bob").stdout == f"{ops}:2\n".encode()
    assert chat(server, "react", address, "\N{THUMBS UP SIGN}", name="bob").stdout == f"{ops}:2\n".encode(), (
        "safe to repeat"
    )
    assert chat(server, "edit", address, "deploy of 4.2 done").stdout == f"{ops}:3\n".encode()
    page = chat(server, "history", ops, "--json").stdout.splitlines()
    told = json.loads(page[0])
    assert (told["text"], told["edits"], told["reactions"]) == ("deploy of 4.2 done", 1, {"\N{THUMBS UP SIGN}": 1})
    assert chat(server, "react", address, ":+1:", "--remove", name="bob").returncode == 0
    assert chat(server, "delete", address).stdout == f"{ops}:5\n".encode()

    events = chat(server, "tail", ops, "--since", "0", "--events", "--json", "--count", "5").stdout.splitlines()
    kinds = [(each["kind"], each["message"]) for each in map(json.loads, events)]
    assert kinds == [("message", 0), ("reaction", 1), ("edit", 1), ("unreaction", 1), ("deletion", 1)]


def test_what_cannot_be_changed_is_said_with_an_exit_code(server: ServerProcess, ops: str) -> None:
    chat(server, "send", ops, "hello")
    said = {
        ("react", ops, ":+1:"): (2, f"'{ops}' is no message: write '#channel:17' or '@user:17', with quotes."),
        ("edit", f"{ops}:1", "mine"): (65, "Only its author changes a message."),
        ("react", f"{ops}:9", ":+1:"): (65, "There is no message of that number."),
        ("react", "#nosuch:1", ":+1:"): (66, "There is no conversation '#nosuch'."),
    }

    for arguments, (code, sentence) in said.items():
        done = chat(server, *arguments, name="bob")
        assert (done.returncode, done.stdout) == (code, b""), arguments
        assert sentence in done.stderr.decode()


def test_text_output_holds_no_control_bytes(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "a\x1b]0;title\x07b\x9bc\u202e").returncode == 0

    shown = chat(server, "history", ops).stdout.decode()

    assert all(char == "\n" or char.isprintable() for char in shown)


def test_history_reads_more_than_a_page(server: ServerProcess, ops: str) -> None:
    lines = [str(number) for number in range(450)]
    assert chat(server, "send", ops, "-", stdin="\n".join(lines).encode()).returncode == 0

    page = chat(server, "history", ops, "--last", "430", "--json")

    assert bodies(page.stdout.decode().splitlines()) == lines[-430:]


@pytest.mark.parametrize("arguments", [("tail", "#nowhere"), ("history", "#nowhere"), ("tail", "@nobody")])
def test_reading_makes_no_channel_and_has_an_exit_code_of_its_own(
    server: ServerProcess, arguments: tuple[str, str]
) -> None:
    done = chat(server, *arguments)

    assert done.returncode == 66
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1
    assert chat(server, "history", "#nowhere").returncode == 66


def test_a_host_that_does_not_answer_is_said_in_one_sentence() -> None:
    done = chat("192.0.2.1:5", "history", "#ops")  # not of this machine: refused before anything is sent

    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert b"Traceback" not in done.stderr


def test_a_target_that_is_none_is_said_in_one_sentence(server: ServerProcess) -> None:
    done = chat(server, "send", "ops", "x")

    assert done.returncode == 2
    assert b"'ops' is no target: write #channel" in done.stderr


def test_scripts_leave_no_file_behind(server: ServerProcess, ops: str, home: Path) -> None:
    before = {path for path in home.rglob("*") if not path.is_relative_to(home / "data")}
    assert chat(server, "send", ops, "x").returncode == 0
    assert chat(server, "history", ops).returncode == 0

    after = {path for path in home.rglob("*") if not path.is_relative_to(home / "data")}

    assert {path.name for path in after - before if path.is_file()} <= {"servers.json"}


def test_a_name_that_is_ill_formed_is_refused_in_one_sentence(server: ServerProcess, ops: str) -> None:
    done = chat(server, "send", ops, "x", name="no spaces please")

    assert done.returncode in (2, 65)
    assert b"letters, digits" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_scripts_speak_to_a_server_of_another_kind_without_a_traceback(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = begin(f"127.0.0.1:{port}", "history", "#ops", name="ann")
        stream, _ = listener.accept()
        with stream:
            stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            os.read(stream.fileno(), 65536)
        _, said = finish(done)

    assert done.returncode in (69, 76)
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1


def test_output_that_cannot_be_written_is_said_in_one_sentence(server: ServerProcess) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    chat(server, "send", "#general", "hello")
    with Path("/dev/full").open("wb") as full:
        done = starting.run(command(server, "history", "#general"), stdout=full, timeout=WAIT_S)

    assert done.returncode == 74
    assert done.stderr == b"The output cannot be written (No space left on device).\n"


def test_characters_that_the_output_cannot_have_are_escaped(server: ServerProcess) -> None:
    chat(server, "send", "#general", "\u00e9 \u6f22")
    done = subprocess.run(
        command(server, "history", "#general"),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        timeout=WAIT_S,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"<ann> \xe9 \\u6f22\n")
