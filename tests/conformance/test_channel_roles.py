"""Roles and rules of channels: operators, voices, moderated and slow and locked channels."""

from __future__ import annotations

import os
import time

import pytest

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def named(people: People, prefix: str) -> tuple[Wire, str]:
    """Enter under a name that is told, too."""
    name = unique(prefix)
    return people.enter(name), name


def channel_role(wire: Wire, room: int) -> str:
    """Return one's own role."""
    role: str = wire.call("find", conversation=room)["conversation"]["role"]
    return role


def test_who_makes_a_channel_is_its_operator(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    assert channel_role(ann, room) == "operator"
    assert channel_role(bob, room) == "member"
    listed = ann.call("list_members", conversation=room)["members"]
    assert sorted(member["channel_role"] for member in listed) == ["member", "operator"]


def test_a_role_is_an_event_that_everybody_gets(people: People) -> None:
    ann, ann_name = named(people, "ann")
    bob, bob_name = named(people, "bob")
    room = people.room(ann, bob)

    assert ann.call("set_role", conversation=room, account=f"@{bob_name}", role="voice") == {}

    for wire in (ann, bob):
        (event,) = durable(settle(wire), room)
        assert (event["kind"], event["seq"], event["name"]) == ("role_changed", 1, ann_name)
        assert (event["account_name"], event["role"]) == (bob_name, "voice")
    assert channel_role(bob, room) == "voice"
    again = bob.call("read_events", conversation=room, after=0)["events"]
    assert [(event["kind"], event["account_name"]) for event in again] == [("role_changed", bob_name)]


def test_rules_are_an_event_that_everybody_gets_and_a_field_of_the_conversation(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    ann.call("set_rules", conversation=room, moderated=True, slow_s=60, reason="too \x1b[31m much")

    (event,) = durable(settle(bob), room)
    assert event["kind"] == "rules_changed"
    assert event["rules"] == {"moderated": True, "slow_s": 60}
    assert list(event["changed"]) == ["moderated", "slow_s"]
    assert event["reason"] == "too ␛[31m much"
    assert bob.call("find", conversation=room)["conversation"]["rules"] == {"moderated": True, "slow_s": 60}


def test_the_same_rules_again_are_no_event(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.call("set_rules", conversation=room, moderated=True)
    settle(ann)

    ann.call("set_rules", conversation=room, moderated=True, visibility="public")

    assert durable(settle(ann), room) == []


def test_rules_and_roles_are_for_operators_of_channels_only(people: People) -> None:
    ann, ann_name = named(people, "ann")
    bob = people.enter()
    room = people.room(ann, bob)
    direct = bob.call("open_direct", account=ann_name)["conversation"]["id"]

    for where in (room, direct, "#announcements"):
        assert bob.refused("set_rules", conversation=where, moderated=True) == "not_allowed"
        assert bob.refused("set_role", conversation=where, account=ann_name, role="member") == "not_allowed"
    assert bob.refused("set_rules", conversation=2**53 - 1, moderated=True) == "no_conversation"
    assert ann.refused("set_role", conversation=room, account=unique("nobody"), role="voice") == "no_account"


def test_in_a_moderated_channel_only_voices_and_operators_write(people: People) -> None:
    ann = people.enter()
    bob, bob_name = named(people, "bob")
    room = people.room(ann, bob)
    ann.call("set_rules", conversation=room, moderated=True)

    cid = os.urandom(16)
    failure = bob.ask("post", conversation=room, cid=cid, body="me too")
    assert (failure["code"], failure["final"]) == ("not_allowed", True)
    ann.call("set_role", conversation=room, account=bob_name, role="voice")
    assert bob.call("post", conversation=room, cid=cid, body="me too")["seq"] == 3
    assert ann.say(room, "welcome")["seq"] == 4


def test_a_slow_channel_says_when_to_come_back(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.call("set_rules", conversation=room, slow_s=1)
    bob.say(room, "one")

    cid = os.urandom(16)
    failure = bob.ask("post", conversation=room, cid=cid, body="two")
    assert (failure["code"], failure.get("final", False)) == ("slow_mode", False)
    assert 0 < failure["retry_after"] <= 1
    ann.say(room, "operators need not wait")
    ann.say(room, "at all")
    deadline = time.monotonic() + 10
    while (answer := bob.ask("post", conversation=room, cid=cid, body="two"))["t"] == "failure":
        assert time.monotonic() < deadline
        assert answer["code"] == "slow_mode"
    assert answer["reply"]["seq"] == 5


@pytest.mark.parametrize(
    ("rules", "code"), [({"locked": True}, "locked"), ({"locked": True, "locked_s": 600}, "locked")], ids=["on", "for"]
)
def test_in_a_locked_channel_only_operators_write(people: People, rules: dict[str, object], code: str) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.call("set_rules", conversation=room, **rules)

    assert bob.refused("post", conversation=room, cid=os.urandom(16), body="hello") == code
    ann.say(room, "wait a moment")
    ann.call("set_rules", conversation=room, locked=False)
    bob.say(room, "hello")


def test_in_an_archived_channel_nobody_writes_and_everybody_reads(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    seq = bob.say(room, "once")["seq"]
    ann.call("set_rules", conversation=room, archived=True)

    for wire in (ann, bob):
        assert wire.refused("post", conversation=room, cid=os.urandom(16), body="hello") == "archived"
    assert bob.refused("edit", conversation=room, seq=seq, body="twice") == "archived"
    bob.call("delete", conversation=room, seq=seq)
    assert len(people.enter().call("history", conversation=room)["messages"]) == 1


def test_a_topic_is_set_by_whom_the_rules_let(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.call("set_rules", conversation=room, topic_by="operator")

    assert bob.refused("set_topic", conversation=room, topic="mine") == "not_allowed"
    ann.call("set_topic", conversation=room, topic="ours")
