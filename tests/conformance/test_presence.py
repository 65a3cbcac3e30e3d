"""How people want to be met: told on demand, gathered, and never to those who should not know."""

from __future__ import annotations

from typing import Any

from tests.support.people import People, settle, unique
from tests.support.wire import Wire


def named(people: People, prefix: str) -> tuple[Wire, str]:
    name = unique(prefix)
    return people.enter(name), name


def told(wire: Wire, conversation: int, what: str) -> dict[str, Any]:
    """Return the next signal about a conversation that tells of something."""
    while True:
        event = wire.push_of("members_changed")
        if event["conversation"] == conversation and event.get(what):
            return event


def state_of(wire: Wire, conversation: int, name: str) -> tuple[bool, str]:
    members = wire.call("list_members", conversation=conversation)["members"]
    (member,) = [member for member in members if member["name"] == name]
    return member["online"], member["state"]


def test_who_is_away_is_told_with_a_text_to_whoever_asks(people: People) -> None:
    (ann, anns), (bob, _) = named(people, "ann"), named(people, "bob")
    room = people.room(ann, bob)
    direct = bob.call("open_direct", account=anns)["conversation"]["id"]

    ann.call("set_presence", state="away", text=" lunch\n\x1b[2J ")

    event = told(bob, room, "met")
    assert [met["state"] for met in event["met"]] == ["away"]
    about = bob.call("whois", account=f"@{anns}")
    assert (about["state"], about["online"]) == ("away", True)
    assert about["text"].startswith("lunch")
    assert "\x1b" not in about["text"]
    assert state_of(bob, room, anns) == (True, "away")
    assert bob.call("find", conversation=direct)["conversation"]["state"] == "away"

    ann.call("set_presence", state="online")
    assert [met["state"] for met in told(bob, room, "met")["met"]] == ["online"]
    assert "text" not in bob.call("whois", account=anns)


def test_who_was_away_is_away_after_a_reconnect(people: People) -> None:
    (ann, anns), (bob, _) = named(people, "ann"), named(people, "bob")
    room = people.room(ann, bob)
    ann.call("set_presence", state="busy")
    assert [met["state"] for met in told(bob, room, "met")["met"]] == ["busy"]
    ann.socket.close()
    while bob.call("whois", account=anns).get("online"):
        pass

    people.enter(anns)

    assert [met["state"] for met in told(bob, room, "met")["met"]] == ["busy"]
    assert state_of(bob, room, anns) == (True, "busy")


def test_who_hides_is_shown_as_not_connected(people: People) -> None:
    (ann, anns), (bob, _) = named(people, "ann"), named(people, "bob")
    room = people.room(ann, bob)

    ann.call("set_presence", state="hidden")

    assert state_of(bob, room, anns) == (False, "online")
    assert bob.call("whois", account=anns).get("online", False) is False
    assert bob.refused("request_chat", account=anns) == "unavailable"
    ann.call("set_typing", conversation=room)
    assert not any(event["kind"] == "typing" for event in settle(bob)), "that would give it away"
    ann.say(room, "still here")
    assert bob.push_of("message_posted")["name"] == anns

    ann.call("set_presence", state="online")
    assert state_of(bob, room, anns) == (True, "online")


def test_busy_person_is_asked_for_no_private_chat_and_that_is_told(people: People) -> None:
    (ann, anns), (bob, _) = named(people, "ann"), named(people, "bob")
    ann.call("set_presence", state="busy", text="a meeting")

    failure = bob.ask("request_chat", account=anns)

    assert (failure["code"], failure["text"]) == ("unavailable", f"'{anns}' is busy: a meeting; try later.")
    ann.call("set_presence", state="online")
    assert bob.call("request_chat", account=anns)["chat"]["begun"] is True
    assert bob.call("whois", account=anns)["chatting"] is True


def test_long_text_is_refused(people: People) -> None:
    assert people.enter().refused("set_presence", state="away", text="x" * 201) == "too_long"
