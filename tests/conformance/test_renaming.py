"""Names are labels: another one is told to those concerned, and two accounts never have the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def renamings(wire: Wire) -> list[dict[str, Any]]:
    return [event for event in settle(wire) if event["kind"] == "account_renamed"]


def test_a_new_name_is_told_to_those_who_share_a_conversation(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    people.room(ann, bob)
    new = unique("anna")

    account = ann.call("rename", name=new)["account"]

    assert account["name"] == new
    for wire in (ann, bob):
        assert [(event["account"], event["name"]) for event in renamings(wire)] == [(account["id"], new)]


def test_messages_carry_the_new_name_from_then_on(people: People) -> None:
    old, new = unique("ann"), unique("anna")
    ann, bob = people.enter(old), people.enter()
    room = people.room(ann, bob)

    ann.say(room, "before")
    ann.call("rename", name=new)
    ann.say(room, "after")
    ann.call("set_typing", conversation=room)

    pushed = settle(bob)
    assert [event["name"] for event in durable(pushed, room)] == [old, new]
    assert [event["name"] for event in pushed if event["kind"] == "typing"] == [new]
    assert [message["name"] for message in bob.call("history", conversation=room)["messages"]] == [new, new]


def test_the_account_is_found_under_its_new_name(people: People) -> None:
    old, new = unique("ann"), unique("anna")
    account = people.enter(old).call("rename", name=new)["account"]

    again = people.stranger()
    again.call("hello", protocol=1)

    assert again.call("sign_in", name=new)["account"] == account


def test_the_old_name_is_free_again(people: People) -> None:
    old = unique("ann")
    account = people.enter(old).call("rename", name=unique("anna"))["account"]

    other = people.stranger()
    other.call("hello", protocol=1)
    signed_in = other.call("sign_in", name=old)

    assert signed_in["created"] is True
    assert signed_in["account"]["id"] != account["id"]


def test_a_direct_conversation_shows_the_new_name(people: People) -> None:
    ann, bob = people.enter(), people.enter(unique("bob"))
    bobs = bob.call("rename", name=unique("bobby"))["account"]["name"]
    room = ann.call("open_direct", account=bobs)["conversation"]["id"]

    new = bob.call("rename", name=unique("robert"))["account"]["name"]

    assert ann.call("find", conversation=room)["conversation"]["name"] == new
    assert ann.say(f"@{new}", "hello")["conversation"] == room
    assert ann.refused("find", conversation=f"@{bobs}") == "no_conversation"


def test_a_name_in_use_is_taken_in_any_spelling(people: People) -> None:
    taken = unique("Zoë")
    people.enter(taken)
    ann = people.enter()

    for spelling in (taken, taken.upper(), taken.replace("ë", "e\u0308"), taken.replace("Z", "Ｚ")):
        failure = ann.ask("rename", name=spelling)
        assert (failure["t"], failure["code"], failure["final"]) == ("failure", "name_taken", True), spelling


def test_one_may_change_the_spelling_of_ones_own_name(people: People) -> None:
    name = unique("ann")
    ann = people.enter(name)

    assert ann.call("rename", name=name.upper())["account"]["name"] == name.upper()
    assert ann.call("rename", name=name.upper())["account"]["name"] == name.upper()


@pytest.mark.parametrize("name", ["", "a b", "-x", "\x1b", "n" * 33, "\u3164", "#x"])
def test_an_ill_formed_name_is_refused(people: People, name: str) -> None:
    assert people.enter().refused("rename", name=name) == "bad_name"
