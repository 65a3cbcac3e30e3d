"""Unlisted and invite-only channels: whoever is not in one is told what is told of a channel that does not exist."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.support.people import People, unique
from tests.support.wire import Wire

CLOSED = pytest.mark.parametrize("visibility", ["unlisted", "invite"])


def closed(people: People, ann: Wire, visibility: str) -> tuple[int, str]:
    """Make a channel that is not public; return its number and name."""
    room = people.room(ann)
    name = ann.call("find", conversation=room)["conversation"]["name"]
    ann.say(room, "between us")
    ann.call("set_rules", conversation=room, visibility=visibility)
    return room, name


def everything_about(wire: Wire, where: int | str, somebody: str) -> dict[str, dict[str, Any]]:
    """Ask everything that can be asked of a conversation; return the answers."""
    asked: dict[str, dict[str, Any]] = {
        "post": {"cid": os.urandom(16), "body": "hello"},
        "edit": {"seq": 1, "body": "changed"},
        "delete": {"seq": 1},
        "history": {},
        "read_events": {"after": 0},
        "leave": {},
        "find": {},
        "list_members": {},
        "set_topic": {"topic": "x"},
        "mark_read": {"seq": 1},
        "set_typing": {},
        "set_role": {"account": somebody, "role": "voice"},
        "set_rules": {"moderated": True},
        "invite_member": {"account": somebody},
        "sanction_member": {"account": somebody, "act": "ban"},
        "list_member_sanctions": {},
        "list_moderation": {},
        "set_moderation": {"name": "links", "value": "warn"},
    }
    answers = {do: wire.ask(do, conversation=where, **fields) for do, fields in asked.items()}
    if isinstance(where, int):
        answers["attach"] = wire.ask("attach", position={"conversation": where, "seq": 0})
    return {do: {key: value for key, value in answer.items() if key != "id"} for do, answer in answers.items()}


@CLOSED
def test_a_closed_channel_answers_like_none_by_number_and_by_name(people: People, visibility: str) -> None:
    name = unique("ann")
    ann, eve = people.enter(name), people.enter()
    room, called = closed(people, ann, visibility)

    nowhere = everything_about(eve, 2**40, name)
    assert {answer["code"] for answer in nowhere.values()} == {"no_conversation"}
    assert everything_about(eve, room, name) == nowhere
    unnamed = everything_about(eve, "#" + "n" * len(called), name)
    by_name = everything_about(eve, f"#{called}", name)
    for do, answer in by_name.items():
        assert answer["code"] == "no_conversation"
        assert answer["text"] == unnamed[do]["text"].replace("n" * len(called), called)


@CLOSED
def test_a_closed_channel_is_in_nobodys_list_but_its_members(people: People, visibility: str) -> None:
    ann, eve = people.enter(), people.enter()
    _, name = closed(people, ann, visibility)

    def listed(wire: Wire) -> list[str]:
        page = wire.call("list_channels", after=name[:-1], limit=5)
        return [channel["name"] for channel in page["channels"]]

    assert name in listed(ann)
    assert name not in listed(eve)


@CLOSED
def test_a_resume_tells_nothing_of_a_closed_channel(people: People, visibility: str) -> None:
    ann, eve = people.enter(), people.enter()
    room, _ = closed(people, ann, visibility)

    positions = [{"conversation": number, "seq": 1, "eid": bytes(8)} for number in (room, 2**40)]
    caught_up = eve.call("resume", positions=positions)["catch_ups"]
    told = {entry["conversation"]: entry.get("gone") for entry in caught_up}
    assert (told[room], told[2**40]) == ("left", "left")


def test_an_unlisted_channel_is_joined_by_name(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room, name = closed(people, ann, "unlisted")

    assert bob.call("join", channel=name, create=False)["conversation"]["id"] == room
    assert len(bob.call("history", conversation=room)["messages"]) == 1


def test_an_invite_only_channel_is_joined_once_invited(people: People) -> None:
    name = unique("bob")
    ann, bob = people.enter(), people.enter(name)
    room, channel = closed(people, ann, "invite")
    assert bob.refused("join", channel=channel, create=False) == "no_conversation"
    assert bob.refused("join", channel=channel) == "name_taken"

    ann.call("invite_member", conversation=room, account=name)

    event = bob.push_of("invited")
    assert (event["conversation"], event["channel"]) == (room, channel)
    assert bob.call("join", channel=channel, create=False)["conversation"]["id"] == room


def test_a_former_member_reads_up_to_where_it_left(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room, name = closed(people, ann, "unlisted")
    bob.call("join", channel=name)
    bob.call("leave", conversation=room)
    ann.say(room, "behind your back")

    assert [message["body"] for message in bob.call("history", conversation=room)["messages"]] == ["between us"]
    assert [event["seq"] for event in bob.call("read_events", conversation=room, after=0)["events"]] == [1, 2]
    assert bob.refused("list_members", conversation=room) == "no_conversation"


def test_a_former_member_does_not_learn_how_much_is_said_behind_where_it_left(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room, name = closed(people, ann, "unlisted")
    bob.call("join", channel=name)
    bob.call("leave", conversation=room)

    def pages() -> list[dict[str, Any]]:
        asked: tuple[tuple[str, dict[str, Any]], ...] = (
            ("history", {}),
            ("read_events", {"after": 0}),
            ("read_thread", {"thread": 1}),
        )
        return [bob.call(do, conversation=room, **fields) for do, fields in asked]

    before = pages()
    ann.say(room, "behind your back")
    ann.say(room, "and more", thread=1)

    assert pages() == before
    assert [page["head"] for page in before] == [2, 2, 2]
