"""The nouns of the protocol."""

from __future__ import annotations

import msgspec
import pytest

from chat_core.protocol.limits import MAX_NUMBER
from chat_core.protocol.values import Conversation, ConversationKind, Position


@pytest.mark.parametrize(
    ("kind", "name", "target"),
    [
        ("channel", "general", "#general"),
        ("announcements", "announcements", "#announcements"),
        ("direct", "ann", "@ann"),
    ],
)
def test_conversation_is_spelled_as_a_target(kind: ConversationKind, name: str, target: str) -> None:
    assert Conversation(id=1, kind=kind, name=name).target == target


@pytest.mark.parametrize(
    "plain", [{"conversation": 1, "seq": 0}, {"conversation": MAX_NUMBER, "seq": MAX_NUMBER, "eid": b"12345678"}]
)
def test_position_takes_what_a_client_may_have(plain: dict[str, object]) -> None:
    assert msgspec.to_builtins(msgspec.convert(plain, Position, builtin_types=(bytes,)), builtin_types=(bytes,)) == {
        "eid": b"",
        **plain,
    }


@pytest.mark.parametrize(
    "plain",
    [
        {"conversation": 0, "seq": 0},
        {"conversation": 1, "seq": -1},
        {"conversation": 1, "seq": MAX_NUMBER + 1},
        {"conversation": 1, "seq": 1, "eid": b"123456789"},
    ],
)
def test_position_refuses_numbers_that_no_log_has(plain: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain, Position, builtin_types=(bytes,))


def test_values_cannot_be_changed() -> None:
    position = Position(conversation=1, seq=0)

    with pytest.raises(AttributeError, match="immutable"):
        position.seq = 5  # type: ignore[misc]
