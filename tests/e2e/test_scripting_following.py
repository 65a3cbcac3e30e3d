"""`tail` as scripts use it: what it prints and when, and what ends it."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from chat_core.client import Client, parse_address
from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess, read_line
from tests.support.scripts import begin, chat, command, finish
from tests.support.wire import Wire


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
        reader = starting.popen(
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


async def leave(server: ServerProcess, name: str, channel: str) -> None:
    """End somebody's membership, on another device of theirs."""
    async with Client(parse_address(server.address), name) as client:
        await client.online(WAIT_S)
        await client.leave(await client.join(channel))


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


def test_tail_ends_when_interrupted(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "x").returncode == 0
    reader = begin(server, "tail", ops, "--since", "0")
    assert reader.stdout is not None
    read_line(reader.stdout)

    reader.send_signal(signal.SIGINT)

    _, said = finish(reader)
    assert (reader.returncode, said) == (130, "")


def test_tail_prints_nothing_up_to_a_since_that_lies_beyond_the_end(server: ServerProcess, ops: str) -> None:
    assert chat(server, "send", ops, "-", stdin=b"1\n2\n").returncode == 0
    reader = begin(server, "tail", ops, "--since", "4", "--count", "1", "--json")
    number = 2
    while reader.poll() is None:
        number += 1
        assert chat(server, "send", ops, str(number)).returncode == 0

    (line,), _ = finish(reader)
    assert json.loads(line)["seq"] > 4
