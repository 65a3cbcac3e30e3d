"""Any bytes, cut anywhere: nothing but a protocol fault comes out, and no more is kept than one frame."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat_core.base.errors import ProtocolFault
from chat_core.protocol import limits
from chat_core.protocol.codec import RequestFault, pack, read_event, read_request, unpack
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Phase, Role
from chat_core.protocol.envelopes import Answer, Call, Envelope, Farewell, Ping, Pong, Push
from chat_core.protocol.framing import FrameReader, frame
from tests.property.structs import ANYTHING, MAPS, TEXT, values_of

LIMIT = 64
CHUNKS = st.lists(st.binary(max_size=200), max_size=20)


def cut(stream: bytes, places: list[int]) -> Iterator[bytes]:
    """Yield the stream in pieces, cut at these places."""
    borders = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    for start, end in pairwise(borders):
        yield stream[start:end]


def nearly_envelopes() -> st.SearchStrategy[bytes]:
    """Return payloads that are MessagePack, and close to an envelope: they get further than noise."""
    tags = st.sampled_from(["call", "answer", "failure", "push", "ping", "pong", "goodbye"]) | ANYTHING
    fields = st.fixed_dictionaries(
        {"t": tags},
        optional={
            "id": st.integers(0, 9) | ANYTHING,
            "request": st.fixed_dictionaries({"do": st.sampled_from(["hello", "post"]) | ANYTHING}) | MAPS,
            "reply": ANYTHING,
            "event": MAPS,
            "code": TEXT,
            "text": ANYTHING,
            "retry_after": st.floats() | st.integers(-5, 5),
        },
    )
    packed: st.SearchStrategy[bytes] = fields.map(lambda value: msgpack.packb(value))
    return packed


STREAMS = st.one_of(
    CHUNKS,
    st.lists(nearly_envelopes().map(frame), max_size=8),
    st.lists((nearly_envelopes() | st.binary(max_size=100)).map(frame), max_size=8),
)


@given(chunks=CHUNKS)
@example(chunks=[b"\x00\x00\x00\x40" + b"x" * 63, b"x" + b"\x00\x00\x00"])
def test_reader_keeps_one_frame_at_most_and_raises_protocol_faults_only(chunks: list[bytes]) -> None:
    reader = FrameReader(LIMIT)

    for chunk in chunks:
        try:
            for payload in reader.feed(chunk):
                assert len(payload) <= LIMIT
        except ProtocolFault as fault:
            assert fault.code == Goodbye.FRAME_TOO_LONG
            assert reader.buffered == 0
            return
        assert reader.buffered < LIMIT + limits.FRAME_HEADER_BYTES


@given(payloads=st.lists(st.binary(max_size=LIMIT), max_size=10), places=st.lists(st.integers(0, 10_000), max_size=20))
def test_reader_puts_frames_together_wherever_they_were_cut(payloads: list[bytes], places: list[int]) -> None:
    reader = FrameReader(LIMIT)
    stream = b"".join(map(frame, payloads))

    assert [payload for piece in cut(stream, places) for payload in reader.feed(piece)] == payloads
    assert reader.buffered == 0


@given(payloads=st.lists(st.binary(max_size=LIMIT), min_size=1, max_size=5))
def test_reader_waits_for_the_last_byte(payloads: list[bytes]) -> None:
    reader = FrameReader(LIMIT)
    stream = b"".join(map(frame, payloads))

    assert list(reader.feed(stream[:-1])) == payloads[:-1]
    assert list(reader.feed(stream[-1:])) == payloads[-1:]


@given(payload=st.binary(max_size=300) | nearly_envelopes())
def test_unpack_returns_an_envelope_or_raises_a_protocol_fault(payload: bytes) -> None:
    try:
        envelope = unpack(payload)
    except ProtocolFault as fault:
        assert fault.code in (Goodbye.BAD_FRAME, Goodbye.BAD_ENVELOPE)
        assert str(fault).isprintable()
    else:
        assert isinstance(envelope, Envelope)


@given(plain=MAPS | st.fixed_dictionaries({"do": st.sampled_from(["hello", "post", "resume", "history"])}, optional={
    "protocol": ANYTHING, "conversation": ANYTHING, "cid": ANYTHING, "body": ANYTHING, "positions": ANYTHING,
    "limit": ANYTHING, "anchor": ANYTHING,
}))  # fmt: skip
def test_read_request_returns_a_request_or_raises_a_request_fault(plain: dict[str, Any]) -> None:
    try:
        read_request(plain)
    except RequestFault as fault:
        assert str(fault).isprintable()
        assert len(str(fault)) < 300


@given(plain=MAPS | st.fixed_dictionaries({"kind": TEXT | st.just("message_posted")}, optional={
    "conversation": ANYTHING, "seq": ANYTHING, "eid": ANYTHING, "ts": ANYTHING, "author": ANYTHING,
}))  # fmt: skip
def test_read_event_returns_an_event_or_nothing_or_raises_a_protocol_fault(plain: dict[str, Any]) -> None:
    try:
        read_event(plain)
    except ProtocolFault as fault:
        assert fault.code == Goodbye.BAD_ENVELOPE


@pytest.mark.parametrize("role", Role)
@given(chunks=STREAMS, signed_in=st.booleans())
def test_connection_keeps_one_frame_at_most_and_raises_protocol_faults_only(
    role: Role, chunks: list[bytes], signed_in: bool
) -> None:
    connection = Connection(role, 0.0)
    if signed_in:
        connection.signed_in()
    most = limits.FRAME_TO_CLIENT_BYTES if role is Role.CLIENT else limits.FRAME_BEFORE_SIGN_IN_BYTES
    if signed_in and role is Role.SERVER:
        most = limits.FRAME_TO_SERVER_BYTES

    for chunk in chunks:
        try:
            for envelope in connection.receive(chunk, 1.0):
                assert isinstance(envelope, Call | Farewell if role is Role.SERVER else Envelope)
                assert not isinstance(envelope, Ping | Pong)
        except ProtocolFault as fault:
            said = [unpack(payload) for payload in FrameReader(1 << 20).feed(connection.outgoing())]
            assert isinstance(said[-1], Farewell)
            assert said[-1].code == fault.code
            assert connection.phase is Phase.CLOSED
        assert connection.buffered < most + limits.FRAME_HEADER_BYTES
        if connection.phase is Phase.CLOSED:
            assert connection.buffered == 0


@given(
    envelopes=st.lists(values_of(Answer) | values_of(Push), max_size=6),
    places=st.lists(st.integers(0, 100_000), max_size=20),
    pings=st.integers(0, 3),
)
def test_connection_yields_envelopes_in_order_wherever_the_stream_was_cut(
    envelopes: list[Envelope], places: list[int], pings: int
) -> None:
    connection = Connection(Role.CLIENT, 0.0)
    stream = b"".join(frame(pack(envelope)) for envelope in [*[Ping()] * pings, *envelopes, *[Pong()] * pings])

    received = [envelope for piece in cut(stream, places) for envelope in connection.receive(piece, 1.0)]

    assert received == envelopes


@given(
    bytes_left=st.integers(1, 3),
    size=st.integers(limits.FRAME_BEFORE_SIGN_IN_BYTES - 2, limits.FRAME_BEFORE_SIGN_IN_BYTES + 2),
)
def test_connection_decides_on_a_length_before_the_payload_comes(bytes_left: int, size: int) -> None:
    connection = Connection(Role.SERVER, 0.0)
    header = size.to_bytes(4, "big")
    assert list(connection.receive(header[:-bytes_left], 0.0)) == []

    if size > limits.FRAME_BEFORE_SIGN_IN_BYTES:
        with pytest.raises(ProtocolFault):
            list(connection.receive(header[-bytes_left:], 0.0))
    else:
        assert list(connection.receive(header[-bytes_left:], 0.0)) == []
        assert connection.phase is Phase.OPENING
