"""Groups on the wire: made and found again, closed to everybody else, joined and left in the sight of all in them."""

from __future__ import annotations

import os

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def three(people: People) -> tuple[list[str], list[Wire]]:
    names = [unique(name) for name in ("ann", "bob", "cid")]
    return names, [people.enter(name) for name in names]


def test_group_is_the_conversation_of_its_members_and_nobody_elses(people: People) -> None:
    names, (ann, bob, cid) = three(people)
    eve = people.enter()

    opened = ann.call("open_group", accounts=[names[1], f"@{names[2]}"])

    group = opened["conversation"]
    place = group["id"]
    assert opened["created"] and (group["kind"], group["members"]) == ("group", 3)
    assert group["name"] == f"{names[1]}, {names[2]}"
    assert [person["name"] for person in group["people"]] == names[1:]
    (joined,) = [event for event in settle(bob) if event["kind"] == "conversation_joined"]
    assert joined["conversation"]["name"] == f"{names[0]}, {names[2]}"
    assert bob.call("open_group", accounts=[names[0], names[2]])["conversation"]["id"] == place
    ann.say(f"&{place}", "hello you two")
    for wire in (bob, cid):
        (said,) = [event for event in durable(settle(wire), place) if event["kind"] == "message_posted"]
        assert (said["body"], said["seq"]) == ("hello you two", 2)
    for ref in (place, f"&{place}"):
        assert eve.refused("history", conversation=ref) == "no_conversation"
        assert eve.refused("find", conversation=ref) == "no_conversation"
        assert eve.refused("invite_member", conversation=ref, account=names[0]) == "no_conversation"
        assert eve.refused("post", conversation=ref, cid=os.urandom(16), body="let me in") == "no_conversation"
    assert place not in [each["id"] for each in eve.call("list_channels")["channels"]]
    assert durable(settle(eve), place) == []


def test_group_grows_by_any_member_and_the_new_one_reads_from_there_on(people: People) -> None:
    names, (ann, bob, cid) = three(people)
    new = unique("dan")
    dan = people.enter(new)
    place = ann.call("open_group", accounts=names[1:])["conversation"]["id"]
    early = ann.say(place, "before dan")["seq"]
    for wire in (ann, bob, cid):
        settle(wire)

    cid.call("invite_member", conversation=place, account=new)

    (added,) = durable(settle(bob), place)
    assert (added["kind"], [each["name"] for each in added["people"]]) == ("members_added", [new])
    assert [event["kind"] for event in durable(settle(dan), place)] == ["members_added"]
    ann.say(place, "welcome")
    page = dan.call("history", conversation=place)
    assert [message["body"] for message in page["messages"]] == ["welcome"] and page["at_start"]
    assert dan.refused("fetch", conversation=place, seq=early, offset=0, limit=1) == "no_message"
    events = dan.call("read_events", conversation=place, after=0)["events"]
    assert [event["kind"] for event in events] == ["members_added", "message_posted"]
    dan.call("leave", conversation=place)
    (left,) = [event for event in durable(settle(ann), place) if event["kind"] == "member_left"]
    assert left["name"] == new
    assert dan.refused("post", conversation=place, cid=os.urandom(16), body="still here?") == "no_conversation"
    kept_out = ann.ask("invite_member", conversation=place, account=new)
    assert (kept_out["code"], f"'{new}' has left this group." in kept_out["text"]) == ("not_allowed", True)
    back = dan.call("open_group", accounts=names)
    assert (back["conversation"]["id"], back["conversation"]["members"]) == (place, 4)
    (added,) = durable(settle(ann), place)
    assert (added["kind"], added["name"], [each["name"] for each in added["people"]]) == ("members_added", new, [new])


def test_group_of_too_few_too_many_or_the_unwilling_is_refused_with_a_sentence(people: People) -> None:
    names, (ann, bob, _) = three(people)
    bob.call("set_dm_policy", policy="closed")

    few = ann.ask("open_group", accounts=[names[1]])
    many = ann.ask("open_group", accounts=[f"nobody{number}" for number in range(21)])
    misspelt = ann.ask("open_group", accounts=[names[1], "-x"])
    unwilling = ann.ask("open_group", accounts=names[1:])

    assert (few["code"], "at least 3 people" in few["text"]) == ("not_allowed", True)
    assert many["code"] == "no_account"
    assert (misspelt["code"], misspelt["text"].startswith("'-x': A name ")) == ("bad_name", True)
    assert unwilling["text"] == f"'{names[1]}' takes no private messages."
    assert ann.refused("open_group", accounts=["x"] * 65) == "bad_request"
