"""Deleting a message: its text is gone from everywhere, its place and its cid stay."""

from __future__ import annotations

import os

from tests.support.people import People, durable, settle, unique


def test_a_deletion_is_an_event_that_everybody_gets(people: People) -> None:
    name = unique("ann")
    ann, bob = people.enter(name), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "oops")

    reply = ann.call("delete", conversation=room, seq=1)

    assert (reply["conversation"], reply["seq"], reply.get("duplicate", False)) == (room, 2, False)
    for wire in (ann, bob):
        event = durable(settle(wire), room)[-1]
        assert (event["kind"], event["seq"], event["message"]) == ("message_deleted", 2, 1)
        assert (event["name"], event["ts"], len(event["eid"])) == (name, reply["ts"], 8)
        assert "body" not in event


def test_a_deleted_message_keeps_its_place_and_its_author(people: People) -> None:
    name = unique("ann")
    ann = people.enter(name)
    room = people.room(ann)
    ann.say(room, "one")
    first = ann.say(room, "secret", reply_to=1)
    ann.call("edit", conversation=room, seq=2, body="still secret")

    ann.call("delete", conversation=room, seq=2)

    message = ann.call("history", conversation=room)["messages"][1]
    assert (message["seq"], message["changed"], message["name"], message["ts"]) == (2, 4, name, first["ts"])
    assert (message["body"], message["deleted"], message["edits"], message["reply_to"]) == ("", True, 1, 1)


def test_a_deletion_leaves_no_text_in_the_log(people: People) -> None:
    name = unique("ann")
    ann = people.enter(name)
    room = people.room(ann)
    ann.say(room, "secret")
    ann.call("edit", conversation=room, seq=1, body="secret too")
    ann.say(room, "harmless")
    before = durable(settle(ann), room)

    ann.call("delete", conversation=room, seq=1)

    log = ann.call("read_events", conversation=room, after=0)["events"]
    caught_up = people.enter(name, resume=False).call("attach", position={"conversation": room, "seq": 0})
    assert caught_up["events"] == log
    assert log[:3] == [{**before[0], "body": ""}, {**before[1], "body": ""}, before[2]]
    assert log[3]["kind"] == "message_deleted"


def test_a_deletion_again_is_no_event_and_gets_the_first_answer(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "one")
    first = ann.call("delete", conversation=room, seq=1)
    ann.say(room, "two")
    settle(ann)

    again = ann.call("delete", conversation=room, seq=1)

    assert again == {**first, "duplicate": True}
    assert durable(settle(ann), room) == []


def test_a_deleted_message_cannot_be_edited(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "one")
    ann.call("delete", conversation=room, seq=1)

    assert ann.refused("edit", conversation=room, seq=1, body="back") == "no_message"


def test_only_its_author_deletes_a_message(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "mine")

    assert bob.refused("delete", conversation=room, seq=1) == "not_allowed"

    ann.call("delete", conversation=room, seq=1)
    assert bob.refused("delete", conversation=room, seq=1) == "not_allowed"


def test_a_deletion_needs_a_message(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.call("set_topic", conversation=room, topic="no message")

    for seq in (1, 2, 2**32 + 1, 2**53 - 1):
        assert ann.refused("delete", conversation=room, seq=seq) == "no_message"
    assert ann.refused("delete", conversation=room, seq=0) == "bad_request"


def test_a_send_repeated_after_its_deletion_gets_the_first_answer_whatever_it_says(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    cid = os.urandom(16)
    first = ann.call("post", conversation=room, cid=cid, body="secret")
    ann.call("delete", conversation=room, seq=1)
    settle(ann)

    for body in ("secret", "something else"):
        assert ann.call("post", conversation=room, cid=cid, body=body) == {**first, "duplicate": True}

    assert durable(settle(ann), room) == []
    assert ann.call("history", conversation=room)["messages"][0]["body"] == ""
    assert ann.call("post", conversation=room, cid=os.urandom(16), prev=cid, body="next")["seq"] == 3


def test_a_deleted_message_is_not_unread_any_more(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "one")
    ann.say(room, "two")

    ann.call("delete", conversation=room, seq=1)

    assert bob.call("find", conversation=room)["conversation"]["unread"] == 1
