"""Reactions, pins and bookmarks, as they are on the wire."""

from __future__ import annotations

from typing import Any

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire

HEART, BARE_HEART = "\u2764\ufe0f", "\u2764"


def reactions(wire: Wire, room: int, seq: int = 1) -> list[tuple[str, int, bool]]:
    """Return what a page says of a message: emoji, how many, whether oneself."""
    page = wire.call("history", conversation=room)
    message = next(each for each in page["messages"] if each["seq"] == seq)
    return [(each["emoji"], each.get("count", 1), each.get("mine", False)) for each in message["reactions"]]


def code(wire: Wire, do: str, **fields: Any) -> str:
    return str(wire.ask(do, **fields).get("code", ""))


def test_reaction_is_an_event_that_everybody_gets_and_a_page_counts(people: People) -> None:
    name = unique("ann")
    ann, bob = people.enter(name), people.enter()
    room = people.room(ann, bob)
    bob.say(room, "done")

    done = ann.call("react", conversation=room, seq=1, emoji=BARE_HEART)
    bob.call("react", conversation=room, seq=1, emoji="🎉")
    bob.call("react", conversation=room, seq=1, emoji=HEART)

    assert (done["conversation"], done["seq"], done.get("duplicate", False)) == (room, 2, False)
    for wire in (ann, bob):
        event = durable(settle(wire), room)[1]
        assert (event["kind"], event["message"], event["emoji"]) == ("reaction_added", 1, HEART)
        assert (event["name"], event["ts"]) == (name, done["ts"])
    assert reactions(ann, room) == [(HEART, 2, True), ("🎉", 1, False)]
    assert reactions(bob, room) == [(HEART, 2, True), ("🎉", 1, True)]
    told = ann.call("read_reactions", conversation=room, seq=1)["reactors"]
    assert [(each["emoji"], each["name"] == name) for each in told] == [(HEART, True), (HEART, False), ("🎉", False)]


def test_reaction_again_and_taking_back_what_is_not_there_are_no_events(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "done")
    first = ann.call("react", conversation=room, seq=1, emoji="👍")

    again = ann.call("react", conversation=room, seq=1, emoji="👍")
    other = ann.call("react", conversation=room, seq=1, emoji="👎", on=False)

    assert (again["seq"], again["ts"], again["duplicate"]) == (first["seq"], first["ts"], True)
    assert other["duplicate"]
    assert [event["kind"] for event in durable(settle(ann), room)] == ["message_posted", "reaction_added"]
    ann.call("react", conversation=room, seq=1, emoji="👍", on=False)
    assert reactions(ann, room) == []


def test_reaction_goes_with_a_deleted_message_and_none_comes_behind_it(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "done")
    ann.call("react", conversation=room, seq=1, emoji="👍")
    ann.call("edit", conversation=room, seq=1, body="really done")
    assert reactions(ann, room) == [("👍", 1, True)]

    ann.call("delete", conversation=room, seq=1)

    assert reactions(ann, room) == []
    assert code(ann, "react", conversation=room, seq=1, emoji="👍") == "no_message"
    assert ann.call("read_reactions", conversation=room, seq=1).get("reactors", []) == []


def test_reaction_is_refused_with_what_is_no_emoji_and_to_what_one_does_not_see(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    ann.say(room, "done")

    for text in (":+1:", "ok", "👍👍", "👍 ", "\u200d", "1", "\U0001f3fb"):
        assert code(ann, "react", conversation=room, seq=1, emoji=text) == "bad_request", text
    assert code(ann, "react", conversation=room, seq=9, emoji="👍") == "no_message"
    assert code(bob, "react", conversation=room, seq=1, emoji="👍") == "not_member"
    assert code(bob, "react", conversation=10**6, seq=1, emoji="👍") == "no_conversation"


def test_message_takes_twenty_different_reactions_and_more_of_those(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "vote")
    for number in range(20):
        ann.call("react", conversation=room, seq=1, emoji=chr(0x1F400 + number))

    assert code(bob, "react", conversation=room, seq=1, emoji="👍") == "too_many"
    bob.call("react", conversation=room, seq=1, emoji="\U0001f400")
    assert reactions(ann, room)[0] == ("\U0001f400", 2, True)


def test_pin_is_for_operators_and_is_listed(people: People) -> None:
    ann, bob = people.enter(), people.enter()  # who makes a channel is its operator
    room = people.room(ann, bob)
    bob.say(room, "how to begin")

    assert code(bob, "pin", conversation=room, seq=1) == "not_allowed"
    ann.call("pin", conversation=room, seq=1)
    assert ann.call("pin", conversation=room, seq=1)["duplicate"]

    listed = bob.call("read_pins", conversation=room)["messages"]
    assert [(each["seq"], each["pinned"]) for each in listed] == [(1, True)]
    assert durable(settle(bob), room)[-1]["kind"] == "message_pinned"
    ann.call("pin", conversation=room, seq=1, on=False)
    assert bob.call("read_pins", conversation=room).get("messages", []) == []


def test_bookmark_is_told_to_the_own_devices_only(people: People) -> None:
    name = unique("ann")
    ann, laptop, bob = people.enter(name), people.enter(name), people.enter()
    room = people.room(ann, bob)
    bob.say(room, "remember this")

    ann.call("bookmark", conversation=room, seq=1)
    assert ann.call("bookmark", conversation=room, seq=1)["duplicate"]

    for wire in (ann, laptop):
        told = [event for event in settle(wire) if event["kind"] == "bookmark_changed"]
        assert [(each["message"], each["kept"]) for each in told] == [(1, True)]
    assert not [event for event in settle(bob) if event["kind"] == "bookmark_changed"]
    (kept,) = laptop.call("read_bookmarks")["bookmarks"]
    assert (kept["conversation"], kept["message"]["body"]) == (room, "remember this")
    assert bob.call("read_bookmarks").get("bookmarks", []) == []
    assert laptop.call("resume")["bookmarks"] == [{"conversation": room, "messages": [1]}]
    assert "bookmarks" not in bob.call("resume")
    laptop.call("bookmark", conversation=room, seq=1, on=False)
    assert ann.call("read_bookmarks").get("bookmarks", []) == []


def test_operator_deletes_what_others_said_and_reads_what_it_said_before(people: People) -> None:
    ann, bob, eve = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, eve)
    bob.say(room, "one")
    bob.call("edit", conversation=room, seq=1, body="two")

    assert [each["body"] for each in ann.call("read_versions", conversation=room, seq=1)["versions"]] == ["one", "two"]
    assert [each["body"] for each in bob.call("read_versions", conversation=room, seq=1)["versions"]] == ["one", "two"]
    assert code(eve, "read_versions", conversation=room, seq=1) == "not_allowed"
    assert code(eve, "delete", conversation=room, seq=1) == "not_allowed"
    assert code(ann, "edit", conversation=room, seq=1, body="mine now") == "not_allowed"

    ann.call("delete", conversation=room, seq=1)

    message = eve.call("history", conversation=room)["messages"][0]
    assert (message["deleted"], message["body"], message["edits"]) == (True, "", 1)
    assert [each.get("body", "") for each in ann.call("read_versions", conversation=room, seq=1)["versions"]] == [
        "",
        "",
    ]
