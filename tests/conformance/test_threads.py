"""Threads over the wire: messages that hang on another one, who follows them, what of them is unread and where."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def marks(wire: Wire) -> list[tuple[int, bool, int]]:
    """Return what an account is told of its threads: which, whether it follows it, how far it has read."""
    told = [event for event in settle(wire) if event["kind"] == "thread_marked"]
    return [(event["thread"], event["following"], event["read"]) for event in told]


def inside(wire: Wire, room: int, thread: int, **how: Any) -> list[int]:
    """Return the seqs of a page of a thread."""
    return [each["seq"] for each in wire.call("read_thread", conversation=room, thread=thread, **how)["messages"]]


def counts(wire: Wire) -> dict[tuple[int, int], tuple[int, int]]:
    """Return what is new in the threads that an account follows, and how much of it calls the account."""
    found = wire.call("count_threads").get("counts", [])
    return {(each["conversation"], each["thread"]): (each.get("unread", 0), each.get("mentions", 0)) for each in found}


def unread(wire: Wire, room: int) -> int:
    found = wire.call("find", conversation=room)["conversation"]
    return int(found["unread"])


def test_a_reply_names_its_thread_and_its_root_counts_it(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "question")
    bob.say(room, "something else")
    settle(ann)

    posted = bob.say(room, "answer", thread=1)

    event = durable(settle(ann), room)[-1]
    assert (event["kind"], event["seq"], event["thread"]) == ("message_posted", posted["seq"], 1)
    assert "in_channel" not in event
    root, _, reply = ann.call("history", conversation=room)["messages"]
    assert (root["replies"], root["last_reply"], root["changed"]) == (1, posted["ts"], posted["seq"])
    assert (reply["thread"], reply["in_channel"], reply["replies"]) == (1, False, 0)


def test_a_reply_to_a_reply_goes_to_the_same_thread(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "question")
    ann.say(room, "answer", thread=1)
    ann.say(room, "more", thread=2)

    page = ann.call("read_thread", conversation=room, thread=3)
    assert page["thread"]["root"]["seq"] == 1
    assert [(each["seq"], each["thread"]) for each in page["messages"]] == [(2, 1), (3, 1)]
    assert page["thread"]["root"]["replies"] == 2


def test_a_page_of_a_thread_is_next_to_its_anchor(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "question")
    for number in range(2, 7):
        ann.say(room, f"{number}", thread=1)

    assert inside(ann, room, 1, limit=2) == [5, 6]
    assert inside(ann, room, 1, anchor="before", seq=5, limit=2) == [3, 4]
    assert inside(ann, room, 1, anchor="after", seq=2, limit=2) == [3, 4]
    page = ann.call("read_thread", conversation=room, thread=1, anchor="before", seq=4)
    assert (page["at_start"], page["at_end"]) == (True, False)


def test_only_what_is_also_for_the_channel_is_unread_in_it(people: People) -> None:
    ann, bob, eve = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, eve)
    ann.say(room, "question")
    ann.say(room, "aside", thread=1)
    assert (unread(bob, room), unread(eve, room)) == (1, 1)
    ann.say(room, "for all", thread=1, in_channel=True)
    assert unread(bob, room) == 2

    bob.call("mark_read", conversation=room, seq=1)
    assert unread(bob, room) == 1
    bob.call("mark_read", conversation=room, seq=2)
    assert unread(bob, room) == 1, "what is aside was never unread"
    bob.call("mark_read", conversation=room, seq=3)
    assert unread(bob, room) == 0


def test_who_is_in_a_thread_follows_it_and_has_its_own_unread_there(people: People) -> None:
    ann, bob, eve = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, eve)
    ann.say(room, "question")
    bob.say(room, "answer", thread=1)

    assert marks(ann) == [(1, True, 1)], "who wrote what it hangs on"
    assert marks(bob) == [(1, True, 2)], "who replied"
    assert marks(eve) == [], "nobody else"
    [mine] = ann.call("list_threads")["threads"]
    assert (mine["root"]["seq"], mine["unread"], mine["read"]) == (1, 1, 1)
    assert ann.call("list_threads", unread=True)["threads"] == [mine]

    ann.call("mark_thread_read", conversation=room, thread=1, seq=2)

    assert marks(ann) == [(1, True, 2)]
    assert ann.call("list_threads", unread=True).get("threads", []) == []
    assert ann.call("read_thread", conversation=room, thread=1)["thread"].get("unread", 0) == 0


def test_who_is_named_in_a_thread_follows_it_from_there_on(people: People) -> None:
    name = unique("bob")
    ann, bob, eve = people.enter(), people.enter(name), people.enter()
    room = people.room(ann, bob, eve)
    ann.say(room, "question")
    ann.say(room, "nobody is asked", thread=1)
    settle(bob)

    asked = ann.say(room, f"@{name} you may know", thread=1)

    assert marks(bob) == [(1, True, asked["seq"] - 1)]
    assert marks(eve) == []
    assert counts(bob) == {(room, 1): (1, 1)}, "what was said before it is not new to them"
    bob.call("unfollow_thread", conversation=room, thread=1)
    assert counts(bob) == {}
    ann.say(room, f"@{name} do you not?", thread=1)
    assert counts(bob) == {(room, 1): (1, 1)}
    assert bob.call("find", conversation=room)["conversation"].get("mentions", 0) == 0, "it is not in the channel"


def test_a_call_in_a_thread_is_for_those_who_follow_it(people: People) -> None:
    ann, bob, eve = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, eve)
    ann.say(room, "question")
    bob.call("follow_thread", conversation=room, thread=1)
    ann.say(room, "@here, does it work?", thread=1)
    assert (counts(bob), counts(eve), marks(eve)) == ({(room, 1): (1, 1)}, {}, [])

    ann.say(room, "@here, for all", thread=1, in_channel=True)
    assert (counts(bob), counts(eve), marks(eve)) == ({(room, 1): (2, 1)}, {}, []), "they see it in the channel"
    found = eve.call("find", conversation=room)["conversation"]
    assert (found["unread"], found["mentions"]) == (2, 1)


def test_news_of_threads_are_exact_under_edits_and_deletes(people: People) -> None:
    name = unique("bob")
    ann, bob = people.enter(), people.enter(name)
    room = people.room(ann, bob)
    bob.say(room, "question")
    plain = ann.say(room, "hm", thread=1)["seq"]
    naming = ann.say(room, f"@{name}?", thread=1)["seq"]
    ann.say(room, f"for all, @{name}", thread=1, in_channel=True)
    assert counts(bob) == {(room, 1): (3, 1)}, "what stands in the channel calls there"
    assert bob.call("count_threads", conversation=room) == bob.call("count_threads")

    ann.call("edit", conversation=room, seq=naming, body="nobody")
    assert counts(bob) == {(room, 1): (3, 0)}
    ann.call("edit", conversation=room, seq=plain, body=f"@{name}!")
    assert counts(bob) == {(room, 1): (3, 1)}
    ann.call("delete", conversation=room, seq=plain)
    assert counts(bob) == {(room, 1): (2, 0)}
    bob.call("mark_thread_read", conversation=room, thread=1, seq=naming)
    assert counts(bob) == {(room, 1): (1, 0)}


def test_an_edit_that_names_somebody_in_a_thread_lets_them_follow_it(people: People) -> None:
    name = unique("bob")
    ann, bob = people.enter(), people.enter(name)
    room = people.room(ann, bob)
    ann.say(room, "question")
    said = ann.say(room, "you may know", thread=1)["seq"]
    ann.call("edit", conversation=room, seq=said, body=f"@{name} may know")
    assert marks(bob) == [(1, True, said - 1)]
    assert counts(bob) == {(room, 1): (1, 1)}


def test_threads_are_counted_for_members_only(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    ann.say(room, "question")
    ann.say(room, "answer", thread=1)
    assert bob.refused("count_threads", conversation=room) == "not_member"
    assert counts(bob) == {}
    assert [each["thread"] for each in ann.call("count_threads", limit=1)["counts"]] == [1]


def test_a_thread_is_followed_and_unfollowed_at_will(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "question")
    for _ in range(2):
        bob.call("follow_thread", conversation=room, thread=1)
    assert marks(bob) == [(1, True, 1)], "again is no news"
    for _ in range(2):
        bob.call("unfollow_thread", conversation=room, thread=1)
    assert [(thread, following) for thread, following, _ in marks(bob)] == [(1, False)]
    ann.say(room, "more", thread=1)
    assert bob.call("list_threads").get("threads", []) == []


def test_the_same_cid_for_another_thread_is_refused(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "question")
    ann.say(room, "another")
    cid = os.urandom(16)
    first = ann.call("post", conversation=room, cid=cid, body="answer", thread=1)
    again = ann.call("post", conversation=room, cid=cid, body="answer", thread=1)

    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    for other in ({"thread": 2}, {}, {"thread": 1, "in_channel": True}):
        assert ann.refused("post", conversation=room, cid=cid, body="answer", **other) == "cid_reused"
    assert ann.call("history", conversation=room)["messages"][0]["replies"] == 1


def test_no_thread_hangs_on_what_is_no_message(people: People) -> None:
    ann = people.enter()
    room, elsewhere = people.room(ann), people.room(ann)
    ann.say(elsewhere, "only there")
    ann.call("set_topic", conversation=room, topic="an event")
    for seq in (1, 2, 2**40):
        assert ann.refused("post", conversation=room, cid=os.urandom(16), body="x", thread=seq) == "no_message"
        assert ann.refused("read_thread", conversation=room, thread=seq) == "no_message"
        assert ann.refused("follow_thread", conversation=room, thread=seq) == "no_message"


def test_no_thread_begins_on_a_deleted_message_and_one_that_began_goes_on(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "gone at once")
    ann.say(room, "gone later")
    ann.say(room, "reply", thread=2)
    for seq in (1, 2):
        ann.call("delete", conversation=room, seq=seq)

    assert ann.refused("post", conversation=room, cid=os.urandom(16), body="x", thread=1) == "no_message"
    assert ann.refused("post", conversation=room, cid=os.urandom(16), body="x", reply_to=1) == "no_message"
    ann.say(room, "goes on", thread=2)
    root = ann.call("read_thread", conversation=room, thread=2)["thread"]["root"]
    assert (root["deleted"], root["replies"]) == (True, 2)
    again = ann.call("delete", conversation=room, seq=2)
    assert (again["seq"], again["duplicate"]) == (5, True), "the answer of the first time, whatever came since"


@pytest.mark.parametrize("do", ["read_thread", "follow_thread"])
def test_a_thread_of_a_closed_channel_is_not_there_for_strangers(people: People, do: str) -> None:
    ann, eve = people.enter(), people.enter()
    room = people.room(ann)
    ann.say(room, "question")
    ann.call("set_rules", conversation=room, visibility="invite")

    assert eve.refused(do, conversation=room, thread=1) == "no_conversation"
