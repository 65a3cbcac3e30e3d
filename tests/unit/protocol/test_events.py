"""The catalogue of events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chat_core.protocol.events import (
    EVENTS,
    AccountEvent,
    ConversationEvent,
    Event,
    Lagging,
    Signal,
    UnknownConversationEvent,
)

ABSTRACT = {Event, ConversationEvent, AccountEvent, Signal}


def subclasses(kind: type[Event]) -> Iterator[type[Event]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from subclasses(sub)


def test_every_event_that_travels_is_in_the_catalogue_once() -> None:
    assert len(set(EVENTS)) == len(EVENTS)
    assert set(EVENTS) == set(subclasses(Event)) - ABSTRACT - {UnknownConversationEvent}


def test_event_kinds_are_distinct_and_said_in_the_past_or_as_a_state() -> None:
    kinds = [str(kind.__struct_config__.tag) for kind in EVENTS]

    assert len(set(kinds)) == len(kinds)
    assert "unknown" not in kinds


@pytest.mark.parametrize("kind", [kind for kind in EVENTS if issubclass(kind, ConversationEvent | AccountEvent)])
def test_every_durable_event_has_a_number(kind: type[Event]) -> None:
    assert "seq" in kind.__struct_fields__


@pytest.mark.parametrize("kind", [kind for kind in EVENTS if issubclass(kind, Signal | Lagging)])
def test_no_ephemeral_event_has_a_number(kind: type[Event]) -> None:
    assert "seq" not in kind.__struct_fields__
