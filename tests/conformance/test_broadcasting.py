"""Announcements: who may write them, to whom they come, and that each is stored once."""

from __future__ import annotations

import os

from tests.support.people import People, durable, settle, unique


def test_an_announcement_comes_to_everybody_and_is_kept(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    text = unique("back in ten minutes ")

    posted = ann.call("broadcast", cid=os.urandom(16), body=text)

    place = ann.call("find", conversation="#announcements")["conversation"]["id"]
    assert posted["conversation"] == place
    pushed = [durable(settle(wire), place)[-1] for wire in (ann, bob)]
    assert pushed[0] == pushed[1]
    assert (pushed[0]["kind"], pushed[0]["body"], pushed[0]["seq"]) == ("message_posted", text, posted["seq"])
    page = people.enter().call("history", conversation="#announcements", limit=1)
    assert [message["body"] for message in page["messages"]] == [text]


def test_a_repeated_announcement_is_stored_once(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    mine, text = os.urandom(16), unique("once ")
    first = ann.call("broadcast", cid=mine, body=text)

    again = ann.call("broadcast", cid=mine, body=text)

    assert again == {**first, "duplicate": True}
    assert [event["body"] for event in durable(settle(bob), first["conversation"])] == [text]
    assert ann.refused("broadcast", cid=mine, body="something else") == "cid_reused"
    assert ann.refused("post", conversation="#general", cid=mine, body=text) == "cid_reused"


def test_nothing_but_a_broadcast_writes_into_the_announcements(people: People) -> None:
    ann = people.enter()

    assert ann.refused("post", conversation="#announcements", cid=os.urandom(16), body="hello") == "not_allowed"
    assert ann.refused("broadcast", cid=os.urandom(16), body=" \n ") == "empty"
