"""Who is writing: told to the others, stored nowhere."""

from __future__ import annotations

from typing import Any

from tests.support.people import People, settle, unique
from tests.support.wire import Wire


def typing(wire: Wire) -> list[dict[str, Any]]:
    return [event for event in settle(wire) if event["kind"] == "typing"]


def test_typing_is_told_to_others_and_not_to_ones_own_devices(people: People) -> None:
    name = unique("ann")
    desk, phone, bob = people.enter(name), people.enter(name), people.enter()
    room = people.room(desk, bob)

    assert desk.call("set_typing", conversation=room) == {}

    (event,) = typing(bob)
    assert (event["conversation"], event["name"], event.get("active", True)) == (room, name, True)
    assert event["account"] == desk.call("rename", name=name)["account"]["id"]
    assert typing(desk) == typing(phone) == []


def test_stopping_is_told_too(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    ann.call("set_typing", conversation=room, active=False)

    (event,) = typing(bob)
    assert event["active"] is False


def test_typing_may_name_the_conversation(people: People) -> None:
    anns, bobs = unique("ann"), unique("bob")
    ann, bob = people.enter(anns), people.enter(bobs)
    room = ann.call("open_direct", account=bobs)["conversation"]["id"]
    settle(bob)

    ann.call("set_typing", conversation=f"@{bobs}")

    assert [event["conversation"] for event in typing(bob)] == [room]


def test_typing_takes_no_seq_and_is_not_stored(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    ann.call("set_typing", conversation=room)

    assert "seq" not in typing(bob)[0]
    assert ann.say(room, "done")["seq"] == 1
    assert [event["kind"] for event in bob.call("read_events", conversation=room, after=0)["events"]] == [
        "message_posted"
    ]


def test_typing_reaches_attached_connections_only(people: People) -> None:
    ann, script, outsider = people.enter(), people.enter(resume=False), people.enter()
    room = people.room(ann, script)

    ann.call("set_typing", conversation=room)

    assert typing(script) == []
    assert typing(outsider) == []


def test_typing_needs_a_membership(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)

    assert bob.refused("set_typing", conversation=room) == "not_member"
    assert bob.refused("set_typing", conversation="#no-such-room") == "no_conversation"
    assert typing(ann) == []


def test_typing_is_refused_once_one_has_left(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    bob.call("leave", conversation=room)

    assert bob.refused("set_typing", conversation=room) == "not_member"
