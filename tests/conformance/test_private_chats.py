"""Private chats on the wire: asked for, begun, refused, ended by number; and closed doors."""

from __future__ import annotations

import os

import pytest

from tests.support.people import People, settle, unique


def test_a_private_chat_begins_at_once_with_who_is_online_and_free(people: People) -> None:
    names = [unique("ann"), unique("bob"), unique("carol")]
    ann, bob, carol = (people.enter(name) for name in names)
    assert ann.call("list_chats").get("number", 0) == 0

    about = ann.call("request_chat", account=names[1])

    number = about["chat"]["number"]
    assert about["chat"]["begun"]
    assert bob.call("list_chats")["number"] == number
    (begun,) = [event for event in settle(bob) if event["kind"] == "private_chat_changed"]
    assert (begun["number"], begun["act"], begun["name"]) == (number, "begun", names[0])
    busy = carol.ask("request_chat", account=names[1])
    assert (busy["code"], busy["text"]) == (
        "unavailable",
        f"'{names[1]}' is busy with another private chat; try later.",
    )
    assert carol.refused("end_chat", number=number) == "not_allowed"
    bob.call("end_chat", number=number)
    assert ann.call("list_chats").get("number", 0) == 0
    assert carol.call("request_chat", account=names[1])["chat"]["number"] > number


def test_a_private_chat_is_refused_with_who_is_not_online(people: People) -> None:
    ann, name = people.enter(), unique("bob")
    people.enter(name, resume=False)

    assert ann.refused("request_chat", account=name) == "unavailable"
    assert ann.refused("request_chat", account=unique("nobody")) == "no_account"


def test_nobody_writes_privately_to_a_closed_door_or_before_being_accepted(people: People) -> None:
    names = [unique("ann"), unique("bob")]
    ann, bob = (people.enter(name) for name in names)
    place = ann.call("open_direct", account=names[1])["conversation"]["id"]
    ann.say(place, "hello")
    bob.call("set_dm_policy", policy="closed")
    closed = ann.ask("post", conversation=place, cid=os.urandom(16), body="hello?")
    assert (closed["code"], closed["text"]) == ("not_allowed", f"'{names[1]}' takes no private messages.")
    bob.call("set_dm_policy", policy="request")

    waits = ann.call("request_chat", account=names[1])["chat"]

    assert not waits.get("begun", False)
    assert ann.refused("post", conversation=place, cid=os.urandom(16), body="hello?") == "not_allowed"
    bob.call("answer_chat", account=names[0], accept=True)
    ann.say(place, "hello again")
    bob.call("set_ignored", account=names[0], ignored=True)
    ignored = ann.ask("post", conversation=place, cid=os.urandom(16), body="hello?")
    assert ignored["text"] == closed["text"]
    assert bob.call("list_ignored")["names"] == [names[0]]


def test_ignored_accounts_are_told_to_all_devices_and_at_every_resume(people: People) -> None:
    name, bobs = unique("ann"), unique("bob")
    desk, phone, bob = people.enter(name), people.enter(name), people.enter(bobs)
    number = bob.call("rename", name=bobs)["account"]["id"]

    desk.call("set_ignored", account=bobs, ignored=True)

    event = phone.push_of("ignore_changed")
    assert (event["account"], event.get("ignored", True)) == (number, True)
    assert phone.call("resume")["ignored"] == [number]
    desk.call("set_ignored", account=bobs, ignored=False)
    assert phone.push_of("ignore_changed")["ignored"] is False
    assert "ignored" not in phone.call("resume")


def test_invitation_that_came_while_one_was_away_is_told_at_the_resume(people: People) -> None:
    name = unique("ann")
    ann, bob = people.stranger(), people.enter()
    before = ann.enter(name)
    ann.socket.close()
    room = people.room(bob)
    bob.call("set_rules", conversation=room, visibility="invite")
    bob.call("invite_member", conversation=room, account=name)

    again = people.stranger()
    again.enter(name, resume=False)
    resumed = again.call("resume", epoch=before["epoch"], seq=before["seq"])

    assert [(event["kind"], event["conversation"]) for event in resumed["missed"]] == [("invited", room)]
    later = again.call("resume", epoch=before["epoch"], seq=resumed["seq"])
    assert "missed" not in later


@pytest.mark.parametrize("ended", ["deleted", "used"])
def test_invitation_is_not_told_at_the_resume_when_it_ended_while_one_was_away(people: People, ended: str) -> None:
    name = unique("ann")
    ann, bob = people.stranger(), people.enter()
    before = ann.enter(name)
    room = people.room(bob)
    called = bob.call("find", conversation=room)["conversation"]["name"]
    bob.call("set_rules", conversation=room, visibility="invite")
    bob.call("invite_member", conversation=room, account=name)
    if ended == "deleted":
        bob.call("delete_channel", conversation=room, name=called)
    else:
        ann.call("join", channel=called)
        ann.call("leave", conversation=room)
    ann.socket.close()

    again = people.stranger()
    again.enter(name, resume=False)

    assert "missed" not in again.call("resume", epoch=before["epoch"], seq=before["seq"])


def test_who_was_put_out_while_away_is_told_once_by_the_position_or_by_what_was_missed(people: People) -> None:
    name = unique("ann")
    ann, bob = people.stranger(), people.enter()
    before = ann.enter(name)
    room = people.room(bob)
    position = {"conversation": room, "seq": 0}
    ann.call("join", channel=bob.call("find", conversation=room)["conversation"]["name"])
    ann.socket.close()
    bob.call("sanction_member", conversation=room, account=name, act="kick", reason="noise")

    again = people.stranger()
    again.enter(name, resume=False)
    unnamed = again.call("resume", epoch=before["epoch"], seq=before["seq"])
    named = again.call("resume", epoch=before["epoch"], seq=before["seq"], positions=[position])

    (out,) = unnamed["missed"]
    assert (out["kind"], out["conversation"], out["reason"], out["text"]) == (
        "conversation_left",
        room,
        "kicked",
        "noise",
    )
    assert "missed" not in named, "the catch-up tells it"
    assert [each["gone"] for each in named["catch_ups"] if each["conversation"] == room] == ["kicked"]


def test_message_to_somebody_who_ignores_one_cannot_be_edited_any_more(people: People) -> None:
    anns, bobs = unique("ann"), unique("bob")
    ann, bob = people.enter(anns), people.enter(bobs)
    room = bob.call("open_direct", account=anns)["conversation"]["id"]
    seq = bob.say(room, "hello")["seq"]
    ann.call("set_ignored", account=bobs, ignored=True)

    assert bob.refused("edit", conversation=room, seq=seq, body="and listen to me") == "not_allowed"
    assert bob.call("delete", conversation=room, seq=seq)["seq"] > seq, "taking it back is always possible"
