"""A reader that takes nothing: nobody waits for it, it is told, and it gets everything in the end."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from tests.support.memory import resident_bytes
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

MESSAGES = 600
BODY = "x" * 16_000
"""600 of them are more than the kernel's buffers and the server's outbox hold together."""
SHORT_PINGS = """
import sys
import time
from pathlib import Path

from chat_core.server.app import run
from chat_core.server.config import ServeOptions

sys.exit(run(ServeOptions(data=Path(sys.argv[1]), port=0, ping_every_s=0.3, pong_within_s=1.5)))
"""


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_slow_reader_is_detached_told_and_catches_up_without_a_hole(home: Path, tls: bool) -> None:
    with (
        ServerProcess(home / "data", "--tls", "on" if tls else "auto") as server,
        Wire(server.port, tls=tls) as slow,
        Wire(server.port, tls=tls) as quick,
    ):
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.enter("slow")
        quick.enter("quick")
        general = quick.call("find", conversation="#general")["conversation"]["id"]

        for _ in range(MESSAGES):
            quick.say(general, BODY)

        assert [quick.push_of("message_posted")["seq"] for _ in range(MESSAGES)] == list(range(1, MESSAGES + 1))
        seqs: list[int] = []
        while (event := slow.push())["kind"] != "lagging":
            if event["kind"] == "message_posted":
                seqs.append(event["seq"])
        assert event["conversation"] == general
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) < MESSAGES
        caught_up = slow.call("attach", position={"conversation": general, "seq": seqs[-1]})
        assert caught_up["head"] == MESSAGES
        events = list(caught_up["events"])
        while events[-1]["seq"] < caught_up["head"]:
            events += slow.call("read_events", conversation=general, after=events[-1]["seq"])["events"]
        assert [event["seq"] for event in events] == list(range(len(seqs) + 1, MESSAGES + 1))

        quick.say(general, "live again")
        assert slow.push_of("message_posted")["body"] == "live again"


def test_resume_misses_nothing_while_others_keep_talking(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as talker:
        talker.enter("talker")
        for round_number in range(10):
            for number in range(20):
                talker.say("#general", f"{round_number}.{number}")
            before = talker.pushes[-1]["seq"]
            # Posts are under way while the other one resumes: its answer and its pushes must meet without a hole.
            for number in range(20):
                talker.send(
                    {
                        "t": "call",
                        "id": 5000 + number,
                        "request": {
                            "do": "post",
                            "conversation": "#general",
                            "cid": round_number.to_bytes(8, "big") + number.to_bytes(8, "big"),
                            "body": "under way",
                        },
                    }
                )
            with Wire(server.port) as late:
                resumed = late.enter("late")
                (catch_up,) = [c for c in resumed["catch_ups"] if c.get("head", 0) >= before]
                for _ in range(20):
                    envelope = talker.receive()
                    while envelope is not None and envelope["t"] != "answer":
                        if envelope["t"] == "push":
                            talker.pushes.append(envelope["event"])
                        envelope = talker.receive()
                last = talker.say("#general", "end of round")["seq"]
                seqs: list[int] = []
                while not seqs or seqs[-1] < last:
                    seqs.append(late.push_of("message_posted")["seq"])
                assert seqs == list(range(catch_up["head"] + 1, last + 1))


def pong(wire: Wire) -> None:
    wire.send({"t": "pong"})


def read_slowly(wire: Wire, size: int) -> None:
    """Take so many bytes of what waits, for `receive` to return later."""
    wire.feed(wire.socket.recv(size))


def seqs_of(wire: Wire, conversation: int, last: int, upto: int) -> list[int]:
    """Return the seqs that a client gets which attaches again at each `lagging`, answers pings, and reads on."""
    seqs = [last]
    while seqs[-1] < upto:
        envelope = wire.receive()
        assert envelope is not None, f"closed at {seqs[-1]}"
        if envelope["t"] == "ping":
            pong(wire)
        elif envelope["t"] == "goodbye":
            raise AssertionError(envelope)
        elif envelope["t"] == "push" and envelope["event"]["kind"] == "message_posted":
            seqs.append(envelope["event"]["seq"])
        elif envelope["t"] == "push" and envelope["event"]["kind"] == "lagging":
            caught_up = wire.call("attach", position={"conversation": conversation, "seq": seqs[-1]})
            seqs += [event["seq"] for event in caught_up["events"]]
            while seqs[-1] < caught_up["head"]:
                page = wire.call("read_events", conversation=conversation, after=seqs[-1])
                seqs += [event["seq"] for event in page["events"]]
    return seqs[1:]


def test_slow_reader_stays_and_has_everything_in_the_end_when_its_pongs_come_late(home: Path) -> None:
    """Its pings lie behind what it has not read yet: it takes longer to get to them than it has for an answer."""
    with (
        ServerProcess(home / "data", program=SHORT_PINGS) as server,
        Wire(server.port) as slow,
        Wire(server.port) as quick,
    ):
        slow.enter("slow")
        quick.enter("quick")
        general = quick.call("find", conversation="#general")["conversation"]["id"]
        for _ in range(16):
            quick.say(general, BODY)
        for _ in range(8):
            time.sleep(0.25)  # it is this that makes it slow
            pong(quick)
            read_slowly(slow, 32_768)
        for _ in range(140):
            quick.say(general, BODY)
            read_slowly(slow, 1024)
        total = 16 + 140

        assert seqs_of(slow, general, 0, total) == list(range(1, total + 1))
        assert [quick.push_of("message_posted")["seq"] for _ in range(total)] == list(range(1, total + 1))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_slow_reader_costs_the_server_little_memory_when_it_reads_nothing(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as stuck, Wire(server.port) as quick:
        quick.enter("quick", resume=False)
        stuck.enter("stuck", resume=False)
        # The index follows the messages when it can, so that only growth itself tells when all caches are full.
        grown, before = True, 0
        while grown:
            for _ in range(MESSAGES // 2):
                quick.say("#general", BODY)
            held = resident_bytes(server.process.pid)
            grown, before = held > before + 500_000, max(before, held)
        stuck.call("resume")

        for _ in range(MESSAGES):
            quick.say("#general", BODY)

        assert resident_bytes(server.process.pid) - before < MESSAGES * len(BODY) / 2
