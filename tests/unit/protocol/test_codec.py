"""Bytes to envelopes and back, maps to typed values, and every way in which they can be wrong."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest

from chat_core.base.errors import ProtocolFault
from chat_core.protocol.codec import (
    RequestFault,
    pack,
    read_conversation_event,
    read_event,
    read_reply,
    read_request,
    to_map,
    unpack,
)
from chat_core.protocol.envelopes import Answer, Call, Failure, Farewell, Ping, Pong, Push
from chat_core.protocol.events import MessagePosted, ReadMarkerMoved, Typing, UnknownConversationEvent
from chat_core.protocol.limits import MAX_ARRAY_ITEMS, MAX_DEPTH, MAX_MAP_ITEMS, MAX_NUMBER
from chat_core.protocol.requests.messages import Post, Posted
from chat_core.protocol.requests.session import Hello, SignIn

POSTED = MessagePosted(
    conversation=1, seq=2, eid=b"12345678", ts=3, author=4, name="ann", cid=b"0123456789abcdef", body="hi"
)


def packed(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return data


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


# --- envelopes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "envelope",
    [
        Call(id=1, request={"do": "hello", "protocol": 1}),
        Answer(id=0, reply={"seq": 1}),
        Failure(id=2**32 - 1, code="busy", text="Wait.", retry_after=1.5),
        Push(event={"kind": "typing"}),
        Ping(),
        Pong(),
        Farewell(code="shutdown", text="Bye.", reconnect=True, retry_after=0.5),
    ],
)
def test_unpack_returns_what_pack_was_given(envelope: Call) -> None:
    assert unpack(pack(envelope)) == envelope


def test_pack_leaves_out_what_has_its_default_value() -> None:
    assert msgpack.unpackb(pack(Farewell(code="shutdown"))) == {"t": "goodbye", "code": "shutdown"}
    assert pack(Ping()) == b"\x81\xa1t\xa4ping"


def test_pack_makes_binary_of_bytes_and_text_of_str() -> None:
    plain = msgpack.unpackb(pack(POSTED))

    assert plain["cid"] == b"0123456789abcdef"
    assert plain["body"] == "hi"


def test_pack_replaces_half_a_surrogate_pair_instead_of_failing() -> None:
    assert msgpack.unpackb(pack(SignIn(name="a\ud800b")))["name"] == "a?b"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"\x81",
        b"\x81\xa1t",
        packed({"t": "ping"}) + b"\x00",
        packed(["t", "ping"]),
        packed("ping"),
        packed(None),
        b"\x82\xa1t\xa4ping\xa1x\xa2\xff\xfe",
        b"\x82\xa1t\xa4ping\xa1x\xa3\xed\xa0\x80",
        b"\x82\xa1t\xa4ping\x01\x02",
        b"\x82\xa1t\xa4ping\xc0\x02",
        b"\x82\xa1t\xa4ping\xa1x\xc7\x00\x05",
        b"\x82\xa1t\xa4ping\xa1x\xd6\xff\x00\x00\x00\x00",
        b"\x82\xa1t\xa4ping\xa1x\xdd\xff\xff\xff\xff",
        b"\x82\xa1t\xa4ping\xa1x\xdf\xff\xff\xff\xff",
        b"\x82\xa1t\xa4ping\xa1x\xdb\xff\xff\xff\xff",
        b"\x82\xa1t\xa4ping\xa1x\xc6\xff\xff\xff\xff",
        packed({"t": "ping", "x": [0] * (MAX_ARRAY_ITEMS + 1)}),
        packed({"t": "ping", "x": {str(n): 0 for n in range(MAX_MAP_ITEMS + 1)}}),
        packed({"t": "ping", "x": nested(MAX_DEPTH)}),
        b"\x82\xa1t\xa4ping\xa1x" + b"\x91" * 2000 + b"\x01",
        b"\x91" * 100_000,
    ],
    ids=[
        "nothing", "reserved-byte", "cut-off", "cut-off-later", "trailing-byte", "array", "text", "nil", "not-utf8",
        "utf8-surrogate", "integer-key", "nil-key", "empty-extension", "timestamp-extension", "forged-array",
        "forged-map", "forged-text", "forged-binary", "array-too-long", "map-too-long", "too-deep", "far-too-deep",
        "deep-and-cut-off",
    ],
)  # fmt: skip
def test_unpack_calls_a_frame_bad_when_it_is_no_map_within_the_bounds(payload: bytes) -> None:
    with pytest.raises(ProtocolFault) as caught:
        unpack(payload)

    assert caught.value.code == "bad_frame"


def test_unpack_takes_what_is_just_within_the_bounds() -> None:
    assert unpack(packed({"t": "ping", "x": nested(MAX_DEPTH - 1)})) == Ping()
    assert unpack(packed({"t": "ping", "x": [0] * MAX_ARRAY_ITEMS})) == Ping()
    assert unpack(packed({"t": "ping", "x": {str(n): [{}] for n in range(MAX_MAP_ITEMS)}})) == Ping()


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"t": "cal"},
        {"t": None},
        {"t": ["call"]},
        {"t": b"ping"},
        {b"t": "ping"},
        {"t": "ping", b"x": 1},
        {"t": "call"},
        {"t": "call", "id": 1},
        {"t": "call", "request": {}},
        {"t": "call", "id": -1, "request": {}},
        {"t": "call", "id": 2**32, "request": {}},
        {"t": "call", "id": True, "request": {}},
        {"t": "call", "id": 1.0, "request": {}},
        {"t": "call", "id": "1", "request": {}},
        {"t": "call", "id": 1, "request": []},
        {"t": "call", "id": 1, "request": {b"do": "hello"}},
        {"t": "push", "event": None},
        {"t": "failure", "id": 1, "code": "busy", "text": "", "retry_after": float("nan")},
        {"t": "failure", "id": 1, "code": "busy", "text": "", "retry_after": -1},
        {"t": "goodbye", "code": "x", "retry_after": float("inf")},
        {"t": "goodbye", "code": 7},
    ],
)
def test_unpack_calls_an_envelope_bad_when_it_does_not_fit(plain: object) -> None:
    with pytest.raises(ProtocolFault) as caught:
        unpack(packed(plain))

    assert caught.value.code == "bad_envelope"


def test_unpack_ignores_fields_it_does_not_know() -> None:
    assert unpack(packed({"t": "ping", "since": 3})) == Ping()


def test_unpack_takes_whole_seconds_for_a_time() -> None:
    assert unpack(packed({"t": "goodbye", "code": "x", "retry_after": 3})) == Farewell(code="x", retry_after=3.0)


# --- requests ---------------------------------------------------------------------------------------------------------


def test_read_request_returns_what_to_map_was_given() -> None:
    post = Post(conversation="#general", cid=b"0123456789abcdef", body="hi", reply_to=3)

    assert read_request(to_map(post)) == post


def test_read_request_ignores_fields_it_does_not_know() -> None:
    assert read_request({"do": "hello", "protocol": 1, "colour": "red"}) == Hello(protocol=1)


@pytest.mark.parametrize("plain", [{}, {"do": "dance"}, {"do": None}, {"do": ["hello"]}, {"do": b"hello"}])
def test_read_request_knows_no_such_request(plain: dict[str, Any]) -> None:
    with pytest.raises(RequestFault, match="names no request that this server knows") as caught:
        read_request(plain)

    assert caught.value.code == "unknown_request"


GOOD_POST: dict[str, Any] = {"do": "post", "conversation": 1, "cid": b"0123456789abcdef", "body": "hi"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conversation", 0),
        ("conversation", MAX_NUMBER + 1),
        ("conversation", True),
        ("conversation", 1.0),
        ("conversation", "#"),
        ("conversation", "#" + "n" * 64),
        ("conversation", None),
        ("cid", b"short"),
        ("cid", b"0123456789abcdef0"),
        ("cid", "0123456789abcdef"),
        ("prev", b""),
        ("body", b"hi"),
        ("body", None),
        ("style", "loud"),
        ("reply_to", 0),
        ("reply_to", 2**64 - 1),
    ],
)
def test_read_request_names_the_field_that_does_not_fit(field: str, value: object) -> None:
    with pytest.raises(RequestFault) as caught:
        read_request({**GOOD_POST, field: value})

    assert caught.value.code == "bad_request"
    assert str(caught.value).startswith("post: ")
    assert f"$.{field}" in str(caught.value)


def test_read_request_names_the_field_that_is_missing() -> None:
    with pytest.raises(RequestFault, match=r"^post: Object missing required field `body`\.$"):
        read_request({key: value for key, value in GOOD_POST.items() if key != "body"})


def test_read_request_quotes_a_stranger_shortly_and_cleanly() -> None:
    with pytest.raises(RequestFault) as caught:
        read_request({**GOOD_POST, "style": "\x1b]0;pwned\x07" + "x" * 60_000})

    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()


# --- replies ----------------------------------------------------------------------------------------------------------


def test_read_reply_returns_what_to_map_was_given() -> None:
    posted = Posted(conversation=1, seq=2, ts=3, duplicate=True)

    assert read_reply(to_map(posted), Posted) == posted


def test_read_reply_refuses_what_does_not_fit() -> None:
    with pytest.raises(ProtocolFault, match="A Posted is malformed") as caught:
        read_reply({"conversation": 1, "seq": "2", "ts": 3}, Posted)

    assert caught.value.code == "bad_envelope"


# --- events -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", [POSTED, ReadMarkerMoved(seq=1, conversation=2, read=3), Typing(conversation=1, account=2, name="ann")]
)
def test_read_event_returns_what_to_map_was_given(event: MessagePosted) -> None:
    assert read_event(to_map(event)) == event


def test_read_event_ignores_fields_it_does_not_know() -> None:
    assert read_event({**to_map(POSTED), "mood": "good"}) == POSTED


def test_read_event_returns_nothing_for_an_unknown_kind_without_a_number() -> None:
    assert read_event({"kind": "wave", "conversation": 1}) is None
    assert read_event({"kind": "wave", "conversation": 1, "seq": 4}) is None
    assert read_event({"kind": "wave", "seq": 4}) is None
    assert read_event({"kind": 7}) is None
    assert read_event({}) is None


def test_read_event_counts_a_durable_event_of_an_unknown_kind() -> None:
    plain = {**to_map(POSTED), "kind": "song_sung", "of": 1}

    assert read_event(plain) == UnknownConversationEvent(
        conversation=1, seq=2, eid=b"12345678", ts=3, author=4, name="ann"
    )


@pytest.mark.parametrize("kind", ["message_posted", "message_edited", "reaction_added"])
def test_read_event_refuses_a_durable_event_that_does_not_fit(kind: str) -> None:
    with pytest.raises(ProtocolFault, match=f"The event '{kind}' is malformed") as caught:
        read_event({**to_map(POSTED), "kind": kind, "seq": 0})

    assert caught.value.code == "bad_envelope"


def test_read_conversation_event_returns_known_and_unknown_kinds() -> None:
    assert read_conversation_event(to_map(POSTED)) == POSTED
    assert isinstance(read_conversation_event({**to_map(POSTED), "kind": "pinned"}), UnknownConversationEvent)


@pytest.mark.parametrize("plain", [to_map(ReadMarkerMoved(seq=1, conversation=2, read=3)), {"kind": "wave"}])
def test_read_conversation_event_refuses_anything_else(plain: dict[str, Any]) -> None:
    with pytest.raises(ProtocolFault, match="no conversation event") as caught:
        read_conversation_event(plain)

    assert caught.value.code == "bad_envelope"


def test_to_map_makes_plain_text_of_a_str_of_another_class() -> None:
    class Word(str):
        __slots__ = ()

    plain = to_map(Post(conversation=1, cid=b"c" * 16, body=Word("waves")))

    assert type(plain["body"]) is str


def test_to_map_refuses_what_does_not_travel() -> None:
    with pytest.raises(TypeError, match="object does not travel"):
        to_map(Post(conversation=1, cid=b"c" * 16, body=object()))  # type: ignore[arg-type]  # the point
