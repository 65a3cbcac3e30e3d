"""Lengths of time as people write and read them."""

from __future__ import annotations

import pytest

from chat_core.base.durations import LONGEST_S, in_words, is_duration, parse_duration
from chat_core.base.errors import UsageFault


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("2h", 7200), ("7d", 604_800), ("1w", 604_800), ("1h30m", 5400), ("5M", 300)],
)
def test_duration_is_read(text: str, seconds: int) -> None:
    assert is_duration(text)
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "10 m", "-5m", "1.5h", "10y", "\u0661m", "1h spam"])
def test_duration_is_refused_when_it_is_no_length_of_time(text: str) -> None:
    assert not is_duration(text)
    with pytest.raises(UsageFault, match="no length of time"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "0m0s", "999999999w", f"{LONGEST_S + 1}s"])
def test_duration_is_refused_when_it_is_nothing_or_too_long(text: str) -> None:
    with pytest.raises(UsageFault, match="at most ten years"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.4, "1 second"),
        (59.6, "1 minute"),
        (61, "1 minute 1 second"),
        (7200, "2 hours"),
        (3601, "1 hour"),
        (90_000, "1 day 1 hour"),
        (86_460, "1 day"),
        (200_000, "2 days 7 hours"),
    ],
)
def test_duration_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
