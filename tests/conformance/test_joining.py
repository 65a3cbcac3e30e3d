"""docs/protocol.md, "Following": joining, leaving, direct conversations, and the account's own log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def account_events(pushed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = ("conversation_joined", "conversation_left", "read_marker_moved")
    return [event for event in pushed if event["kind"] in kinds]


def named(people: People, prefix: str = "ann") -> tuple[Wire, str]:
    name = unique(prefix)
    return people.enter(name), name


# --- channels ---------------------------------------------------------------------------------------------------------


def test_join_makes_a_channel_once(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    name = unique("Made")

    made = ann.call("join", channel=f"#{name}")
    found = bob.call("join", channel=name.lower())

    assert made["created"] is True
    assert made["conversation"]["name"] == name
    assert made["conversation"]["kind"] == "channel"
    assert (made["conversation"]["head"], made["conversation"]["members"]) == (0, 1)
    assert not found.get("created", False)
    assert found["conversation"]["id"] == made["conversation"]["id"]
    assert found["conversation"]["members"] == 2


def test_join_without_create_finds_only(people: People) -> None:
    ann = people.enter()
    name = unique("absent")

    assert ann.refused("join", channel=name, create=False) == "no_conversation"
    assert ann.refused("find", conversation=f"#{name}") == "no_conversation"


@pytest.mark.parametrize("name", ["#", "a b", "-x", "a/b", "##x", "n" * 49, "\u202ex", "\u3164"])
def test_join_refuses_an_ill_formed_name(people: People, name: str) -> None:
    assert people.enter().refused("join", channel=name) == "bad_name"


def test_joining_twice_is_no_fault_and_no_news(people: People) -> None:
    ann = people.enter()
    name = unique("again")
    first = ann.call("join", channel=name)
    settle(ann)

    again = ann.call("join", channel=name)

    assert again["conversation"]["id"] == first["conversation"]["id"]
    assert again["conversation"]["members"] == 1
    assert account_events(settle(ann)) == []


def test_a_join_takes_no_seq(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    ann.say(room, "one")

    name = ann.call("find", conversation=room)["conversation"]["name"]
    bob.call("join", channel=name)

    assert bob.call("find", conversation=room)["conversation"]["head"] == 1
    assert bob.say(room, "two")["seq"] == 2


def test_every_following_device_hears_of_a_join_and_then_of_what_happens_there(people: People) -> None:
    name = unique("ann")
    desk, phone, script = people.enter(name), people.enter(name), people.enter(name, resume=False)

    room = desk.call("join", channel=unique("room"))["conversation"]["id"]
    desk.say(room, "hello")

    heard = [settle(wire) for wire in (desk, phone, script)]
    for pushed in heard[:2]:
        (joined,) = account_events(pushed)
        assert joined["kind"] == "conversation_joined"
        assert (joined["conversation"]["id"], joined["conversation"]["head"]) == (room, 0)
        assert [event["seq"] for event in durable(pushed, room)] == [1]
        assert pushed.index(joined) < pushed.index(durable(pushed, room)[0])
    assert account_events(heard[0]) == account_events(heard[1])
    assert heard[2] == []


def test_a_join_of_a_channel_with_a_past_goes_on_from_its_head(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    name = unique("old")
    room = ann.call("join", channel=name)["conversation"]["id"]
    for number in range(5):
        ann.say(room, f"{number}")

    opened = bob.call("join", channel=name)
    ann.say(room, "new")

    assert opened["conversation"]["head"] == 5
    assert len(opened["conversation"]["eid"]) == 8
    assert [event["seq"] for event in durable(settle(bob), room)] == [6]


def test_leaving_ends_the_pushes_on_every_device(people: People) -> None:
    name = unique("ann")
    desk, phone, bob = people.enter(name), people.enter(name), people.enter()
    room = people.room(bob, desk)
    bob.say(room, "heard")
    settle(phone)
    settle(desk)

    desk.call("leave", conversation=room)
    bob.say(room, "unheard")

    for wire in (desk, phone):
        pushed = settle(wire)
        (left,) = account_events(pushed)
        assert (left["kind"], left["conversation"], left["last"]) == ("conversation_left", room, 1)
        assert left.get("reason", "left") == "left"
        assert durable(pushed, room) == []


def test_leaving_is_told_to_a_connection_that_is_attached_only(people: People) -> None:
    name = unique("ann")
    desk, reader, idle = people.enter(name), people.enter(name, resume=False), people.enter(name, resume=False)
    room = people.room(people.enter(), desk)
    reader.call("attach", position={"conversation": room, "seq": 0})
    settle(reader)

    desk.call("leave", conversation=room)

    assert [event["kind"] for event in settle(reader)] == ["conversation_left"]
    assert settle(idle) == []


def test_who_has_left_cannot_send_and_may_come_back(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(bob, ann)
    name = ann.call("find", conversation=room)["conversation"]["name"]
    ann.call("leave", conversation=f"#{name}")
    bob.say(room, "meanwhile")

    assert ann.refused("post", conversation=room, cid=b"x" * 16, body="x") == "not_member"
    assert ann.refused("leave", conversation=room) == "not_member"
    assert ann.refused("find", conversation=room) == "not_member"
    back = ann.call("join", channel=name)["conversation"]

    assert back["head"] == 1
    assert ann.say(room, "back")["seq"] == 2
    assert [message["body"] for message in ann.call("history", conversation=room)["messages"]] == ["meanwhile", "back"]


def test_a_channel_outlives_its_last_member(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    name = ann.call("find", conversation=room)["conversation"]["name"]
    ann.say(room, "kept")
    ann.call("leave", conversation=room)

    assert bob.call("join", channel=name, create=False)["conversation"]["id"] == room
    assert [message["body"] for message in bob.call("history", conversation=room)["messages"]] == ["kept"]


def test_the_announcements_cannot_be_left(people: People) -> None:
    assert people.enter().refused("leave", conversation="#announcements") == "not_allowed"


# --- the account's log ------------------------------------------------------------------------------------------------


def test_account_events_are_numbered_and_a_resume_says_how_far_it_reaches(people: People) -> None:
    name = unique("ann")
    ann = people.stranger()
    start = ann.enter(name)["seq"]
    for _ in range(3):
        ann.call("join", channel=unique("room"))
    numbers = [event["seq"] for event in account_events(settle(ann))]

    assert numbers == sorted(set(numbers))
    assert min(numbers) > start
    assert people.stranger().enter(name)["seq"] == max(numbers)


def test_what_was_joined_while_away_is_in_the_next_resume(people: People) -> None:
    ann, bob = people.stranger(), people.enter()
    name = unique("ann")
    before = ann.enter(name)
    ann.socket.close()
    room = bob.call("open_direct", account=name)["conversation"]["id"]
    bob.say(room, "while you were away")

    after = people.stranger().enter(name)

    assert after["seq"] > before["seq"]
    (direct,) = [conversation for conversation in after["conversations"] if conversation["id"] == room]
    assert (direct["kind"], direct["head"], direct["unread"]) == ("direct", 1, 1)


# --- direct conversations ---------------------------------------------------------------------------------------------


def test_a_direct_conversation_is_the_same_from_both_sides(people: People) -> None:
    (ann, anns), (bob, bobs) = named(people, "ann"), named(people, "bob")

    made = ann.call("open_direct", account=f"@{bobs}")
    found = bob.call("open_direct", account=anns.upper())

    assert made["created"] is True
    assert not found.get("created", False)
    assert made["conversation"]["id"] == found["conversation"]["id"]
    assert (made["conversation"]["kind"], made["conversation"]["name"]) == ("direct", bobs)
    assert found["conversation"]["name"] == anns
    assert made["conversation"]["partner"] == bob.call("rename", name=bobs)["account"]["id"]
    assert made["conversation"]["members"] == 2


def test_both_hear_of_a_direct_conversation_and_of_what_is_said_there(people: People) -> None:
    (ann, anns), (bob, bobs) = named(people, "ann"), named(people, "bob")

    room = ann.call("open_direct", account=bobs)["conversation"]["id"]
    ann.say(f"@{bobs}", "psst")

    for wire, other in ((ann, bobs), (bob, anns)):
        pushed = settle(wire)
        (joined,) = account_events(pushed)
        assert joined["kind"] == "conversation_joined"
        assert (joined["conversation"]["id"], joined["conversation"]["name"]) == (room, other)
        assert [event["body"] for event in durable(pushed, room)] == ["psst"]
    assert bob.say(f"@{anns}", "yes?")["conversation"] == room


def test_a_direct_conversation_with_nobody_is_refused(people: People) -> None:
    ann = people.enter()

    assert ann.refused("open_direct", account=unique("nobody")) == "no_account"
    assert ann.refused("open_direct", account="a b") == "bad_name"
    assert ann.refused("post", conversation=f"@{unique('nobody')}", cid=b"x" * 16, body="x") == "no_conversation"


def test_a_direct_conversation_cannot_be_left(people: People) -> None:
    ann, (_, bobs) = people.enter(), named(people, "bob")
    room = ann.call("open_direct", account=bobs)["conversation"]["id"]

    assert ann.refused("leave", conversation=room) == "not_allowed"


def test_one_may_write_to_oneself(people: People) -> None:
    ann, anns = named(people)

    room = ann.call("open_direct", account=anns)["conversation"]

    assert room["members"] == 1
    assert ann.say(room["id"], "note to self")["seq"] == 1
    pushed = settle(ann)
    assert len(account_events(pushed)) == 1
    assert [event["body"] for event in durable(pushed, room["id"])] == ["note to self"]


def test_find_returns_what_one_is_in(people: People) -> None:
    ann, (_, bobs) = people.enter(), named(people, "bob")
    room = people.room(ann)
    direct = ann.call("open_direct", account=bobs)["conversation"]["id"]
    ann.say(room, "one")

    found = ann.call("find", conversation=room)["conversation"]

    assert (found["id"], found["head"], found["kind"]) == (room, 1, "channel")
    assert ann.call("find", conversation=f"#{found['name']}")["conversation"] == found
    assert ann.call("find", conversation=f"@{bobs}")["conversation"]["id"] == direct
