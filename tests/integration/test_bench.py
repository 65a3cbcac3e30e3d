"""The load generator counts every delivery of a real server; the codec reads the templates for the one in C."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat_core.base.exit_codes import ExitCode
from chat_core.bench.fanout import CHANNEL, WARM_SHARE
from chat_core.bench.templates import write_templates
from chat_core.protocol.codec import read_event, read_request, unpack
from chat_core.protocol.envelopes import Answer, Call, Push
from chat_core.protocol.events import MessagePosted
from chat_core.protocol.framing import FrameReader, frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES, FRAME_TO_SERVER_BYTES
from chat_core.protocol.requests.conversations import Join
from chat_core.protocol.requests.messages import Post
from chat_core.protocol.requests.session import Hello, Resume, SignIn
from tests.support import starting
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

READERS, SENDERS, MESSAGES = 20, 3, 50
SMALL = ("--readers", str(READERS), "--senders", str(SENDERS), "--messages", str(MESSAGES), "--json")
NOBODY = 1
"""A port on which nobody listens without being root."""


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `chat-core bench` to its end."""
    command = [sys.executable, "-m", "chat_core", "bench", *arguments]
    return starting.run_text(command, timeout=50)


def figures(*arguments: str, command: str = "fanout") -> dict[str, Any]:
    """Run `chat-core bench COMMAND` and return the JSON that it prints."""
    ended = bench(command, *arguments)
    assert ended.returncode == ExitCode.OK, ended.stdout + ended.stderr
    printed: dict[str, Any] = json.loads(ended.stdout)
    return printed


def test_fanout_counts_every_delivery_when_it_starts_its_own_server(home: Path) -> None:
    measured = figures(*SMALL, "--processes", "2", "--data", str(home))

    assert measured["deliveries"] == MESSAGES * (READERS + SENDERS)
    assert (measured["missing"], measured["lost_connections"], measured["failures"]) == (0, 0, 0)
    assert measured["latencies"] == MESSAGES * READERS, "few readers: each of them takes latencies"
    assert measured["stopped"] == ""
    assert 0 < measured["p50_ms"] <= measured["p99_ms"] <= measured["max_ms"] <= measured["seconds"] * 1000
    assert measured["deliveries_per_s"] == pytest.approx(measured["deliveries"] / measured["seconds"])
    assert measured["messages_per_s"] == pytest.approx(MESSAGES / measured["seconds"])
    assert (measured["window"], measured["rate_per_s"]) == (32, None)
    assert measured["machine"].keys() == {"cores", "python", "loop", "system", "filesystem"}
    assert list(home.glob("chat-bench-*")) == [], "its data is removed again"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="figures of a process come from /proc")
def test_fanout_looks_at_the_server_process_when_that_is_its_child(home: Path) -> None:
    measured = figures(*SMALL, "--data", str(home))

    assert 0 < measured["base_kb"] <= measured["joined_kb"]
    assert measured["end_kb"] > 0
    assert measured["server_cpu_s"] >= 0
    per_connection = (measured["joined_kb"] - measured["base_kb"]) / (READERS + SENDERS)
    assert measured["kb_per_connection"] == pytest.approx(per_connection)


def test_fanout_keeps_to_the_rate_when_one_is_asked_for(home: Path) -> None:
    measured = figures("--readers", "5", "--senders", "1", "--rate", "40", "--messages", "20", "--json")

    assert measured["deliveries"] == 20 * 6
    assert (measured["window"], measured["rate_per_s"]) == (None, 40.0)
    assert measured["seconds"] >= 19 / 40


def test_fanout_measures_a_running_server_when_given_its_address(home: Path) -> None:
    with ServerProcess(home / "server") as server:
        measured = figures(*SMALL, "--server", server.address)
        assert server.stop() == ExitCode.OK

    assert measured["deliveries"] == MESSAGES * (READERS + SENDERS)
    assert measured["server_cpu_s"] is measured["base_kb"] is measured["kb_per_connection"] is None


def test_fanout_fails_and_says_what_is_missing_when_the_server_is_killed(home: Path) -> None:
    arguments = ("--readers", "5", "--senders", "1", "--rate", "50", "--messages", "500", "--json")
    warm = 500 // WARM_SHARE
    with ServerProcess(home / "server") as server, Wire(server.port) as watcher:
        watcher.enter("watcher")
        watcher.call("join", channel=CHANNEL)
        command = [sys.executable, "-m", "chat_core", "bench", "fanout", *arguments, "--server", server.address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            for _ in range(warm + 10):
                watcher.push_of("message_posted")
            server.kill()
            printed, _ = running.communicate(timeout=50)

    measured = json.loads(printed)
    assert running.returncode == ExitCode.FAILED
    assert 0 < measured["deliveries"] < 500 * 6
    assert measured["missing"] == 500 * 6 - measured["deliveries"]
    assert 1 <= measured["lost_connections"] <= 6, "not every reader has seen it yet when one sender has"
    assert measured["stopped"] == "the server closed a sender's connection"


@pytest.mark.parametrize(
    ("server", "code", "said"),
    [
        ("192.0.2.1:55555", ExitCode.USAGE, "speaks no TLS"),
        (f"127.0.0.1:{NOBODY}", ExitCode.UNREACHABLE, f"chat://127.0.0.1:{NOBODY}"),
    ],
)
def test_fanout_says_in_one_line_what_is_wrong_when_it_cannot_begin(server: str, code: ExitCode, said: str) -> None:
    ended = bench("fanout", *SMALL, "--server", server)

    assert ended.returncode == code
    assert said in ended.stderr and ended.stderr.count("\n") == 1
    assert ended.stdout == ""


# --- durable ----------------------------------------------------------------------------------------------------------


def test_durable_counts_acknowledgements_and_says_what_the_disk_charges_when_senders_wait(home: Path) -> None:
    arguments = ("--senders", "4", "--seconds", "0.4", "--window", "2", "--channels", "2", "--follow", "--json")

    measured = figures(*arguments, "--data", str(home), command="durable")

    assert measured["acknowledged"] > 0
    assert (measured["refused"], measured["unanswered"], measured["lost_connections"]) == (0, 0, 0)
    assert 0 < measured["p50_ms"] <= measured["p99_ms"] <= measured["max_ms"]
    assert 0 < measured["sync"]["p50_ms"] <= measured["sync"]["p99_ms"]
    assert measured["settings"]["synchronous"] == "full" and measured["settings"]["journal_mode"] == "wal"
    assert list(home.glob("chat-bench-*")) == [], "its data is removed again"


def test_durable_keeps_to_the_rate_when_one_is_asked_for(home: Path) -> None:
    measured = figures(
        "--senders", "3", "--seconds", "1", "--rate", "60", "--json", "--data", str(home), command="durable"
    )

    assert measured["acknowledged"] == 60
    assert (measured["window"], measured["rate_per_s"]) == (None, 60.0)


# --- slow readers -----------------------------------------------------------------------------------------------------


def test_slow_measures_pairs_and_sees_the_slow_ones_overflow_when_they_are_there(home: Path) -> None:
    arguments = ("--readers", "3", "--senders", "1", "--rate", "250", "--size", "16000", "--seconds", "0.8")

    measured = figures(*arguments, "--pairs", "1", "--json", "--data", str(home), command="slow")

    (without,), (beside,) = measured["without"], measured["beside"]
    assert (without["told_lagging"], beside["told_lagging"]) == (0, 2)
    assert (without["missing"], beside["missing"], beside["closed"]) == (0, 0, 0)
    assert measured["ratio"] == pytest.approx(beside["p99_ms"] / without["p99_ms"])
    assert list(home.glob("chat-bench-*")) == [], "its data is removed again"


# --- restarts ---------------------------------------------------------------------------------------------------------


def test_restart_kills_the_server_and_compares_its_books_with_the_store_when_asked(home: Path) -> None:
    arguments = ("--stored", "500", "--senders", "3", "--rate", "100", "--kills", "2", "--longest", "0.3")

    measured = figures(*arguments, "--json", "--data", str(home), command="restart")

    assert (measured["lost"], measured["doubled"], measured["holes"]) == (0, 0, 0)
    assert measured["acknowledged"] > 0
    assert 0 < measured["p50_ms"] <= measured["p95_ms"] <= measured["max_ms"]
    assert list(home.glob("chat-bench-*")) == [], "its data is removed again"


# --- a reconnect storm ------------------------------------------------------------------------------------------------


def test_storm_brings_everybody_up_to_date_also_over_several_pages_when_all_come_back(home: Path) -> None:
    arguments = ("--clients", "40", "--missed", "450", "--json", "--data", str(home))

    measured = figures(*arguments, command="storm")

    assert measured["incomplete"] == 0
    assert 0 < measured["p50_s"] <= measured["seconds"]
    assert 0 < measured["bystander_p50_ms"] <= measured["bystander_max_ms"]
    assert list(home.glob("chat-bench-*")) == [], "its data is removed again"


# --- templates --------------------------------------------------------------------------------------------------------


def unescaped(text: str) -> bytes:
    r"""Do what the generator does to a line's text: `\xHH` becomes a byte."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode("ascii"))


def rendered(text: str, *, connection: int = 7, group: int = 3, number: int = 258) -> bytes:
    """Do what the generator does when it sends: fill the keys in."""

    def filled(found: re.Match[bytes]) -> bytes:
        width = int(found[1] or 0)
        match found[2]:
            case b"d":
                return b"%0*d" % (width, connection)
            case b"g":
                return b"%0*d" % (width, group)
            case b"n":
                return b"%0*d" % (width, number)
            case b"S":
                return b"4" * width
            case b"B":
                return number.to_bytes(4, "big")
            case _:
                return b"~FANOUT-MARKER~!0000000000123456789".ljust(width, b"x")

    return re.sub(rb"%(\d*)([dgnSBP])", filled, unescaped(text))


def steps(path: Path) -> list[tuple[str, str]]:
    """Return the steps of a template as (verb, text)."""
    lines = [line for line in path.read_text("ascii").splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def call(payload: bytes) -> Call:
    """Read a payload as a server does: from a frame."""
    (read,) = FrameReader(FRAME_TO_SERVER_BYTES).feed(frame(payload))
    envelope = unpack(read)
    assert isinstance(envelope, Call)
    return envelope


def test_search_asks_every_kind_of_question_beside_sends_when_the_store_has_a_past(home: Path) -> None:
    small = ("--messages", "1000", "--channels", "4", "--conversations", "6", "--asks", "8", "--rate", "50", "--json")

    measured = figures(*small, "--data", str(home), command="search")

    assert [each["asked"] for each in measured["times"]] == [8] * 6
    assert all(0 < each["p50_ms"] <= each["p99_ms"] <= each["max_ms"] for each in measured["times"])
    assert measured["times"][-1]["name"] == "unread of 6"
    assert measured["indexed_per_s"] > 0 and measured["found_after_p50_ms"] > 0
    assert measured["beside"]["acknowledged"] > 0 and measured["beside"]["failed"] == 0
    assert list(home.glob("chat-bench-*")) == []


def test_templates_are_frames_that_the_codec_reads_when_their_keys_are_filled_in(home: Path) -> None:
    assert bench("templates", str(home / "templates")).returncode == ExitCode.OK

    sent = [call(rendered(text)) for verb, text in steps(home / "templates/chat.recv") if verb == "send32"]
    hello, sign_in, join, resume = (read_request(one.request) for one in sent)
    assert isinstance(hello, Hello) and isinstance(resume, Resume)
    assert isinstance(sign_in, SignIn) and sign_in.name == "u000007"
    assert isinstance(join, Join) and join.channel == "#g0003"

    ((verb, text),) = steps(home / "templates/chat.msg")
    assert verb == "send32"
    message = call(rendered(text))
    post = read_request(message.request)
    assert message.id == 258
    assert isinstance(post, Post) and post.conversation == "#g0003" and post.prev is None
    assert post.cid == b"4444440000000258"
    assert len(post.body) == 100 and post.body.startswith("~FANOUT-MARKER~!0000000000123456789x")


def test_templates_make_frames_of_one_length_when_the_numbers_change(home: Path) -> None:
    ((_, text),) = steps(write_templates(home)[1])

    lengths = {len(rendered(text, connection=c, group=g, number=n)) for c, g, n in [(0, 0, 0), (99999, 999, 2**31)]}

    assert len(lengths) == 1


def test_templates_attach_a_connection_and_post_when_a_server_gets_them(home: Path) -> None:
    receiver, message = write_templates(home)
    with ServerProcess(home / "server") as server, socket.create_connection(("127.0.0.1", server.port), 10) as stream:
        payloads = received(stream)
        for verb, text in steps(receiver):
            if verb == "send32":
                stream.sendall(frame(rendered(text)))
            else:
                expected = unescaped(text)
                assert any(expected in payload for payload in payloads), f"no {text} before the end"
        ((_, text),) = steps(message)
        stream.sendall(frame(rendered(text)))
        pushed, answered = None, False
        while pushed is None or not answered:
            envelope = unpack(next(payloads))
            answered |= isinstance(envelope, Answer) and envelope.id == 258
            event = read_event(envelope.event) if isinstance(envelope, Push) else None
            pushed = event if isinstance(event, MessagePosted) else pushed

    assert pushed.cid == b"4444440000000258" and pushed.name == "u000007", "its sender gets it too"


def received(stream: socket.socket) -> Iterator[bytes]:
    """Yield each payload that comes, to the end of the stream."""
    reader = FrameReader(FRAME_TO_CLIENT_BYTES)
    while data := stream.recv(65536):
        yield from reader.feed(data)
