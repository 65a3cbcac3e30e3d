"""Warnings, mutes, kicks and bans in a channel."""

from __future__ import annotations

import os
import re

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def two(people: People) -> tuple[Wire, Wire, str, int]:
    """Return an operator, a member, the member's name and their channel."""
    name = unique("bob")
    ann, bob = people.enter(), people.enter(name)
    return ann, bob, name, people.room(ann, bob)


def test_a_muted_member_is_told_why_and_how_long(people: People) -> None:
    ann, bob, name, room = two(people)

    ann.call("sanction_member", conversation=room, account=name, act="mute", seconds=600, reason="too loud")

    (event,) = durable(settle(bob), room)
    assert (event["kind"], event["act"], event["account_name"]) == ("member_sanctioned", "mute", name)
    assert event["until"] - event["ts"] == 600_000
    failure = bob.ask("post", conversation=room, cid=os.urandom(16), body="hello")
    assert (failure["code"], failure["final"]) == ("muted", True)
    assert re.fullmatch(r"You are muted here for another (9 minutes|10 minutes).*: too loud\.", failure["text"])
    bob.say("#general", unique("elsewhere"))
    ann.call("sanction_member", conversation=room, account=name, act="unmute")
    bob.say(room, "hello")


def test_a_muted_member_is_not_seen_typing(people: People) -> None:
    ann, bob, name, room = two(people)
    bob.call("set_typing", conversation=room)
    assert any(event["kind"] == "typing" for event in settle(ann))
    ann.call("sanction_member", conversation=room, account=name, act="mute")

    bob.call("set_typing", conversation=room)

    assert not any(event["kind"] == "typing" for event in settle(ann))


def test_a_kicked_member_is_out_and_may_come_back(people: People) -> None:
    ann, bob, name, room = two(people)
    ann.say(room, "hello")
    settle(bob)

    ann.call("sanction_member", conversation=room, account=name, act="kick", reason="off topic")

    pushed = settle(bob)
    (left,) = [event for event in pushed if event["kind"] == "conversation_left"]
    assert (left["reason"], left["text"], left["last"]) == ("kicked", "off topic", 1)
    assert durable(pushed, room) == [], "what comes behind is for those that are there"
    assert [event["kind"] for event in durable(settle(ann), room)] == ["message_posted", "member_sanctioned"]
    assert bob.refused("post", conversation=room, cid=os.urandom(16), body="hello") == "not_member"
    channel = ann.call("find", conversation=room)["conversation"]["name"]
    assert bob.call("join", channel=channel)["conversation"]["id"] == room


def test_a_banned_member_stays_out_until_the_ban_is_lifted(people: People) -> None:
    ann, bob, name, room = two(people)
    channel = ann.call("find", conversation=room)["conversation"]["name"]

    ann.call("sanction_member", conversation=room, account=name, act="ban", seconds=3600, reason="spam")

    assert bob.push_of("conversation_left")["reason"] == "banned"
    failure = bob.ask("join", channel=channel)
    assert failure["code"] == "banned"
    assert re.fullmatch(rf"You are banned from #{channel} for another (59 minutes|1 hour).*: spam\.", failure["text"])
    (listed,) = ann.call("list_member_sanctions", conversation=room)["sanctions"]
    assert (listed["kind"], listed["name"], listed["reason"]) == ("ban", name, "spam")
    ann.call("sanction_member", conversation=room, account=name, act="unban")
    assert ann.call("list_member_sanctions", conversation=room) == {}
    assert bob.call("join", channel=channel)["conversation"]["id"] == room


def test_who_was_put_out_while_away_learns_how(people: People) -> None:
    ann, bob, name, room = two(people)
    bob.socket.close()
    ann.call("sanction_member", conversation=room, account=name, act="kick", reason="off topic")

    back = people.enter(name, resume=False)
    position = {"conversation": room, "seq": 0}
    (told,) = [entry for entry in back.call("resume", positions=[position])["catch_ups"] if entry.get("gone")]
    assert (told["conversation"], told["gone"], told["text"]) == (room, "kicked", "off topic")


def test_a_warning_is_for_one_pair_of_eyes(people: People) -> None:
    ann, bob, name, room = two(people)

    ann.call("sanction_member", conversation=room, account=name, act="warn", reason="mind your words")

    event = bob.push_of("account_sanctioned")
    assert (event["act"], event["conversation"], event["reason"]) == ("warn", room, "mind your words")
    assert durable(settle(ann), room) == []


def test_members_sanction_nobody_and_operators_not_each_other(people: People) -> None:
    ann, bob, name, room = two(people)
    third = unique("cleo")
    cleo = people.enter(third)
    cleo.call("join", channel=ann.call("find", conversation=room)["conversation"]["name"])
    for act in ("warn", "mute", "kick", "ban"):
        assert bob.refused("sanction_member", conversation=room, account=third, act=act) == "not_allowed"
    for account in (name, third):
        ann.call("set_role", conversation=room, account=account, role="operator")
    for act in ("warn", "mute", "kick", "ban"):
        assert bob.refused("sanction_member", conversation=room, account=third, act=act) == "not_allowed"


def test_the_whole_server_is_kept_in_order_by_moderators_only(people: People) -> None:
    name = unique("bob")
    ann, _ = people.enter(), people.enter(name)
    assert ann.refused("sanction_account", account=name, act="kick") == "not_allowed"
    assert ann.refused("list_sanctions") == "not_allowed"
    assert ann.refused("lockdown") == "not_allowed"
