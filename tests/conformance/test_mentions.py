"""docs/protocol.md, "Mentions": who is called by what, how it is counted and listed; and quiet conversations."""

from __future__ import annotations

from typing import Any

from tests.support.people import People, settle, unique
from tests.support.wire import Wire


def numbers(wire: Wire, room: int) -> tuple[int, int]:
    """Return what is unread, and what of it mentions the account."""
    found = wire.call("find", conversation=room)["conversation"]
    return found.get("unread", 0), found.get("mentions", 0)


def number_of(wire: Wire, room: int, name: str) -> int:
    members = wire.call("list_members", conversation=room)["members"]
    return int(next(each["account"] for each in members if each["name"] == name))


def test_mention_is_told_with_the_message_counted_and_listed(people: People) -> None:
    name = unique("bob")
    ann, bob = people.enter(), people.enter(name)
    room = people.room(ann, bob)
    bobs = number_of(ann, room, name)

    ann.say(room, f"hello @{name.upper()}, and @{unique('nobody')}")
    ann.say(room, f"`@{name}` is code, > is a quote, x@{name} an address")
    settle(bob)

    first, second = bob.call("history", conversation=room)["messages"]
    assert (first["mentions"], second["mentions"]) == ([bobs], [])
    assert bob.call("read_events", conversation=room, after=0)["events"][0]["mentions"] == [bobs]
    assert (numbers(bob, room), numbers(ann, room)) == ((2, 1), (0, 0))
    (hit,) = bob.call("list_mentions")["hits"]
    assert (hit["conversation"], hit["message"]) == (room, first)
    ann.call("delete", conversation=room, seq=1)
    assert (numbers(bob, room), bob.call("list_mentions")["hits"]) == ((1, 0), [])


def test_pushes_of_messages_and_edits_say_whom_they_mention(people: People) -> None:
    name = unique("bob")
    ann, bob = people.enter(), people.enter(name)
    room = people.room(ann, bob)
    bobs = number_of(ann, room, name)
    settle(bob)

    ann.say(room, f"@{name}")
    ann.call("edit", conversation=room, seq=1, body="nobody")
    ann.call("edit", conversation=room, seq=1, body="@here")

    told = [event for event in settle(bob) if event["kind"].startswith("message_")]
    assert [(event.get("mentions", []), event.get("everyone", "")) for event in told] == [
        ([bobs], ""),
        ([], ""),
        ([bobs], ""),
    ]


def test_here_calls_those_who_are_here_and_nobody_else(people: People) -> None:
    bobs, eves, toms = unique("bob"), unique("eve"), unique("tom")
    ann, bob, eve = people.enter(), people.enter(bobs), people.enter(eves)
    tom = people.enter(toms, resume=False)
    room = people.room(ann, bob, eve, tom)
    eve.call("set_presence", state="away")
    ann.say(room, "@here: lunch")

    assert numbers(bob, room) == (1, 1)
    assert numbers(eve, room) == (1, 0), "who is away is not here"
    assert numbers(tom, room) == (1, 0), "who follows nothing is not connected"
    [message] = ann.call("history", conversation=room)["messages"]
    assert (message["mentions"], message["everyone"]) == ([number_of(ann, room, bobs)], "")
    assert tom.call("list_mentions")["hits"] == []
    ann.call("edit", conversation=room, seq=1, body="lunch")
    assert numbers(bob, room) == (1, 0)


def test_everybody_is_called_by_those_who_keep_order_only(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    answer = bob.ask("post", conversation=room, cid=bytes(15) + b"c", body="@channel: lunch")
    assert (answer["code"], "Only operators and voices" in answer["text"]) == ("not_allowed", True)
    ann.say(room, "@channel: lunch")

    assert numbers(bob, room) == (1, 1)
    assert [hit["message"]["everyone"] for hit in bob.call("list_mentions")["hits"]] == ["channel"]


def test_cursor_of_another_kind_is_refused(people: People) -> None:
    ann = people.enter()
    for cursor in ("x", "1", "1:", ":1", "-1:2", "1:2:3"):
        assert ann.refused("list_mentions", cursor=cursor) == "bad_request"


def test_marker_goes_back_where_it_is_asked_to_and_all_devices_hear_so(people: People) -> None:
    name = unique("ann")
    desk, phone, bob = people.enter(name), people.enter(name), people.enter()
    room = people.room(desk, bob)
    for number in range(3):
        bob.say(room, f"{number}")
    desk.call("mark_read", conversation=room, seq=3)
    settle(phone)

    desk.call("mark_read", conversation=room, seq=1)
    assert numbers(phone, room) == (0, 0), "forward only"
    desk.call("mark_read", conversation=room, seq=1, back=True)

    (moved,) = [event for event in settle(phone) if event["kind"] == "read_marker_moved"]
    assert (moved["read"], moved["back"]) == (1, True)
    assert numbers(phone, room) == (2, 0)


def test_everything_is_read_by_one_request_up_to_where_it_was_seen(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    rooms = [people.room(ann, bob), people.room(ann, bob)]
    for room in rooms:
        bob.say(room, "one")
        bob.say(room, "two")

    positions: list[dict[str, Any]] = [{"conversation": rooms[0], "seq": 2}, {"conversation": rooms[1], "seq": 1}]
    ann.call("mark_all_read", positions=[*positions, {"conversation": 2**40, "seq": 1}])

    assert [numbers(ann, room)[0] for room in rooms] == [0, 1]
    left = {each["id"]: each["unread"] for each in ann.call("list_unread")["conversations"]}
    assert (left.get(rooms[1]), rooms[0] in left) == (1, False)


def test_quiet_is_told_to_all_devices_of_the_account_and_to_nobody_else(people: People) -> None:
    name = unique("ann")
    desk, phone, bob = people.enter(name), people.enter(name), people.enter()
    room = people.room(desk, bob)
    for wire in (phone, bob):
        settle(wire)

    desk.call("set_quiet", conversation=room, quiet=True)

    (told,) = [event for event in settle(phone) if event["kind"] == "conversation_quieted"]
    assert (told["conversation"], told["quiet"]) == (room, True)
    assert [event for event in settle(bob) if event["kind"] == "conversation_quieted"] == []
    assert phone.call("find", conversation=room)["conversation"]["quiet"] is True
    assert bob.call("find", conversation=room)["conversation"].get("quiet", False) is False


def test_what_is_written_by_somebody_whom_one_ignores_is_neither_unread_nor_a_mention(people: People) -> None:
    name, eves = unique("bob"), unique("eve")
    eve, bob = people.enter(eves), people.enter(name)
    room = people.room(eve, bob)
    eve.say(room, f"@{name} before")
    assert numbers(bob, room) == (1, 1)
    settle(bob)

    bob.call("set_ignored", account=eves, ignored=True)
    eve.say(room, f"@{name} after")

    assert [event["kind"] for event in settle(bob)] == ["ignore_changed", "message_posted"], "it is pushed all the same"
    assert numbers(bob, room) == (0, 0)
    assert bob.call("list_mentions")["hits"] == []
    assert room not in [each["id"] for each in bob.call("list_unread")["conversations"]]
    assert len(bob.call("history", conversation=room)["messages"]) == 2
    own = bob.say(room, "I go on")["seq"]
    assert bob.call("find", conversation=room)["conversation"]["read"] == own, "nothing unread lies before it"
    bob.call("mark_read", conversation=room, seq=0, back=True)
    assert numbers(bob, room) == (0, 0)
    bob.call("set_ignored", account=eves, ignored=False)
    assert numbers(bob, room) == (2, 2)
