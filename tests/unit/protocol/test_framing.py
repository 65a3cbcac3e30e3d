"""Frames: cut out of any stream, bounded before anything is kept."""

from __future__ import annotations

import pytest

from chat_core.base.errors import ProtocolFault
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.envelopes import Push
from chat_core.protocol.events import Typing
from chat_core.protocol.framing import FrameReader, frame, push_frame


def test_frame_puts_a_big_endian_length_in_front() -> None:
    assert frame(b"abc") == b"\x00\x00\x00\x03abc"
    assert frame(b"x" * 0x10203)[:4] == b"\x00\x01\x02\x03"


def test_push_frame_is_the_same_as_packing_the_whole_envelope() -> None:
    event = Typing(conversation=1, account=2, name="ann")

    assert push_frame(pack(event)) == frame(pack(Push(event=to_map(event))))


def test_reader_yields_payloads_in_order_when_one_chunk_holds_several() -> None:
    reader = FrameReader(10)

    assert list(reader.feed(frame(b"one") + frame(b"") + frame(b"two"))) == [b"one", b"", b"two"]
    assert reader.buffered == 0


def test_reader_puts_together_what_comes_byte_by_byte() -> None:
    reader = FrameReader(10)
    stream = frame(b"first") + frame(b"second")

    payloads = [payload for byte in stream for payload in reader.feed(bytes([byte]))]

    assert payloads == [b"first", b"second"]


def test_reader_keeps_the_rest_for_the_next_chunk() -> None:
    reader = FrameReader(10)

    assert list(reader.feed(frame(b"abc") + b"\x00\x00")) == [b"abc"]
    assert reader.buffered == 2
    assert list(reader.feed(b"\x00\x02x")) == []
    assert reader.buffered == 5
    assert list(reader.feed(b"y")) == [b"xy"]
    assert reader.buffered == 0


def test_reader_takes_a_payload_of_exactly_the_limit() -> None:
    assert list(FrameReader(5).feed(frame(b"12345"))) == [b"12345"]


def test_reader_refuses_a_longer_one_by_its_length_alone() -> None:
    reader = FrameReader(5)

    with pytest.raises(ProtocolFault, match=r"A frame of 6 bytes; at most 5 are taken here\.") as caught:
        list(reader.feed(b"\x00\x00\x00\x06"))

    assert caught.value.code == "frame_too_long"
    assert reader.buffered == 0


def test_reader_yields_what_came_before_a_frame_that_is_too_long() -> None:
    reader = FrameReader(5)
    payloads = reader.feed(frame(b"good") + frame(b"too long") + frame(b"good"))

    assert next(payloads) == b"good"
    with pytest.raises(ProtocolFault):
        next(payloads)
    assert reader.buffered == 0


def test_reader_takes_longer_frames_when_its_limit_is_raised_between_two_of_one_chunk() -> None:
    reader = FrameReader(5)
    payloads = reader.feed(frame(b"short") + frame(b"a longer one"))

    assert next(payloads) == b"short"
    reader.limit = 20
    assert next(payloads) == b"a longer one"


def test_reader_keeps_nothing_when_its_user_stops_early() -> None:
    reader = FrameReader(5)
    assert list(reader.feed(frame(b"one")[:2])) == []
    payloads = reader.feed(frame(b"one")[2:] + frame(b"two") * 1000)

    assert next(payloads) == b"one"
    del payloads

    assert reader.buffered == 0


def test_reader_keeps_nothing_when_what_it_kept_becomes_too_long() -> None:
    reader = FrameReader(5)
    assert list(reader.feed(b"\x00\x00\x00")) == []

    with pytest.raises(ProtocolFault):
        list(reader.feed(b"\x06"))

    assert reader.buffered == 0
