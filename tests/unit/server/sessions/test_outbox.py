"""The queue of one reader: what is taken, what is refused, what is dropped."""

from __future__ import annotations

from chat_core.server.sessions.outbox import Outbox


def test_outbox_returns_everything_in_order_as_one_write() -> None:
    outbox = Outbox()

    assert outbox.event(b"one")
    outbox.reply(b"two")
    assert outbox.signal(b"three")

    assert outbox.take() == b"onetwothree"
    assert outbox.take() == b""
    assert outbox.size == 0


def test_outbox_refuses_events_when_full_and_takes_replies() -> None:
    outbox = Outbox(limit=10)
    assert outbox.event(b"12345678")

    assert not outbox.event(b"abc")
    outbox.reply(b"reply")

    assert outbox.take() == b"12345678reply"


def test_outbox_takes_one_oversize_chunk_when_empty() -> None:
    outbox = Outbox(limit=4)

    assert outbox.event(b"a burst")

    assert not outbox.event(b"x")
    assert outbox.take() == b"a burst"


def test_outbox_drops_signals_from_half_full_on() -> None:
    outbox = Outbox(limit=10)
    assert outbox.signal(b"12345")

    assert not outbox.signal(b"6")
    assert outbox.event(b"67890")


def test_outbox_hands_the_same_bytes_on_when_only_one_chunk_waits() -> None:
    outbox, data = Outbox(), b"shared by all readers"
    outbox.event(data)

    assert outbox.take() is data
