"""`search` as scripts and people use it: real processes, a real server, a real terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import ServerProcess
from tests.support.scripts import chat
from tests.support.terminal import Terminal
from tests.support.wire import Wire


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def say(server: ServerProcess, channel: str, *texts: str) -> None:
    """Say something, and wait until it can be found."""
    with Wire(server.port) as wire:
        wire.enter("ann")
        wire.call("join", channel=channel)
        for text in texts:
            wire.say(channel, text)
        while wire.call("search", query="from:me").get("behind", 0):
            pass


def test_search_prints_what_is_found_newest_first(server: ServerProcess) -> None:
    say(server, "#ops", "the disk is full", "nothing", "disk: see http://example.org")

    plain = chat(server, "search", "disk")
    lines = chat(server, "search", 'disk "is full"', "--json", "--last", "5")
    elsewhere = chat(server, "search", "disk", "--in", "#general")

    assert [line.partition("> ")[2] for line in plain.stdout.decode().splitlines()] == [
        "disk: see http://example.org",
        "the disk is full",
    ]
    (found,) = [json.loads(line) for line in lines.stdout.splitlines()]
    assert (found["conversation"], found["seq"], found["author"], found["kind"]) == ("#ops", 1, "ann", "message")
    assert [found["text"][start:end] for start, end in found["spans"]] == ["disk", "is full"]
    assert (elsewhere.returncode, elsewhere.stdout, elsewhere.stderr) == (0, b"", b"Nothing was found.\n")
    best = chat(server, "search", "disk", "--ranked", "--last", "1").stdout.decode().splitlines()
    assert len(best) == 1 and best[0].endswith("the disk is full")


def test_search_says_in_one_sentence_what_is_wrong_with_a_query_and_that_there_is_nothing(
    server: ServerProcess,
) -> None:
    for query, says in (
        ('a "b', "quote at character 3"),
        ("on:monday", "on: at character 1"),
        ("from:nobody", "nobody"),
    ):
        done = chat(server, "search", query)
        assert (done.stdout, done.stderr.count(b"\n")) == (b"", 1)
        assert says in done.stderr.decode() and b"Traceback" not in done.stderr
        assert done.returncode != 0
    assert chat(server, "search", "x", "--in", "ops").returncode == 2
    nowhere = [chat(server, "search", "nowheretobefound", *json) for json in ((), ("--json",))]
    assert [(done.returncode, done.stdout) for done in nowhere] == [(0, b"")] * 2
    assert nowhere[0].stderr == b"Nothing was found in the conversations that you are in.\n"
    assert nowhere[1].stderr == b"", "a program sees that there is no line"


def test_search_in_the_full_screen_client_leads_to_the_place_and_back(server: ServerProcess, home: Path) -> None:
    say(server, "#ops", *(f"before {number}" for number in range(120)), "the disk is full", "after it")
    own = home / "ann"
    own.mkdir()
    env = {"HOME": str(own), **{f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE")}}
    command = [sys.executable, "-m", "chat_tui", "connect", f"127.0.0.1:{server.port}", "--name", "ann"]
    with Terminal(command, width=90, height=24, folder=own, env=env) as ann:
        ann.wait_for("#general", "F1")
        ann.say('/search "disk is" in:#ops')
        ann.wait_for("1 found, newest first", "the disk is full", "Esc closes")
        ann.press("Enter")
        ann.wait_for("as it was said", "before 119", "after it")
        ann.press("Escape")
        ann.wait_for("1 found, newest first")
        ann.press("Escape")
        ann.wait_for("F1")
