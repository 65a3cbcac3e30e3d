"""What an account has read: one number per conversation, the same on all its devices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import People, settle, unique
from tests.support.wire import Wire


def markers(wire: Wire) -> list[dict[str, Any]]:
    return [event for event in settle(wire) if event["kind"] == "read_marker_moved"]


def state(wire: Wire, room: int) -> tuple[int, int]:
    found = wire.call("find", conversation=room)["conversation"]
    return found["read"], found["unread"]


def test_unread_counts_what_others_said_behind_the_marker(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    for number in range(5):
        bob.say(room, f"{number}")
    bob.call("set_topic", conversation=room, topic="no message")

    assert state(ann, room) == (0, 5)
    ann.call("mark_read", conversation=room, seq=2)
    assert state(ann, room) == (2, 3)
    ann.call("mark_read", conversation=room, seq=6)
    assert state(ann, room) == (6, 0)


def test_a_marker_is_told_to_all_devices_of_the_account_and_to_nobody_else(people: People) -> None:
    name = unique("ann")
    desk, phone, bob = people.enter(name), people.enter(name), people.enter()
    room = people.room(desk, bob)
    bob.say(room, "news")
    for wire in (desk, phone, bob):
        settle(wire)

    desk.call("mark_read", conversation=room, seq=1)

    for wire in (desk, phone):
        (moved,) = markers(wire)
        assert (moved["conversation"], moved["read"]) == (room, 1)
        assert moved["seq"] >= 1
    assert markers(bob) == []
    assert state(phone, room) == (1, 0)


def test_a_marker_never_goes_back(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    for number in range(5):
        bob.say(room, f"{number}")
    ann.call("mark_read", conversation=room, seq=4)
    settle(ann)

    for seq in (4, 3, 0):
        assert ann.call("mark_read", conversation=room, seq=seq) == {}

    assert markers(ann) == []
    assert state(ann, room) == (4, 1)


def test_a_marker_goes_no_further_than_the_head(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    bob.say(room, "one")

    ann.call("mark_read", conversation=room, seq=1000)
    bob.say(room, "two")

    assert state(ann, room) == (1, 1)


def test_ones_own_messages_are_not_unread(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    ann.say(room, "one")
    ann.say(room, "two")

    assert state(ann, room) == (2, 0)
    assert state(bob, room) == (0, 2)


def test_sending_marks_nothing_read_while_something_unread_lies_before(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    bob.say(room, "unread")

    ann.say(room, "mine")
    assert state(ann, room) == (0, 1)
    bob.say(room, "unread too")

    assert state(ann, room) == (0, 2)
    ann.call("mark_read", conversation=room, seq=1)
    assert state(ann, room)[1] == 1


def test_what_was_said_before_one_joined_is_not_unread(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(bob)
    name = bob.call("find", conversation=room)["conversation"]["name"]
    for number in range(3):
        bob.say(room, f"{number}")

    joined = ann.call("join", channel=name)["conversation"]
    bob.say(room, "new")

    assert joined["unread"] == 0
    assert state(ann, room)[1] == 1


def test_a_marker_is_remembered(people: People) -> None:
    name = unique("ann")
    ann, bob = people.enter(name), people.enter()
    room = people.room(ann, bob)
    bob.say(room, "one")
    ann.call("mark_read", conversation=room, seq=1)
    ann.socket.close()
    bob.say(room, "two")

    resumed = people.stranger().enter(name)

    (found,) = [conversation for conversation in resumed["conversations"] if conversation["id"] == room]
    assert (found["read"], found["unread"]) == (1, 1)


@pytest.mark.parametrize(("ref", "code"), [("#no-such-room", "no_conversation"), (2**53 - 1, "no_conversation")])
def test_a_marker_needs_a_conversation(people: People, ref: int | str, code: str) -> None:
    assert people.enter().refused("mark_read", conversation=ref, seq=1) == code


def test_a_marker_needs_a_membership(people: People) -> None:
    ann, bob = people.enter(), people.enter()

    assert bob.refused("mark_read", conversation=people.room(ann), seq=0) == "not_member"
