"""Whatever one client does, the server goes on for everybody else."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable

import msgpack
import pytest

from tests.support.people import People, durable, request, settle
from tests.support.wire import Wire


def packed(value: object) -> bytes:
    payload: bytes = msgpack.packb(value)
    return len(payload).to_bytes(4, "big") + payload


def reset(wire: Wire) -> None:
    """Close with a reset instead of an orderly end."""
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.socket.close()


def vanishes_in_a_frame(wire: Wire, people: People) -> None:
    wire.send_bytes(b"\x00\x00\x10\x00half a frame")
    wire.socket.close()


def vanishes_in_a_length(wire: Wire, people: People) -> None:
    wire.send_bytes(b"\x00\x00")
    reset(wire)


def vanishes_with_calls_open(wire: Wire, people: People) -> None:
    wire.send_bytes(b"".join(packed(request(number, "list_users")) for number in range(200)))
    reset(wire)


def closes_its_half(wire: Wire, people: People) -> None:
    wire.socket.shutdown(socket.SHUT_WR)


def sends_noise(wire: Wire, people: People) -> None:
    wire.send_bytes(os.urandom(4096))
    wire.goodbye()


def sends_a_bad_frame_behind_good_ones(wire: Wire, people: People) -> None:
    wire.send_bytes(packed(request(1, "list_users")) * 20 + packed([]) + packed(request(1, "list_users")) * 20)
    assert wire.goodbye()["code"] == "bad_frame"


def announces_a_gigabyte(wire: Wire, people: People) -> None:
    wire.send_bytes((1 << 30).to_bytes(4, "big") + b"x" * 1000)
    assert wire.goodbye()["code"] == "frame_too_long"


def sends_frames_of_nothing(wire: Wire, people: People) -> None:
    wire.send_bytes(b"\x00" * 4000)
    assert wire.goodbye()["code"] == "bad_frame"


def uses_every_id_twice(wire: Wire, people: People) -> None:
    wire.send_bytes(packed(request(7, "list_users", limit=1)) * 100)
    for _ in range(100):
        while (envelope := wire.receive()) is not None and envelope["t"] == "push":
            pass
        assert envelope is not None and envelope["id"] == 7


def connects_and_says_nothing_fifty_times(wire: Wire, people: People) -> None:
    for _ in range(50):
        people.stranger()


def comes_and_goes_fifty_times(wire: Wire, people: People) -> None:
    for _ in range(50):
        reset(people.stranger())


def trickles_bytes(wire: Wire, people: People) -> None:
    for byte in packed(request(1, "history", conversation="#general", padding=b"x" * 500)):
        wire.send_bytes(bytes([byte]))
    reset(wire)


def asks_for_nonsense(wire: Wire, people: People) -> None:
    for number in range(50):
        wire.send(request(number, "resume", positions=[{"conversation": 2**53 - 1 - number, "seq": 2**53 - 1}] * 500))
    for _ in range(50):
        while (envelope := wire.receive()) is not None and envelope["t"] == "push":
            pass
        assert envelope is not None


ACTS: tuple[Callable[[Wire, People], None], ...] = (
    vanishes_in_a_frame,
    vanishes_in_a_length,
    vanishes_with_calls_open,
    closes_its_half,
    sends_noise,
    sends_a_bad_frame_behind_good_ones,
    announces_a_gigabyte,
    sends_frames_of_nothing,
    uses_every_id_twice,
    connects_and_says_nothing_fifty_times,
    comes_and_goes_fifty_times,
    trickles_bytes,
    asks_for_nonsense,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_others_talk_on_when_one_misbehaves(people: People, act: Callable[[Wire, People], None]) -> None:
    ann, bob, villain = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, villain)
    ann.say(room, "before")

    act(villain, people)

    ann.say(room, "after")
    assert [event["body"] for event in durable(settle(bob), room)] == ["before", "after"]
    newcomer = people.enter()
    assert newcomer.call("history", conversation=room)["head"] == 2


@pytest.mark.parametrize(
    "act", [sends_noise, announces_a_gigabyte, sends_frames_of_nothing], ids=lambda act: act.__name__
)
def test_others_talk_on_when_a_stranger_misbehaves(people: People, act: Callable[[Wire, People], None]) -> None:
    ann = people.enter()
    room = people.room(ann)

    act(people.stranger(), people)

    assert ann.say(room, "unharmed")["seq"] == 1
