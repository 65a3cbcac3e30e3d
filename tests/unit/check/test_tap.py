"""The tap on a wire: pushes must follow one by one on the answer that attached them, with nobody to mend them."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest

from chat_core.check.history import Delivered, Placed, Record
from chat_core.check.real.tap import Tap
from chat_core.protocol.framing import frame

ROOM = 3


class Wire:
    """A tap, and what both sides say."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.tap = Tap("wire 1", self.records.append, lambda: 1.0)
        self._calls = 0

    def down(self, said: dict[str, Any]) -> None:
        data = frame(msgpack.packb(said))
        for at in range(0, len(data), 7):  # in pieces, as streams are
            self.tap.down(data[at : at + 7])

    def push(self, kind: str, **fields: Any) -> None:
        self.down({"t": "push", "event": {"kind": kind, **fields}})

    def call(self, do: str, request: dict[str, Any], reply: dict[str, Any]) -> None:
        self._calls += 1
        self.tap.up(frame(msgpack.packb({"t": "call", "id": self._calls, "request": {"do": do, **request}})))
        self.down({"t": "answer", "id": self._calls, "reply": reply})

    def resume(self, catch_up: dict[str, Any], *, position: int | None = None) -> None:
        positions = [] if position is None else [{"conversation": ROOM, "seq": position}]
        reply = {"epoch": "e1", "catch_ups": [{"conversation": ROOM, **catch_up}]}
        self.call("resume", {"positions": positions}, reply)

    def posted(self, *seqs: int) -> None:
        for seq in seqs:
            self.push("message_posted", **event(seq))

    @property
    def wrong(self) -> list[tuple[int, int]]:
        """Where the wire stood, and what came instead."""
        places = [record.seq for record in self.records if isinstance(record, Placed)]
        return list(zip(places, [r.seq for r in self.records if isinstance(r, Delivered)], strict=True))


def event(seq: int) -> dict[str, Any]:
    return {
        "conversation": ROOM, "seq": seq, "eid": bytes(8), "ts": 0, "author": 1, "name": "ann", "cid": bytes(16),
        "body": "text",
    }  # fmt: skip


def events(*seqs: int) -> list[dict[str, Any]]:
    return [{"kind": "message_posted", **event(seq)} for seq in seqs]


def test_tap_is_content_when_pushes_follow_on_the_answer() -> None:
    wire = Wire()
    wire.resume({"head": 7, "reset": "new"})
    wire.posted(8, 9, 10)
    assert (wire.records, wire.tap.pushes, wire.tap.catch_ups) == ([], 3, 1)


def test_tap_finds_a_push_that_is_left_out() -> None:
    wire = Wire()
    wire.resume({"head": 7, "reset": "new"})
    wire.posted(8, 10, 11)
    assert wire.wrong == [(8, 10)]


def test_tap_finds_pushes_in_another_order() -> None:
    wire = Wire()
    wire.resume({"head": 7, "reset": "new"})
    wire.posted(9, 8)
    assert wire.wrong == [(7, 9), (9, 8)]


def test_tap_finds_what_was_stored_between_the_answer_and_the_pushes() -> None:
    wire = Wire()
    wire.resume({"head": 7, "reset": "new"})
    wire.posted(9)
    assert wire.wrong == [(7, 9)]


def test_tap_finds_a_catch_up_that_leaves_out_its_last_event() -> None:
    wire = Wire()
    wire.resume({"head": 9, "events": events(7, 8)}, position=6)
    wire.posted(10)
    assert wire.wrong == [(8, 10)]


def test_tap_lets_a_catch_up_end_early_when_it_says_that_there_is_more() -> None:
    wire = Wire()
    wire.resume({"head": 9, "events": events(7, 8), "more": True}, position=6)
    wire.posted(10)
    assert wire.records == []


@pytest.mark.parametrize("reset", ["epoch", "rewound", "far_behind"])
def test_tap_goes_on_at_the_head_when_the_answer_is_a_reset(reset: str) -> None:
    wire = Wire()
    wire.resume({"head": 4, "reset": reset}, position=6)
    wire.posted(5)
    assert wire.records == []


def test_tap_lets_a_conversation_lag_until_it_is_attached_again() -> None:
    wire = Wire()
    wire.resume({"head": 7, "reset": "new"})
    wire.push("lagging", conversation=ROOM, head=20)
    request = {"position": {"conversation": ROOM, "seq": 7}}
    wire.call("attach", request, {"conversation": ROOM, "head": 20, "events": events(8), "more": True})
    wire.posted(21)
    assert wire.records == []


def test_tap_finds_a_push_of_what_nobody_attached() -> None:
    wire = Wire()
    wire.posted(1)
    assert [type(record) for record in wire.records] == [Delivered]


def test_tap_begins_where_a_join_says() -> None:
    wire = Wire()
    wire.push("conversation_joined", seq=1, conversation={"id": ROOM, "head": 5})
    wire.posted(6)
    wire.push("conversation_left", seq=2, conversation=ROOM)
    assert wire.records == []
    wire.posted(7)
    assert len(wire.records) == 1
