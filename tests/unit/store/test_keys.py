"""Keys that are made of other numbers, and the digest that guards a cid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.store.keys import (
    MAX_CONVERSATION,
    MAX_SEQ,
    digest,
    direct_key,
    partner_in,
    row_id,
    seq_of,
)


@given(st.integers(1, MAX_CONVERSATION), st.integers(1, MAX_SEQ))
def test_row_id_holds_both_numbers_in_64_signed_bits(conversation: int, seq: int) -> None:
    key = row_id(conversation, seq)

    assert key < 2**63
    assert (key >> 32, seq_of(key)) == (conversation, seq)


@given(st.integers(-(2**60), 2**60))
def test_row_id_stays_in_its_conversation_when_the_seq_is_none(seq: int) -> None:
    assert row_id(7, 0) <= row_id(7, seq) <= row_id(7, MAX_SEQ) < row_id(8, 0)


@given(st.integers(1, 99), st.integers(1, 99))
def test_direct_key_is_the_same_from_both_sides(one: int, other: int) -> None:
    key = direct_key(AccountId(one), AccountId(other))

    assert key == direct_key(AccountId(other), AccountId(one))
    assert (partner_in(key, AccountId(one)), partner_in(key, AccountId(other))) == (other, one)


@pytest.mark.parametrize(
    "other", [(8, "body", "text", None), (7, "Body", "text", None), (7, "body", "action", None), (7, "body", "text", 1)]
)
def test_digest_differs_when_anything_differs(other: tuple[int, str, str, int | None]) -> None:
    conversation, *rest = other

    assert digest(ConversationId(7), "body", "text", None) != digest(ConversationId(conversation), *rest)  # type: ignore[arg-type]
    assert digest(ConversationId(7), "body", "text", None) == digest(ConversationId(7), "body", "text", None)


def test_digest_takes_half_a_surrogate_pair() -> None:
    assert digest(ConversationId(7), "\ud800", "text", None) != digest(ConversationId(7), "\udc00", "text", None)
