"""docs/protocol.md, "Sending": acknowledged, once, in order, cleaned."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.support.people import People, answers_of, durable, post_all, request, settle, unique


def cid() -> bytes:
    return os.urandom(16)


def test_the_answer_comes_after_the_push_of_ones_own_message(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    mine = cid()

    ann.send(request(50, "post", conversation=room, cid=mine, body="hello"))
    came: list[dict[str, Any]] = []
    while not came or came[-1]["t"] != "answer":
        envelope = ann.receive()
        assert envelope is not None
        came.append(envelope)

    *pushes, answer = came
    (event,) = durable([push["event"] for push in pushes], room)
    assert answer["id"] == 50
    assert event["kind"] == "message_posted"
    assert event["cid"] == mine
    assert event["body"] == "hello"
    assert len(event["eid"]) == 8
    assert (event["conversation"], event["seq"], event["ts"]) == (
        answer["reply"]["conversation"],
        answer["reply"]["seq"],
        answer["reply"]["ts"],
    )
    assert not answer["reply"].get("duplicate", False)


def test_every_member_gets_the_same_event(people: People) -> None:
    ann, bob, carol = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, carol)

    ann.say(room, "hello")

    events = [durable(settle(wire), room) for wire in (ann, bob, carol)]
    assert len(events[0]) == 1
    assert events[0] == events[1] == events[2]


def test_messages_are_numbered_from_one_without_a_hole(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)

    seqs = [wire.say(room, "hello")["seq"] for wire in (ann, bob, ann, ann, bob)]

    assert seqs == [1, 2, 3, 4, 5]


def test_pipelined_messages_keep_their_order(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    bodies = [f"line {number}" for number in range(500)]

    answers = post_all(ann, room, bodies)

    assert [answer["reply"]["seq"] for answer in answers] == list(range(1, 501))
    assert [event["body"] for event in durable(settle(bob), room)] == bodies


def test_two_senders_at_once_are_seen_by_everybody_in_one_order(people: People) -> None:
    ann, bob, carol = people.enter(), people.enter(), people.enter()
    room = people.room(ann, bob, carol)
    for number in range(100):
        for wire, who in ((ann, "ann"), (bob, "bob")):
            wire.send(request(number, "post", conversation=room, cid=cid(), body=f"{who} {number}"))

    answers_of(ann, 100)
    answers_of(bob, 100)
    seen = [[event["body"] for event in durable(settle(wire), room)] for wire in (ann, bob, carol)]
    page = carol.call("history", conversation=room, limit=200)

    assert len(seen[0]) == 200
    assert seen[0] == seen[1] == seen[2] == [message["body"] for message in page["messages"]]
    for who in ("ann", "bob"):
        assert [body for body in seen[0] if body.startswith(who)] == [f"{who} {number}" for number in range(100)]


def test_a_name_and_a_number_mean_the_same_conversation(people: People) -> None:
    ann = people.enter()
    name = unique("both")
    number = ann.call("join", channel=name)["conversation"]["id"]

    assert ann.say(f"#{name}", "by name")["conversation"] == number
    assert ann.say(f"#{name.upper()}", "in capitals")["conversation"] == number
    assert ann.say(number, "by number")["seq"] == 3


def test_post_needs_no_attachment(people: People) -> None:
    ann, bob = people.enter(resume=False), people.enter()
    room = people.room(ann, bob)

    posted = ann.say(room, "from a script")

    assert posted["seq"] == 1
    assert settle(ann) == []
    assert [event["body"] for event in durable(settle(bob), room)] == ["from a script"]


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_repeated_send_gets_the_first_answer_and_no_second_push(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    fields: dict[str, Any] = {"conversation": room, "cid": cid(), "body": "once", "style": "action"}

    first = ann.call("post", **fields)
    ann.say(room, "in between")
    again = ann.call("post", **fields)

    assert again == {**first, "duplicate": True}
    assert [event["body"] for event in durable(settle(bob), room)] == ["once", "in between"]
    assert [message["body"] for message in bob.call("history", conversation=room)["messages"]] == ["once", "in between"]


def test_a_send_is_recognised_on_another_connection_of_the_account(people: People) -> None:
    name = unique("twice")
    first, second = people.enter(name), people.enter(name)
    room = people.room(first)
    fields: dict[str, Any] = {"conversation": room, "cid": cid(), "body": "once"}

    answer = first.call("post", **fields)
    first.socket.close()

    assert second.call("post", **fields) == {**answer, "duplicate": True}


def test_a_send_repeated_before_its_answer_is_stored_once(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    mine = cid()

    for number in range(10):
        ann.send(request(number, "post", conversation=room, cid=mine, body="impatient"))
    replies = [answer["reply"] for answer in answers_of(ann, 10).values()]

    assert {reply["seq"] for reply in replies} == {1}
    assert sorted(reply.get("duplicate", False) for reply in replies) == [False] + [True] * 9
    assert len(durable(settle(bob), room)) == 1


def test_the_body_as_sent_is_compared_not_the_body_as_stored(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    mine = cid()

    first = ann.call("post", conversation=room, cid=mine, body="  raw\x07 text \r\n")

    assert ann.call("post", conversation=room, cid=mine, body="  raw\x07 text \r\n")["seq"] == first["seq"]
    assert ann.refused("post", conversation=room, cid=mine, body="  raw text") == "cid_reused"


def test_a_cid_used_for_something_else_is_refused_for_good(people: People) -> None:
    ann = people.enter()
    room, other = people.room(ann), people.room(ann)
    answered = ann.say(room, "to be answered")["seq"]
    mine = cid()
    fields: dict[str, Any] = {"conversation": room, "cid": mine, "body": "one thing"}
    ann.call("post", **fields)

    for change in ({"body": "another"}, {"conversation": other}, {"style": "action"}, {"reply_to": answered}):
        failure = ann.ask("post", **{**fields, **change})
        assert (failure["t"], failure["code"], failure["final"]) == ("failure", "cid_reused", True), change

    assert len(ann.call("history", conversation=room)["messages"]) == 2
    assert ann.call("history", conversation=other)["messages"] == []


def test_two_accounts_may_have_the_same_cid(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    shared = cid()

    assert ann.call("post", conversation=room, cid=shared, body="ann's")["seq"] == 1
    assert bob.call("post", conversation=room, cid=shared, body="bob's")["seq"] == 2


# --- order ------------------------------------------------------------------------------------------------------------


def test_a_send_behind_an_unknown_one_is_refused_for_a_time(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    first, second = cid(), cid()

    failure = ann.ask("post", conversation=room, cid=second, prev=first, body="second")
    assert (failure["t"], failure["code"], failure.get("final", False)) == ("failure", "unknown_prev", False)

    assert ann.call("post", conversation=room, cid=first, body="first")["seq"] == 1
    assert ann.call("post", conversation=room, cid=second, prev=first, body="second")["seq"] == 2


def test_a_chain_may_be_pipelined(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    cids = [cid() for _ in range(50)]

    for number, (mine, prev) in enumerate(zip(cids, [None, *cids], strict=False)):
        ann.send(request(number, "post", conversation=room, cid=mine, prev=prev, body=f"{number}"))
    answers = answers_of(ann, 50)

    assert [answers[number]["reply"]["seq"] for number in range(50)] == list(range(1, 51))


def test_a_refused_link_refuses_all_links_behind_it(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    cids = [cid() for _ in range(4)]
    bodies = ["good", " ", "orphan", "orphan of an orphan"]

    for number, (mine, prev, body) in enumerate(zip(cids, [None, *cids], bodies, strict=False)):
        ann.send(request(number, "post", conversation=room, cid=mine, prev=prev, body=body))
    answers = answers_of(ann, 4)

    assert answers[0]["t"] == "answer"
    assert [answers[number]["code"] for number in (1, 2, 3)] == ["empty", "unknown_prev", "unknown_prev"]


def test_a_send_to_another_conversation_may_be_the_predecessor(people: People) -> None:
    ann = people.enter()
    room, other = people.room(ann), people.room(ann)
    elsewhere = cid()
    assert ann.refused("post", conversation=room, cid=cid(), prev=elsewhere, body="too early") == "unknown_prev"
    ann.call("post", conversation=other, cid=elsewhere, body="elsewhere")

    assert ann.call("post", conversation=room, cid=cid(), prev=elsewhere, body="here")["seq"] == 1


def test_somebody_elses_send_is_no_predecessor(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    theirs = cid()
    bob.call("post", conversation=room, cid=theirs, body="bob's")

    assert ann.refused("post", conversation=room, cid=cid(), prev=theirs, body="ann's") == "unknown_prev"


def test_a_repeated_send_is_a_duplicate_whatever_its_prev(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    mine = cid()
    first = ann.call("post", conversation=room, cid=mine, body="hello")

    again = ann.call("post", conversation=room, cid=mine, prev=cid(), body="hello")

    assert again == {**first, "duplicate": True}


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", " \n\t ", "\x00\x07", "\u200b\u2060", "\u3164", "\u202e", "\u200d"])
def test_a_body_of_which_nothing_is_left_is_refused(people: People, body: str) -> None:
    ann = people.enter()

    failure = ann.ask("post", conversation=people.room(ann), cid=cid(), body=body)

    assert (failure["t"], failure["code"], failure["final"]) == ("failure", "empty", True)


@pytest.mark.parametrize(("char", "size"), [("x", 1), ("é", 2), ("中", 3), ("😀", 4)])
def test_a_body_is_bounded_in_bytes(people: People, char: str, size: int) -> None:
    ann = people.enter()
    room = people.room(ann)
    most = 16_384 // size

    assert ann.say(room, char * most)["seq"] == 1
    failure = ann.ask("post", conversation=room, cid=cid(), body=char * (most + 1))
    assert (failure["t"], failure["code"], failure["final"]) == ("failure", "too_long", True)


def test_who_is_no_member_cannot_send(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)

    failure = bob.ask("post", conversation=room, cid=cid(), body="let me in")

    assert (failure["t"], failure["code"], failure["final"]) == ("failure", "not_member", True)
    assert ann.call("history", conversation=room)["messages"] == []


@pytest.mark.parametrize("conversation", ["#no-such-room", "@nobody-here", "general", 9_999_999, "#", "x" * 64])
def test_there_must_be_such_a_conversation(people: People, conversation: int | str) -> None:
    ann = people.enter()

    assert ann.refused("post", conversation=conversation, cid=cid(), body="x") in ("no_conversation", "bad_request")


def test_only_the_servers_people_write_announcements(people: People) -> None:
    assert people.enter().refused("post", conversation="#announcements", cid=cid(), body="x") == "not_allowed"


def test_a_failed_send_may_be_mended_under_the_same_cid(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)
    mine = cid()
    assert bob.refused("post", conversation=room, cid=mine, body="let me in") == "not_member"

    bob.call("join", channel=ann.call("find", conversation=room)["conversation"]["name"])

    posted = bob.call("post", conversation=room, cid=mine, body="let me in")
    assert (posted["seq"], posted.get("duplicate", False)) == (1, False)


# --- what is stored ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("plain", "plain"),
        ("  indented\n\ttoo  \n\n", "  indented\n\ttoo"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("bell\x07, \x9b31m and \x7f", "bell, 31m and"),
        ("e\u0301", "é"),
        ("zero\u200bwidth", "zerowidth"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("\u2067open", "\u2067open\u2069"),
        ("z" + "\u0316" * 50, "z" + "\u0316" * 8),
        ("[bold]no markup[/]", "[bold]no markup[/]"),
        ("👩‍👩‍👧 🏳️‍🌈", "👩‍👩‍👧 🏳️‍🌈"),
        ("//x /quit", "//x /quit"),
    ],
)
def test_a_body_is_stored_and_pushed_cleaned(people: People, sent: str, stored: str) -> None:
    ann = people.enter()
    room = people.room(ann)

    ann.say(room, sent)

    (event,) = durable(settle(ann), room)
    (message,) = ann.call("history", conversation=room)["messages"]
    assert event["body"] == message["body"] == stored


def test_an_action_is_pushed_and_stored_as_one(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)

    ann.say(room, "waves", style="action")

    (event,) = durable(settle(ann), room)
    (message,) = ann.call("history", conversation=room)["messages"]
    assert event["style"] == message["style"] == "action"


def test_a_reply_names_the_message_it_answers(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    question = ann.say(room, "who?")["seq"]

    ann.say(room, "me", reply_to=question)

    assert durable(settle(ann), room)[-1]["reply_to"] == question
    assert ann.call("history", conversation=room)["messages"][-1]["reply_to"] == question


def test_a_reply_to_no_message_is_refused(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "one")
    ann.call("set_topic", conversation=room, topic="an event, but no message")

    for seq in (2, 3, 999):
        assert ann.refused("post", conversation=room, cid=cid(), body="x", reply_to=seq) == "no_message"
