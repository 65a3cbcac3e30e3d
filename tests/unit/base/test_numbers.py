"""Whole numbers as people write them."""

from __future__ import annotations

import pytest

from chat_core.base.numbers import LARGEST, number_in


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("17", 17), ("0017", 17), ("0" * 5000, 0), (str(LARGEST), LARGEST)]
)
def test_digits_are_read_as_a_number(text: str, number: int) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", "1_0", " 1", "x", "²", "٣", "1٣", str(LARGEST + 1), "9" * 5000]
)
def test_what_is_no_number_here_is_none(text: str) -> None:
    assert number_in(text) is None


def test_number_is_at_most_what_is_said() -> None:
    assert [number_in(text, 12) for text in ("12", "13", "012", "99", "100")] == [12, None, 12, None, None]
    assert number_in("1", 0) is None
