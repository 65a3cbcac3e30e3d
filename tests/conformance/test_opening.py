"""docs/protocol.md, "Opening": hello, sign-in, and what is refused before and after them."""

from __future__ import annotations

from pathlib import Path

import msgpack
import pytest

from tests.support.people import People, answers_of, request, settle, unique

LIMITS = {
    "frame_bytes", "body_bytes", "topic_bytes", "page_items", "calls_in_flight", "ping_every_s", "pong_within_s",
    "typing_every_s",
}  # fmt: skip


def documented(index: int) -> bytes:
    """Return the bytes of a hex dump of the document."""
    text = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
    block = text.split("```text\n")[index + 1].partition("```")[0]
    return b"".join(bytes.fromhex(line[4:53]) for line in block.splitlines())


def test_hello_is_answered_with_version_epoch_and_limits(people: People) -> None:
    welcome = people.stranger().call("hello", protocol=1, client="conformance", capabilities=["nothing-yet"])

    assert welcome["protocol"] == 1
    assert isinstance(welcome["epoch"], str) and welcome["epoch"]
    assert isinstance(welcome["server"], str)
    assert set(welcome["limits"]) >= LIMITS
    assert welcome.get("registration", "name") == "name"


def test_the_documented_bytes_are_answered_as_documented(people: People) -> None:
    wire = people.stranger()
    expected = msgpack.unpackb(documented(1)[4:])

    wire.send_bytes(documented(0))
    answer = wire.receive()

    assert answer is not None
    assert {key: type(value) for key, value in answer.items()} == {key: type(value) for key, value in expected.items()}
    assert set(answer["reply"]) >= set(expected["reply"])
    assert answer["reply"]["limits"] == expected["reply"]["limits"]


def test_every_connection_is_told_the_same_epoch(people: People) -> None:
    assert people.stranger().call("hello", protocol=1)["epoch"] == people.stranger().call("hello", protocol=1)["epoch"]


@pytest.mark.parametrize("version", [0, 2, 999, -1])
def test_hello_with_another_version_is_refused_for_good_and_says_what_to_update(people: People, version: int) -> None:
    failure = people.stranger().ask("hello", protocol=version)

    assert (failure["t"], failure["code"], failure["final"]) == ("failure", "protocol_version", True)
    assert "update" in failure["text"]


def test_hello_may_be_tried_again_with_a_version_that_the_server_speaks(people: People) -> None:
    wire = people.stranger()

    assert wire.refused("hello", protocol=2) == "protocol_version"
    assert wire.call("hello", protocol=1)["protocol"] == 1


def test_a_whole_opening_may_be_sent_in_one_write(people: People) -> None:
    wire = people.stranger()
    name = unique("quick")
    calls = [
        request(1, "hello", protocol=1),
        request(2, "sign_in", name=name),
        request(3, "resume"),
        request(4, "post", conversation="#general", cid=b"\x01" * 16, body="at once"),
    ]

    wire.send_bytes(b"".join(len(data).to_bytes(4, "big") + data for data in map(msgpack.packb, calls)))
    answers = answers_of(wire, 4)

    assert list(answers)[:2] == [1, 2]
    assert {number: answer["t"] for number, answer in answers.items()} == dict.fromkeys((1, 2, 3, 4), "answer")
    posted = answers[4]["reply"]
    (caught_up,) = [one for one in answers[3]["reply"]["catch_ups"] if one["conversation"] == posted["conversation"]]
    pushed = [event["seq"] for event in settle(wire) if event["kind"] == "message_posted"]
    assert pushed.count(posted["seq"]) == (0 if caught_up.get("head", 0) >= posted["seq"] else 1)


def test_an_opening_may_come_byte_by_byte(people: People) -> None:
    wire = people.stranger()
    data: bytes = msgpack.packb(request(1, "hello", protocol=1))

    for byte in len(data).to_bytes(4, "big") + data:
        wire.send_bytes(bytes([byte]))

    answer = wire.receive()
    assert answer is not None and answer["t"] == "answer"


def test_sign_in_before_hello_is_refused(people: People) -> None:
    assert people.stranger().refused("sign_in", name=unique("early")) == "not_signed_in"


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("resume", {}),
        ("attach", {"position": {"conversation": 1, "seq": 0}}),
        ("rename", {"name": "eve"}),
        ("list_users", {}),
        ("join", {"channel": "general"}),
        ("open_direct", {"account": "ann"}),
        ("leave", {"conversation": "#general"}),
        ("find", {"conversation": "#general"}),
        ("list_channels", {}),
        ("list_members", {"conversation": "#general"}),
        ("set_topic", {"conversation": "#general", "topic": "x"}),
        ("mark_read", {"conversation": "#general", "seq": 1}),
        ("set_typing", {"conversation": "#general"}),
        ("post", {"conversation": "#general", "cid": b"\x00" * 16, "body": "x"}),
        ("history", {"conversation": "#general"}),
        ("read_events", {"conversation": "#general", "after": 0}),
    ],
)
def test_a_stranger_is_refused_and_may_still_sign_in(people: People, do: str, fields: dict[str, object]) -> None:
    wire = people.stranger()
    wire.call("hello", protocol=1)

    assert wire.refused(do, **fields) == "not_signed_in"
    assert wire.call("sign_in", name=unique("late"))["account"]["id"]


def test_sign_in_makes_an_account_once_and_finds_it_from_then_on(people: People) -> None:
    name = unique("Ann")
    first, second, third = (people.stranger() for _ in range(3))
    for wire in (first, second, third):
        wire.call("hello", protocol=1)

    made = first.call("sign_in", name=name)
    found = second.call("sign_in", name=name)
    shouted = third.call("sign_in", name=name.upper())

    assert made["created"] is True
    assert made["account"]["name"] == name
    assert not found.get("created", False)
    assert found["account"] == made["account"] == shouted["account"]


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "-ann", "a/b", "a\x1b[31m", "a\u202eb", "\u3164", "n" * 33, "#ann", "a\nb"]
)
def test_sign_in_with_an_ill_formed_name_is_refused_and_may_be_tried_again(people: People, name: str) -> None:
    wire = people.stranger()
    wire.call("hello", protocol=1)

    failure = wire.ask("sign_in", name=name)

    assert (failure["t"], failure["code"]) == ("failure", "bad_name")
    assert failure["text"].isprintable()
    assert wire.call("sign_in", name=unique("good"))["account"]["id"]


def test_sign_in_with_a_name_above_the_field_bound_is_a_bad_request(people: People) -> None:
    wire = people.stranger()
    wire.call("hello", protocol=1)

    assert wire.refused("sign_in", name="n" * 129) == "bad_request"


@pytest.mark.parametrize(("do", "fields"), [("sign_in", {"name": "other"}), ("hello", {"protocol": 1})])
def test_opening_again_after_sign_in_is_refused(people: People, do: str, fields: dict[str, object]) -> None:
    wire = people.enter()

    assert wire.refused(do, **fields) == "already_signed_in"
    assert wire.call("list_users", limit=1)


def test_every_account_is_in_general_and_announcements_from_the_beginning(people: People) -> None:
    wire = people.stranger()

    resumed = wire.enter(unique("fresh"))

    assert [(conversation["kind"], conversation["name"]) for conversation in resumed["conversations"]] == [
        ("channel", "general"),
        ("announcements", "announcements"),
    ]


def test_a_stranger_who_does_not_sign_in_in_time_is_told_so(people: People) -> None:
    wire = people.stranger()
    wire.socket.settimeout(20)
    wire.call("hello", protocol=1)

    goodbye = wire.goodbye()

    assert (goodbye["code"], goodbye["reconnect"]) == ("sign_in_timeout", True)
