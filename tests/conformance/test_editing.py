"""Editing a message: a durable event, and the message as it stands from then on."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def stands(wire: Wire, room: int) -> list[dict[str, Any]]:
    """Return the messages of a conversation as a page shows them."""
    messages: list[dict[str, Any]] = wire.call("history", conversation=room)["messages"]
    return messages


def test_an_edit_is_an_event_that_everybody_gets(people: People) -> None:
    name = unique("ann")
    ann, bob = people.enter(name), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "helo")

    reply = ann.call("edit", conversation=room, seq=1, body="hello")

    assert (reply["conversation"], reply["seq"], reply.get("duplicate", False)) == (room, 2, False)
    for wire in (ann, bob):
        event = durable(settle(wire), room)[-1]
        assert (event["kind"], event["seq"], event["message"], event["body"]) == ("message_edited", 2, 1, "hello")
        assert (event["name"], event["ts"], len(event["eid"])) == (name, reply["ts"], 8)


def test_an_edited_message_stands_in_history_with_its_number_and_what_was_folded_in(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    first = ann.say(room, "one", style="action")
    ann.say(room, "other", reply_to=1)

    ann.call("edit", conversation=room, seq=1, body="two")
    ann.call("edit", conversation=room, seq=1, body="three")

    edited, other = stands(ann, room)
    assert (edited["seq"], edited["body"], edited["changed"], edited["edits"]) == (1, "three", 4, 2)
    assert (edited["style"], edited["ts"], edited.get("deleted", False)) == ("action", first["ts"], False)
    assert (other["changed"], other.get("edits", 0), other["reply_to"]) == (2, 0, 1)


def test_the_same_text_again_is_no_event_and_gets_the_last_answer(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    posted = ann.say(room, "one")
    same = ann.call("edit", conversation=room, seq=1, body="one")
    edited = ann.call("edit", conversation=room, seq=1, body="two")
    settle(ann)

    again = ann.call("edit", conversation=room, seq=1, body="\ntwo \n")

    assert same == {**posted, "duplicate": True}
    assert again == {**edited, "duplicate": True}
    assert durable(settle(ann), room) == []
    assert ann.say(room, "next")["seq"] == 3


def test_an_edit_is_cleaned_and_bounded_like_a_send(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "one")

    ann.call("edit", conversation=room, seq=1, body="\n\x1b[31mtwo\u202e\r\nlines \n\n")

    assert durable(settle(ann), room)[-1]["body"] == "␛[31mtwo\nlines"
    assert ann.refused("edit", conversation=room, seq=1, body=" \n\u200b") == "empty"
    assert ann.refused("edit", conversation=room, seq=1, body="é" * 8193) == "too_long"
    ann.call("edit", conversation=room, seq=1, body="é" * 8192)


def test_only_its_author_edits_a_message(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "mine")

    assert bob.refused("edit", conversation=room, seq=1, body="yours") == "not_allowed"

    assert stands(bob, room)[0]["body"] == "mine"


def test_an_edit_needs_a_message(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.call("set_topic", conversation=room, topic="no message")
    ann.say(room, "one")
    ann.call("edit", conversation=room, seq=2, body="two")

    for seq in (1, 3, 4, 2**32 + 2, 2**53 - 1):
        assert ann.refused("edit", conversation=room, seq=seq, body="x") == "no_message"
    for wrong in (0, -1, 2**53, "1"):
        assert ann.refused("edit", conversation=room, seq=wrong, body="x") == "bad_request"


@pytest.mark.parametrize("request_name", ["edit", "delete"])
def test_a_message_is_changed_by_members_only(people: People, request_name: str) -> None:
    name = unique("bob")
    ann, bob, eve = people.enter(), people.enter(name), people.enter()
    room = people.room(ann)
    ann.say(room, "one")
    number = ann.call("open_direct", account=name)["conversation"]["id"]
    fields: dict[str, Any] = {"seq": 1}
    if request_name == "edit":
        fields["body"] = "x"

    assert bob.refused(request_name, conversation=room, **fields) == "not_member"
    assert eve.refused(request_name, conversation=number, **fields) == "no_conversation"
    assert ann.refused(request_name, conversation=2**53 - 1, **fields) == "no_conversation"
    assert ann.refused(request_name, conversation="#announcements", **fields) == "not_allowed"
    ann.call("leave", conversation=room)
    assert ann.refused(request_name, conversation=room, **fields) == "not_member"
    assert people.stranger().refused(request_name, conversation=room, **fields) == "not_signed_in"


def test_an_edit_comes_with_a_catch_up_and_with_the_log(people: People) -> None:
    name = unique("ann")
    ann, bob = people.enter(name), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "one")
    (posted,) = durable(settle(bob), room)
    ann.call("edit", conversation=room, seq=1, body="two")
    (edited,) = durable(settle(bob), room)

    position = {"conversation": room, "seq": 1, "eid": posted["eid"]}
    late = people.enter(name, resume=False)

    assert late.call("attach", position=position)["events"] == [edited]
    assert ann.call("read_events", conversation=room, after=0)["events"] == [posted, edited]


def test_an_edit_counts_as_nothing_unread(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "one")
    bob.call("mark_read", conversation=room, seq=1)

    ann.call("edit", conversation=room, seq=1, body="two")

    found = bob.call("find", conversation=room)["conversation"]
    assert (found["head"], found["read"], found.get("unread", 0)) == (2, 1, 0)


def test_a_repeated_send_of_an_edited_message_is_compared_with_what_was_sent(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    cid = os.urandom(16)
    first = ann.call("post", conversation=room, cid=cid, body="one")
    ann.call("edit", conversation=room, seq=1, body="two")

    assert ann.call("post", conversation=room, cid=cid, body="one") == {**first, "duplicate": True}
    assert ann.refused("post", conversation=room, cid=cid, body="two") == "cid_reused"
    assert stands(ann, room)[0]["body"] == "two"
