"""The codes and their explanations."""

from __future__ import annotations

import pytest

from chat_core.protocol.codes import GOODBYES, REFUSALS, Explained, Goodbye, Refusal


def test_every_code_is_explained_once_in_its_order() -> None:
    assert list(REFUSALS) == list(Refusal)
    assert list(GOODBYES) == list(Goodbye)


@pytest.mark.parametrize("explained", [*REFUSALS.values(), *GOODBYES.values()])
def test_every_explanation_is_one_sentence(explained: Explained) -> None:
    assert explained.text[0].isupper()
    assert explained.text.endswith(".")
    assert "\n" not in explained.text


@pytest.mark.parametrize("code", [*Refusal, *Goodbye], ids=repr)
def test_every_code_is_spelled_as_its_name(code: Refusal | Goodbye) -> None:
    assert code.value == code.name.lower()


def test_a_retry_is_offered_where_the_outcome_may_change_only() -> None:
    assert {code for code in Refusal if REFUSALS[code].again} == {
        Refusal.UNKNOWN_PREV,
        Refusal.UNAVAILABLE,
        Refusal.BUSY,
        Refusal.STORE_FULL,
        Refusal.STORE_FAILED,
        Refusal.SHUTTING_DOWN,
        Refusal.SLOW_MODE,
        Refusal.RATE_LIMITED,
        Refusal.INTERNAL,
    }


def test_a_client_that_broke_the_protocol_is_not_asked_back() -> None:
    broken = {Goodbye.BAD_FRAME, Goodbye.FRAME_TOO_LONG, Goodbye.BAD_ENVELOPE, Goodbye.PROTOCOL_VERSION}

    assert not any(GOODBYES[code].again for code in broken)
