"""Lists come in pages by name: channels, accounts, members."""

from __future__ import annotations

from typing import Any

from tests.support.people import People, unique
from tests.support.wire import Wire


def pages(wire: Wire, do: str, items: str, limit: int, **fields: Any) -> list[dict[str, Any]]:
    """Return all items of a list, read in pages; each must fit the limit and say whether it is the last."""
    found: list[dict[str, Any]] = []
    more = True
    while more:
        page = wire.call(do, after=found[-1]["name"] if found else "", limit=limit, **fields)
        assert len(page[items]) <= limit
        more = page.get("more", False)
        assert page[items] or not more, "an empty page that is not the last would never end"
        found += page[items]
    return found


def in_order(names: list[str]) -> bool:
    return [name.casefold() for name in names] == sorted(name.casefold() for name in names)


def test_channels_are_listed_with_topic_members_and_whether_one_is_in(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    ann.call("set_topic", conversation=room, topic="about this")

    for wire, joined in ((ann, True), (bob, False)):
        (found,) = [one for one in pages(wire, "list_channels", "channels", 200) if one["id"] == room]
        assert (found["topic"], found["members"], found.get("joined", False)) == ("about this", 1, joined)


def test_every_channel_is_listed_once_in_order_whatever_the_size_of_the_page(people: People) -> None:
    ann = people.enter()
    made = {unique("Room") for _ in range(7)}
    for name in made:
        ann.call("join", channel=name)

    whole = [channel["name"] for channel in pages(ann, "list_channels", "channels", 200)]
    pieces = [channel["name"] for channel in pages(ann, "list_channels", "channels", 3)]

    assert made <= set(whole)
    assert "general" in whole
    assert len(whole) == len(set(whole))
    assert in_order(whole)
    assert pieces == whole


def test_direct_conversations_are_never_listed(people: People) -> None:
    ann, name = people.enter(), unique("bob")
    people.enter(name)
    room = ann.call("open_direct", account=name)["conversation"]["id"]

    assert room not in [channel["id"] for channel in pages(ann, "list_channels", "channels", 200)]


def test_accounts_are_listed_once_in_order_with_who_is_online(people: People) -> None:
    here, away = unique("Here"), unique("away")
    ann = people.enter(here)
    gone = people.enter(away)
    gone.send({"t": "goodbye", "code": "client_left"})
    while gone.receive() is not None:
        pass

    whole = pages(ann, "list_users", "accounts", 200)
    pieces = pages(ann, "list_users", "accounts", 3)
    names = [account["name"] for account in whole]

    assert len(names) == len(set(names))
    assert in_order(names)
    assert [account["name"] for account in pieces] == names
    online = {account["name"]: account.get("online", False) for account in whole}
    assert online[here] is True
    assert online[away] is False


def test_accounts_that_are_online_can_be_listed_alone(people: People) -> None:
    here, away = unique("Here"), unique("away")
    ann = people.enter(here)
    gone = people.enter(away)
    gone.send({"t": "goodbye", "code": "client_left"})
    while gone.receive() is not None:
        pass

    online = [account["name"] for account in pages(ann, "list_users", "accounts", 3, online_only=True)]

    assert here in online
    assert away not in online
    assert in_order(online)


def test_who_is_signed_in_but_follows_nothing_is_not_shown_online(people: People) -> None:
    name = unique("script")
    script, ann = people.enter(name, resume=False), people.enter()
    room = people.room(ann, script)

    (member,) = [one for one in pages(ann, "list_members", "members", 200, conversation=room) if one["name"] == name]

    assert member.get("online", False) is False


def test_members_are_listed_once_in_order_with_counts(people: People) -> None:
    wires = [people.enter(unique("Member")) for _ in range(5)]
    room = people.room(*wires)

    whole = wires[0].call("list_members", conversation=room)
    pieces = pages(wires[0], "list_members", "members", 2, conversation=room)

    assert (whole["total"], whole["online"], whole.get("more", False)) == (5, 5, False)
    assert isinstance(whole["rev"], int)
    assert pieces == whole["members"]
    assert in_order([member["name"] for member in pieces])
    assert all(member["online"] for member in pieces)


def test_members_are_listed_for_members_only(people: People) -> None:
    ann, bob = people.enter(), people.enter()

    assert bob.refused("list_members", conversation=people.room(ann)) == "not_member"


def test_who_comes_and_goes_is_told_with_counts_and_some_names(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    channel = ann.call("find", conversation=room)["conversation"]["name"]
    name = unique("bob")
    bob = people.enter(name)
    rev = ann.call("list_members", conversation=room)["rev"]

    def told(change: str) -> dict[str, Any]:
        """Return the signal in which the name is among those of this kind."""
        last = rev
        while True:
            event = ann.push_of("members_changed")
            if event["conversation"] == room:
                assert event["rev"] > last
                last = event["rev"]
                if name in event.get(change, []):
                    return event

    bob.call("join", channel=channel)
    assert told("joined")["members"] == 2
    bob.call("leave", conversation=room)
    assert told("left")["members"] == 1


def test_a_crowd_that_joins_is_told_in_few_words(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    channel = ann.call("find", conversation=room)["conversation"]["name"]

    for wire in [people.enter() for _ in range(30)]:
        wire.call("join", channel=channel)
    told = 0
    members = 1
    while members < 31:
        event = ann.push_of("members_changed")
        if event["conversation"] == room:
            told += 1
            members = event["members"]
            assert all(len(event.get(names, [])) <= 8 for names in ("joined", "left", "came", "went"))

    # At most one a second: thirty joins take a moment, not half a minute.
    assert told < 15
