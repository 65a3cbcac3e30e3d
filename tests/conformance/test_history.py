"""docs/protocol.md, "Reading history": pages by seq, with their ends told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import People, durable, post_all, settle, unique
from tests.support.wire import Wire


@pytest.fixture
def told(people: People) -> tuple[Wire, int]:
    """Make a channel with messages 1 to 10, a topic as event 11, and messages 12 to 20."""
    ann = people.enter()
    room = people.room(ann)
    post_all(ann, room, [f"m{number}" for number in range(1, 11)])
    ann.call("set_topic", conversation=room, topic="in between")
    post_all(ann, room, [f"m{number}" for number in range(12, 21)])
    settle(ann)
    return ann, room


def seqs(page: dict[str, Any]) -> list[int]:
    return [message["seq"] for message in page["messages"]]


ALL = [*range(1, 11), *range(12, 21)]


@pytest.mark.parametrize(
    ("asked", "expected", "at_start", "at_end"),
    [
        ({}, ALL, True, True),
        ({"anchor": "latest", "limit": 19}, ALL, True, True),
        ({"anchor": "latest", "limit": 3}, [18, 19, 20], False, True),
        ({"anchor": "before", "seq": 18, "limit": 3}, [15, 16, 17], False, False),
        ({"anchor": "before", "seq": 13, "limit": 3}, [9, 10, 12], False, False),
        ({"anchor": "before", "seq": 4, "limit": 3}, [1, 2, 3], True, False),
        ({"anchor": "before", "seq": 1, "limit": 3}, [], True, False),
        ({"anchor": "before", "seq": 0, "limit": 3}, [], True, False),
        ({"anchor": "before", "seq": 999, "limit": 2}, [19, 20], False, True),
        ({"anchor": "after", "seq": 0, "limit": 3}, [1, 2, 3], True, False),
        ({"anchor": "after", "seq": 9, "limit": 3}, [10, 12, 13], False, False),
        ({"anchor": "after", "seq": 17, "limit": 3}, [18, 19, 20], False, True),
        ({"anchor": "after", "seq": 20, "limit": 3}, [], False, True),
        ({"anchor": "after", "seq": 999, "limit": 3}, [], False, True),
        ({"anchor": "around", "seq": 5, "limit": 200}, ALL, True, True),
    ],
)
def test_history_returns_the_asked_page_oldest_first(
    told: tuple[Wire, int], asked: dict[str, Any], expected: list[int], at_start: bool, at_end: bool
) -> None:
    ann, room = told

    page = ann.call("history", conversation=room, **asked)

    assert page["conversation"] == room
    assert page["head"] == 20
    assert seqs(page) == expected
    assert [message["body"] for message in page["messages"]] == [f"m{seq}" for seq in expected]
    assert (page["at_start"], page["at_end"]) == (at_start, at_end)


@pytest.mark.parametrize("seq", [1, 2, 5, 11, 15, 19, 20])
def test_history_around_a_seq_has_it_in_the_middle(told: tuple[Wire, int], seq: int) -> None:
    ann, room = told

    page = ann.call("history", conversation=room, anchor="around", seq=seq, limit=5)

    found = seqs(page)
    assert found == ALL[ALL.index(found[0]) : ALL.index(found[-1]) + 1]
    assert len(found) <= 5
    assert found[0] <= seq <= found[-1]
    assert page["at_start"] == (found[0] == 1)
    assert page["at_end"] == (found[-1] == 20)


def test_history_of_an_empty_conversation_is_at_both_ends(people: People) -> None:
    ann = people.enter()

    page = ann.call("history", conversation=people.room(ann))

    assert (page["messages"], page["head"], page["at_start"], page["at_end"]) == ([], 0, True, True)


def test_history_shows_what_was_pushed(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.say(room, "one", style="action")
    bob.say(room, "two", reply_to=1)

    pushed = durable(settle(ann), room)
    page = ann.call("history", conversation=room)["messages"]

    for event, message in zip(pushed, page, strict=True):
        for field in ("seq", "ts", "author", "name", "body"):
            assert message[field] == event[field]
        assert message.get("style", "text") == event.get("style", "text")
        assert message.get("reply_to") == event.get("reply_to")
        assert message["changed"] == message["seq"]


def test_paging_back_reaches_every_message_once_though_pages_are_cut_to_fit(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    post_all(ann, room, [f"{number} " + "é" * 8000 for number in range(40)])
    settle(ann)

    found: list[str] = []
    page = ann.call("history", conversation=room, limit=200)
    pages = 1
    while not page["at_start"]:
        assert page["messages"], "an empty page that is not at the start would never end"
        found = [message["body"] for message in page["messages"]] + found
        page = ann.call("history", conversation=room, anchor="before", seq=page["messages"][0]["seq"], limit=200)
        pages += 1
    found = [message["body"] for message in page["messages"]] + found

    assert pages > 3
    assert [body.split()[0] for body in found] == [str(number) for number in range(40)]


def test_paging_forward_reaches_every_message_once_though_pages_are_cut_to_fit(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    post_all(ann, room, [f"{number} " + "é" * 8000 for number in range(40)])
    settle(ann)

    found: list[int] = []
    at_end = False
    while not at_end:
        page = ann.call("history", conversation=room, anchor="after", seq=found[-1] if found else 0, limit=200)
        found += seqs(page)
        at_end = page["at_end"]

    assert found == list(range(1, 41))


def test_bodies_that_grew_in_cleaning_still_fit_into_a_page(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    post_all(ann, room, ["\x1b" * 16_384] * 8)
    settle(ann)

    page = ann.call("history", conversation=room, limit=8)

    assert page["messages"]
    assert page["messages"][-1]["body"] == "␛" * 16_384


def test_a_public_channel_can_be_read_without_joining(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    name = unique("public")
    room = ann.call("join", channel=name)["conversation"]["id"]
    ann.say(room, "for everybody")

    for ref in (room, f"#{name}"):
        assert [message["body"] for message in bob.call("history", conversation=ref)["messages"]] == ["for everybody"]


def test_a_direct_conversation_is_read_by_its_two_only(people: People) -> None:
    ann, bob, eve = people.enter(), people.enter(unique("bob")), people.enter()
    bobs_name = bob.call("rename", name=unique("bobby"))["account"]["name"]
    room = ann.call("open_direct", account=bobs_name)["conversation"]["id"]
    ann.say(room, "secret")

    assert [message["body"] for message in bob.call("history", conversation=room)["messages"]] == ["secret"]
    assert eve.refused("history", conversation=room) == "no_conversation"
    assert eve.refused("read_events", conversation=room, after=0) == "no_conversation"
    assert eve.refused("find", conversation=room) == "no_conversation"
    assert eve.refused("list_members", conversation=room) == "no_conversation"
    assert eve.refused("attach", position={"conversation": room, "seq": 0}) == "no_conversation"
    assert eve.refused("set_typing", conversation=room) == "no_conversation"
    assert eve.refused("mark_read", conversation=room, seq=1) == "no_conversation"
    assert eve.refused("set_topic", conversation=room, topic="x") == "no_conversation"
    assert eve.refused("leave", conversation=room) == "no_conversation"
    assert eve.refused("post", conversation=room, cid=b"x" * 16, body="x") == "no_conversation"


# --- the log itself ---------------------------------------------------------------------------------------------------


def test_read_events_returns_the_log_without_a_hole(told: tuple[Wire, int]) -> None:
    ann, room = told

    reply = ann.call("read_events", conversation=room, after=0)

    assert [event["seq"] for event in reply["events"]] == list(range(1, 21))
    assert reply["events"][10]["kind"] == "topic_changed"
    assert (reply["conversation"], reply["head"], reply["more"]) == (room, 20, False)


def test_read_events_in_pieces_is_the_same_log(told: tuple[Wire, int]) -> None:
    ann, room = told
    whole = ann.call("read_events", conversation=room, after=0)["events"]

    pieces: list[dict[str, Any]] = []
    more = True
    while more:
        after = pieces[-1]["seq"] if pieces else 0
        reply = ann.call("read_events", conversation=room, after=after, limit=7)
        assert len(reply["events"]) <= 7
        pieces += reply["events"]
        more = reply["more"]

    assert pieces == whole


def test_read_events_returns_what_was_pushed(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "one")
    ann.call("set_topic", conversation=room, topic="two")
    ann.say(room, "three", style="action")

    pushed = durable(settle(ann), room)

    assert ann.call("read_events", conversation=room, after=0)["events"] == pushed


@pytest.mark.parametrize("after", [20, 21, 10_000])
def test_read_events_behind_the_head_is_empty(told: tuple[Wire, int], after: int) -> None:
    ann, room = told

    reply = ann.call("read_events", conversation=room, after=after)

    assert (reply["events"], reply["head"], reply["more"]) == ([], 20, False)


def test_read_events_in_pieces_cut_to_fit_has_everything(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    post_all(ann, room, ["é" * 8000] * 40)
    settle(ann)

    found: list[int] = []
    more = True
    while more:
        reply = ann.call("read_events", conversation=room, after=found[-1] if found else 0)
        assert reply["events"], "a piece without events would never end"
        found += [event["seq"] for event in reply["events"]]
        more = reply["more"]

    assert found == list(range(1, 41))
