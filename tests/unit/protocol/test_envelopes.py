"""The catalogue of envelopes."""

from __future__ import annotations

from chat_core.protocol.envelopes import ENVELOPES, Answered, Envelope


def test_every_envelope_is_found_by_its_tag() -> None:
    assert set(ENVELOPES.values()) == set(Envelope.__subclasses__()) - {Answered}
    assert list(ENVELOPES) == ["call", "answer", "failure", "push", "ping", "pong", "goodbye"]
