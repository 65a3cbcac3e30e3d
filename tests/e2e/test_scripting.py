"""`send`, `tail` and `history` as scripts use them: real processes, real pipes, exit codes, and a server that dies."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from pydoc_data import topics

import pytest

from chat_core.client import Client, parse_address
from tests.support.processes import WAIT_S, ServerProcess, read_line
from tests.support.wire import Wire

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process


@pytest.fixture
def ops() -> str:
    """Return the name of a channel that no other test uses."""
    return f"#ops{next(_numbers)}"


def command(server: ServerProcess | str, *arguments: str, name: str = "ann") -> list[str]:
    address = server if isinstance(server, str) else server.address
    return [sys.executable, "-m", "chat_tui", *arguments, "--server", address, "--name", name]


def chat(
    server: ServerProcess | str, *arguments: str, name: str = "ann", stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run(
        command(server, *arguments, name=name), input=stdin, capture_output=True, timeout=WAIT_S, check=False
    )


def begin(server: ServerProcess, *arguments: str, name: str = "bob") -> subprocess.Popen[bytes]:
    """Start a command that goes on."""
    return subprocess.Popen(
        command(server, *arguments, name=name), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[bytes]) -> tuple[list[str], str]:
    """Wait for the end; return the lines of stdout, and stderr."""
    out, err = process.communicate(timeout=WAIT_S)
    return (out or b"").decode().splitlines(), err.decode()


def bodies(lines: Sequence[str]) -> list[str]:
    return [json.loads(line)["text"] for line in lines]


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
    early = subprocess.Popen(
        command(f"127.0.0.1:{port}", "send", "#ops", "patience"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with ServerProcess(home / "data", port=port):
        lines, said = finish(early)

    assert (early.returncode, lines, said) == (0, ["#ops:1"], made("#ops").decode())


@pytest.mark.parametrize("arguments", [("tail", "#nowhere"), ("history", "#nowhere"), ("tail", "@nobody")])
def test_reading_makes_no_channel_and_has_an_exit_code_of_its_own(
    server: ServerProcess, arguments: tuple[str, str]
) -> None:
    done = chat(server, *arguments)

    assert done.returncode == 66
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1
    assert chat(server, "history", "#nowhere").returncode == 66


def test_tail_reads_several_targets_from_places_of_their_own(server: ServerProcess) -> None:
    for target in ("#a", "#b"):
        for text in ("one", "two", "three"):
            assert chat(server, "send", target, text).returncode == 0

    done = chat(server, "tail", "#a", "#b", "--since", "#a:2,#b:1", "--count", "3", "--json")

    got = [(line["conversation"], line["seq"]) for line in map(json.loads, done.stdout.decode().splitlines())]
    assert sorted(got) == [("#a", 3), ("#b", 2), ("#b", 3)]


def test_tail_prints_only_what_is_new_without_since_and_flushes_into_a_file(
    server: ServerProcess, ops: str, home: Path
) -> None:
    assert chat(server, "send", ops, "old").returncode == 0
    with (home / "out").open("wb") as out:
        reader = subprocess.Popen(
            command(server, "tail", ops, "--count", "2", name="bob"), stdout=out, stderr=subprocess.PIPE
        )
        # It says nothing until something new comes; send until the first line is in the file.
        number = 0
        while not (home / "out").stat().st_size:
            number += 1
            assert chat(server, "send", ops, f"new {number}").returncode == 0
        assert reader.poll() is None or (home / "out").read_text().count("\n") == 2
        assert chat(server, "send", ops, "last").returncode == 0
        finish(reader)

    assert reader.returncode == 0
    assert "old" not in (home / "out").read_text()


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
        ("react", ops, ":+1:"): (2, f"'{ops}' is no message: write where it is and its number, as '#ops:17'."),
        ("edit", f"{ops}:1", "mine"): (65, "Only its author changes a message."),
        ("react", f"{ops}:9", ":+1:"): (65, "There is no message of that number."),
        ("react", "#nosuch:1", ":+1:"): (66, "There is no conversation '#nosuch'."),
    }

    for arguments, (code, sentence) in said.items():
        done = chat(server, *arguments, name="bob")
        assert (done.returncode, done.stdout) == (code, b""), arguments
        assert sentence in done.stderr.decode()


def test_tail_tells_the_topic_among_other_events_only_when_asked(server: ServerProcess, ops: str) -> None:
    with Wire(server.port) as wire:
        wire.enter("ann")
        room = wire.call("join", channel=ops[1:])["conversation"]["id"]
        wire.call("set_topic", conversation=room, topic="Freeze")
        wire.say(ops, "seen?")
        wire.call("set_topic", conversation=room, topic="")
        wire.say(ops, "last")

    log = chat(server, "tail", ops, "--since", "0", "--events", "--count", "4").stdout.decode().splitlines()
    plain = chat(server, "tail", ops, "--since", "0", "--count", "2").stdout.decode().splitlines()
    fields = chat(server, "tail", ops, "--since", "0", "--events", "--json", "--count", "1").stdout

    assert [line.partition("] ")[2] for line in log] == [
        f"{ops}:1 -- ann set the topic: Freeze",
        f"{ops}:2 <ann> seen?",
        f"{ops}:3 -- ann removed the topic",
        f"{ops}:4 <ann> last",
    ]
    assert [line.partition("] ")[2] for line in plain] == [f"{ops}:2 <ann> seen?", f"{ops}:4 <ann> last"]
    event = json.loads(fields)
    assert (event["kind"], event["text"], event["deleted"]) == ("topic", "Freeze", False)


def test_text_output_holds_no_control_bytes(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "a\x1b]0;title\x07b\x9bc\u202e").returncode == 0

    shown = chat(server, "history", ops).stdout.decode()

    assert all(char == "\n" or char.isprintable() for char in shown)


def test_history_reads_more_than_a_page(server: ServerProcess, ops: str) -> None:
    lines = [str(number) for number in range(450)]
    assert chat(server, "send", ops, "-", stdin="\n".join(lines).encode()).returncode == 0

    page = chat(server, "history", ops, "--last", "430", "--json")

    assert bodies(page.stdout.decode().splitlines()) == lines[-430:]


def test_tail_ends_quietly_when_its_reader_has_gone(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "-", stdin=b"x\n" * 50).returncode == 0
    reader = begin(server, "tail", ops, "--since", "0")
    assert reader.stdout is not None and reader.stderr is not None
    read_line(reader.stdout)
    reader.stdout.close()
    assert chat(server, "send", ops, "one more").returncode == 0

    assert reader.wait(WAIT_S) == 74
    assert reader.stderr.read() == b""
    reader.stderr.close()
    if reader.stdin is not None:
        reader.stdin.close()


def test_tail_ends_with_a_sentence_when_its_conversation_is_left_elsewhere(server: ServerProcess, ops: str) -> None:
    chat(server, "send", ops, "a")
    reader = begin(server, "tail", ops, "--since", "0", name="bob")
    assert reader.stdout is not None and "a" in read_line(reader.stdout)

    asyncio.run(leave(server, "bob", ops[1:]))

    lines, said = finish(reader)
    assert (reader.returncode, lines) == (65, [])
    assert said == f"{ops}: bob is no longer in this conversation.\n"


@pytest.mark.parametrize("reason", ["rewound", "epoch"])
def test_tail_says_why_it_goes_on_elsewhere_when_the_log_is_another_one(home: Path, reason: str) -> None:
    with ServerProcess(home / "other") as other:
        chat(other, "send", "#ops", "kept", name="bob")
    with ServerProcess(home / "data") as server:
        chat(server, "send", "#ops", "kept", name="bob")
        server.stop()
        shutil.copytree(home / "data", home / "copy")
        server.start()
        chat(server, "send", "#ops", "-", stdin=b"lost\nlost too\n")
        reader = begin(server, "tail", "#ops", "--since", "0", "--count", "4", name="bob")
        assert reader.stdout is not None and reader.stderr is not None
        read = [read_line(reader.stdout) for _ in range(3)]
        server.stop()
        with ServerProcess(home / ("copy" if reason == "rewound" else "other"), port=server.port) as instead:
            told = [read_line(reader.stderr) for _ in range(2)]
            chat(instead, "send", "#ops", "new")
            lines, _ = finish(reader)
    assert [line.rpartition(" ")[2] for line in read] == ["kept", "lost", "too"]
    assert told[1] == f"#ops: the server's log is another one now ({reason}); going on from there."
    assert [line.rpartition(" ")[2] for line in lines] == ["new"]


async def leave(server: ServerProcess, name: str, channel: str) -> None:
    """End somebody's membership, on another device of theirs."""
    async with Client(parse_address(server.address), name) as client:
        await client.online(WAIT_S)
        await client.leave(await client.join(channel))


def test_tail_ends_when_interrupted(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "x").returncode == 0
    reader = begin(server, "tail", ops, "--since", "0")
    assert reader.stdout is not None
    read_line(reader.stdout)

    reader.send_signal(signal.SIGINT)

    _, said = finish(reader)
    assert (reader.returncode, said) == (130, "")


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
        done = subprocess.Popen(
            command(f"127.0.0.1:{port}", "history", "#ops"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        stream, _ = listener.accept()
        with stream:
            stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            os.read(stream.fileno(), 65536)
        _, said = finish(done)

    assert done.returncode in (69, 76)
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1


def test_send_says_so_when_standard_input_is_closed(server: ServerProcess) -> None:
    line = shlex.join(command(server, "send", "#general", "-"))
    done = subprocess.run(["sh", "-c", f"exec {line} <&-"], capture_output=True, timeout=WAIT_S, check=False)

    assert (done.returncode, done.stdout) == (74, b"")
    assert done.stderr == b"Standard input cannot be read (Bad file descriptor).\n"


def test_output_that_cannot_be_written_is_said_in_one_sentence(server: ServerProcess) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    chat(server, "send", "#general", "hello")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(server, "history", "#general"), stdout=full, stderr=subprocess.PIPE, timeout=WAIT_S, check=False
        )

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


def test_tail_prints_nothing_up_to_a_since_that_lies_beyond_the_end(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "-", stdin=b"1\n2\n").returncode == 0
    reader = begin(server, "tail", ops, "--since", "4", "--count", "1", "--json")
    number = 2
    while reader.poll() is None:
        number += 1
        assert chat(server, "send", ops, str(number)).returncode == 0

    (line,), _ = finish(reader)
    assert json.loads(line)["seq"] > 4
