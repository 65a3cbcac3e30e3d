"""The topic of a channel: a durable event like a message."""

from __future__ import annotations

import pytest

from tests.support.people import People, durable, settle, unique


def test_a_topic_is_an_event_that_everybody_gets(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "first")

    assert ann.call("set_topic", conversation=room, topic="Release on Friday") == {}

    for wire in (ann, bob):
        event = durable(settle(wire), room)[-1]
        assert (event["kind"], event["seq"], event["topic"]) == ("topic_changed", 2, "Release on Friday")
        assert len(event["eid"]) == 8
    found = bob.call("find", conversation=room)["conversation"]
    assert (found["topic"], found["head"]) == ("Release on Friday", 2)


def test_a_topic_names_who_set_it(people: People) -> None:
    name = unique("ann")
    ann, bob = people.enter(name), people.enter()
    room = people.room(ann, bob)

    ann.call("set_topic", conversation=room, topic="mine")

    (event,) = durable(settle(bob), room)
    assert event["name"] == name
    assert event["author"] == ann.call("rename", name=name)["account"]["id"]


def test_a_topic_is_cleaned_to_one_line(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)

    ann.call("set_topic", conversation=room, topic="  two\nlines \x1b[31m\u202e and \t space ")

    assert durable(settle(ann), room)[-1]["topic"] == "two lines ␛[31m and space"


def test_the_same_topic_again_is_no_event(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.call("set_topic", conversation=room, topic="same")
    settle(ann)

    ann.call("set_topic", conversation=room, topic=" same ")

    assert durable(settle(ann), room) == []
    assert ann.say(room, "next")["seq"] == 2


def test_an_empty_topic_takes_it_away(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.call("set_topic", conversation=room, topic="something")

    ann.call("set_topic", conversation=room, topic=" ")

    assert ann.call("find", conversation=room)["conversation"]["topic"] == ""
    assert [event["topic"] for event in durable(settle(ann), room)] == ["something", ""]


def test_a_topic_is_bounded_in_bytes(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)

    assert ann.call("set_topic", conversation=room, topic="é" * 256) == {}
    assert ann.refused("set_topic", conversation=room, topic="é" * 257) == "too_long"


def test_a_topic_is_set_by_members_of_channels_only(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    other = unique("other")
    people.enter(other)
    direct = ann.call("open_direct", account=other)["conversation"]["id"]

    assert bob.refused("set_topic", conversation=room, topic="x") == "not_member"
    assert ann.refused("set_topic", conversation=direct, topic="x") == "not_allowed"
    assert ann.refused("set_topic", conversation="#announcements", topic="x") == "not_allowed"
    assert ann.refused("set_topic", conversation=2**53 - 1, topic="x") == "no_conversation"


@pytest.mark.parametrize("between", ["set_topic", "post"])
def test_topics_and_messages_share_one_row_of_numbers(people: People, between: str) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "one")
    if between == "post":
        ann.say(room, "two")
    else:
        ann.call("set_topic", conversation=room, topic="two")

    assert ann.say(room, "three")["seq"] == 3
    assert [event["seq"] for event in durable(settle(ann), room)] == [1, 2, 3]
