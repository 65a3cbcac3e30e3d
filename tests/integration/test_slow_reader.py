"""A reader that takes nothing: nobody waits for it, it is told, and it gets everything in the end."""

from __future__ import annotations

from pathlib import Path

from tests.support.processes import ServerProcess
from tests.support.wire import Wire

MESSAGES = 600
BODY = "x" * 16_000
"""600 of them are more than the kernel's buffers and the server's outbox hold together."""


def test_slow_reader_is_detached_told_and_catches_up_without_a_hole(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as slow, Wire(server.port) as quick:
        slow.socket.setsockopt(1, 8, 65536)  # SOL_SOCKET, SO_RCVBUF
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
