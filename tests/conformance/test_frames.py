"""docs/protocol.md, "Frames" and "Envelopes": what is no frame or no envelope ends the connection, with the reason."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest

from tests.support.people import People, request


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


def packed(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return framed(data)


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


BAD: dict[str, tuple[bytes, str]] = {
    "no-payload": (framed(b""), "bad_frame"),
    "reserved-byte": (framed(b"\xc1"), "bad_frame"),
    "noise": (framed(bytes(range(256))), "bad_frame"),
    "json": (framed(b'{"t": "ping"}'), "bad_frame"),
    "cut-off-map": (framed(b"\x82\xa1t\xa4ping"), "bad_frame"),
    "trailing-bytes": (framed(b"\x81\xa1t\xa4ping\x00"), "bad_frame"),
    "two-maps": (framed(b"\x81\xa1t\xa4ping" * 2), "bad_frame"),
    "array": (packed(["t", "ping"]), "bad_frame"),
    "text": (packed("ping"), "bad_frame"),
    "not-utf8": (framed(b"\x82\xa1t\xa4ping\xa1x\xa2\xff\xfe"), "bad_frame"),
    "integer-keys": (packed({"t": "ping", 1: 2}), "bad_frame"),
    "timestamp": (framed(b"\x82\xa1t\xa4ping\xa1x\xd6\xff\x00\x00\x00\x00"), "bad_frame"),
    "extension": (framed(b"\x82\xa1t\xa4ping\xa1x\xc7\x00\x05"), "bad_frame"),
    "forged-array": (framed(b"\x82\xa1t\xa4ping\xa1x\xdd\xff\xff\xff\xff"), "bad_frame"),
    "forged-text": (framed(b"\x82\xa1t\xa4ping\xa1x\xdb\xff\xff\xff\xff"), "bad_frame"),
    "long-array": (packed({"t": "ping", "x": [0] * 4097}), "bad_frame"),
    "deep": (packed({"t": "ping", "x": nested(16)}), "bad_frame"),
    "very-deep": (framed(b"\x82\xa1t\xa4ping\xa1x" + b"\x91" * 5000 + b"\x01"), "bad_frame"),
    "deep-request": (packed(request(1, "hello", protocol=1, x=nested(500))), "bad_frame"),
    "empty-map": (packed({}), "bad_envelope"),
    "unknown-envelope": (packed({"t": "dance"}), "bad_envelope"),
    "tag-no-text": (packed({"t": 1}), "bad_envelope"),
    "answer-to-the-server": (packed({"t": "answer", "id": 1, "reply": {}}), "bad_envelope"),
    "failure-to-the-server": (packed({"t": "failure", "id": 1, "code": "busy", "text": ""}), "bad_envelope"),
    "push-to-the-server": (packed({"t": "push", "event": {}}), "bad_envelope"),
    "call-without-id": (packed({"t": "call", "request": {"do": "hello", "protocol": 1}}), "bad_envelope"),
    "call-with-text-id": (packed({"t": "call", "id": "1", "request": {}}), "bad_envelope"),
    "call-with-negative-id": (packed({"t": "call", "id": -1, "request": {}}), "bad_envelope"),
    "call-with-huge-id": (packed({"t": "call", "id": 2**32, "request": {}}), "bad_envelope"),
    "call-without-request": (packed({"t": "call", "id": 1}), "bad_envelope"),
    "request-no-map": (packed({"t": "call", "id": 1, "request": "hello"}), "bad_envelope"),
    "binary-keys": (packed({"t": "call", "id": 1, "request": {b"do": "hello"}}), "bad_envelope"),
    "another-protocol": (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "frame_too_long"),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, "frame_too_long"),
    "forged-length": (b"\xff\xff\xff\xff", "frame_too_long"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("signed_in", [False, True], ids=["stranger", "member"])
def test_a_bad_frame_is_answered_with_a_goodbye_and_the_end(people: People, name: str, signed_in: bool) -> None:
    wire = people.enter() if signed_in else people.stranger()
    data, code = BAD[name]

    wire.send_bytes(data)
    goodbye = wire.goodbye()

    assert goodbye["code"] == code
    assert not goodbye.get("reconnect", False)
    assert goodbye["text"].isprintable() and len(goodbye["text"]) < 300


def padded_call(size: int) -> bytes:
    """Return the frame of a call whose payload has exactly this size."""
    short = len(packed(request(1, "hello", protocol=1, padding=b"x" * 300))) - 4 - 300
    frame = packed(request(1, "hello", protocol=1, padding=b"x" * (size - short)))
    # The length of the padding takes two bytes, whatever it is here.
    assert len(frame) == size + 4
    return frame


def test_a_stranger_may_send_8_kib_in_a_frame(people: People) -> None:
    wire = people.stranger()

    wire.send_bytes(padded_call(8192))

    answer = wire.receive()
    assert answer is not None and answer["t"] == "answer"


@pytest.mark.parametrize(("signed_in", "size"), [(False, 8193), (True, 65537)], ids=["stranger", "member"])
def test_a_longer_frame_is_refused_by_its_length_alone(people: People, signed_in: bool, size: int) -> None:
    wire = people.enter() if signed_in else people.stranger()

    wire.send_bytes(size.to_bytes(4, "big"))
    goodbye = wire.goodbye()

    assert goodbye["code"] == "frame_too_long"
    assert str(size) in goodbye["text"]


def test_a_member_may_send_64_kib_in_a_frame(people: People) -> None:
    wire = people.enter()

    wire.send_bytes(padded_call(65535))

    failure = wire.answer(1)
    assert (failure["t"], failure["code"]) == ("failure", "already_signed_in")


def test_the_longer_limit_counts_right_behind_the_sign_in(people: People) -> None:
    wire = people.stranger()
    wire.call("hello", protocol=1)
    wire.call("sign_in", name="general-sized")

    wire.send_bytes(padded_call(20_000))

    failure = wire.receive()
    assert failure is not None and failure["t"] == "failure"


@pytest.mark.parametrize(
    "plain",
    [{}, {"do": "dance"}, {"do": None}, {"do": 7}, {"do": ["hello"]}],
    ids=["empty", "unknown", "nil", "number", "array"],
)
def test_an_unknown_request_is_a_failure_and_the_connection_goes_on(people: People, plain: dict[str, Any]) -> None:
    wire = people.enter()

    wire.send({"t": "call", "id": 77, "request": plain})
    failure = wire.answer(77)

    assert (failure["t"], failure["id"], failure["code"], failure["final"]) == ("failure", 77, "unknown_request", True)
    assert wire.call("list_users", limit=1)


@pytest.mark.parametrize(
    ("do", "fields", "names"),
    [
        ("post", {"conversation": "#general", "cid": b"x" * 16}, "body"),
        ("post", {"conversation": "#general", "cid": b"short", "body": "x"}, "cid"),
        ("post", {"conversation": "#general", "cid": "x" * 16, "body": "x"}, "cid"),
        ("post", {"conversation": "#general", "cid": b"x" * 16, "body": b"x"}, "body"),
        ("post", {"conversation": 0, "cid": b"x" * 16, "body": "x"}, "conversation"),
        ("post", {"conversation": 2**63, "cid": b"x" * 16, "body": "x"}, "conversation"),
        ("post", {"conversation": 1.5, "cid": b"x" * 16, "body": "x"}, "conversation"),
        ("post", {"conversation": True, "cid": b"x" * 16, "body": "x"}, "conversation"),
        ("post", {"conversation": 1, "cid": b"x" * 16, "body": "x", "style": "\x1b[31m"}, "style"),
        ("post", {"conversation": 1, "cid": b"x" * 16, "body": "x", "reply_to": 2**64 - 1}, "reply_to"),
        ("history", {"conversation": "#general", "limit": 0}, "limit"),
        ("history", {"conversation": "#general", "limit": 201}, "limit"),
        ("history", {"conversation": "#general", "anchor": "yesterday"}, "anchor"),
        ("history", {"conversation": "#general", "anchor": "before", "seq": 2**63}, "seq"),
        ("read_events", {"conversation": "#general", "after": -1}, "after"),
        ("mark_read", {"conversation": "#general", "seq": 2**53}, "seq"),
        ("attach", {"position": {"conversation": 1}}, "seq"),
        ("attach", {"position": 5}, "position"),
        ("resume", {"positions": [{"conversation": 1, "seq": 1, "eid": b"too long for it"}]}, "eid"),
        ("resume", {"positions": [{"conversation": 1, "seq": 0}] * 501}, "positions"),
        ("list_users", {"online_only": 1}, "online_only"),
        ("hello", {}, "protocol"),
    ],
)
def test_a_bad_field_is_named_and_the_connection_goes_on(
    people: People, do: str, fields: dict[str, Any], names: str
) -> None:
    wire = people.enter()

    failure = wire.ask(do, **fields)

    assert (failure["t"], failure["code"], failure["final"]) == ("failure", "bad_request", True)
    assert names in failure["text"]
    assert failure["text"].isprintable()
    assert wire.call("list_users", limit=1)


def test_unknown_fields_are_ignored_everywhere(people: People) -> None:
    wire = people.stranger()

    wire.send({**request(1, "hello", protocol=1, colour="red"), "later": [1, 2, 3]})

    answer = wire.receive()
    assert answer is not None and answer["t"] == "answer"


def test_an_id_may_be_used_again_once_it_is_answered(people: People) -> None:
    wire = people.enter()

    for _ in range(3):
        wire.send(request(5, "list_users", limit=1))
        assert wire.answer(5)["t"] == "answer"


def test_the_largest_and_the_smallest_id_are_answered(people: People) -> None:
    wire = people.enter()

    for number in (0, 2**32 - 1):
        wire.send(request(number, "list_users", limit=1))
        assert wire.answer(number)["t"] == "answer"


def test_more_calls_than_may_be_under_way_are_all_answered(people: People) -> None:
    wire = people.enter()

    wire.send_bytes(b"".join(packed(request(number, "list_users", limit=1)) for number in range(1000)))
    seen: set[int] = set()
    while len(seen) < 1000:
        envelope = wire.receive()
        assert envelope is not None
        if envelope["t"] == "answer":
            assert envelope["id"] not in seen
            seen.add(envelope["id"])

    assert seen == set(range(1000))
