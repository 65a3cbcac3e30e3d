"""Token buckets: what is taken comes back evenly, and nobody gets more than was promised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.server.defence.buckets import Bucket, Buckets


def test_bucket_gives_its_burst_at_once_and_then_says_how_long_to_wait() -> None:
    bucket = Bucket(3, 2.0, now=10.0)

    assert [bucket.take(1, 10.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert bucket.take(1, 10.5) == 0.0
    assert bucket.take(2, 10.5) == 1.0


def test_bucket_never_holds_more_than_its_burst() -> None:
    bucket = Bucket(3, 2.0, now=0.0)

    assert bucket.level(1e6) == 3
    bucket.give_back(5)
    assert bucket.level(1e6) == 3


def test_bucket_that_is_overdrawn_says_when_nothing_is_owed() -> None:
    bucket = Bucket(10, 5.0, now=0.0)

    assert bucket.spend(8, 0.0) == 0.0
    assert bucket.spend(7, 0.0) == 1.0
    assert bucket.take(1, 1.0) == pytest.approx(0.2)


@given(
    asks=st.lists(st.tuples(st.floats(0, 3), st.floats(0.1, 5)), max_size=60),
    burst=st.floats(5, 50),
    rate=st.floats(0.1, 100),
)
def test_bucket_grants_no_more_than_burst_and_rate_allow(
    asks: list[tuple[float, float]], burst: float, rate: float
) -> None:
    bucket, now, granted = Bucket(burst, rate, 0.0), 0.0, 0.0
    for pause_s, amount in asks:
        now += pause_s
        wait_s = bucket.take(amount, now)
        if not wait_s:
            granted += amount
        elif wait_s < 1e6:
            assert bucket.take(amount, now + wait_s) == 0.0, "who waits as told is not told to wait again"
            now, granted = now + wait_s, granted + amount
        assert granted <= burst + rate * now + 1e-6


def test_buckets_forget_who_is_as_good_as_new_and_then_the_oldest() -> None:
    buckets: Buckets[int] = Buckets(1, 1.0, most=4)
    for key in range(4):
        buckets.of(key, 0.0).take(1, 0.0)
    buckets.of(4, 0.5)
    assert len(buckets) == 3, "the older half gave way"
    assert buckets.of(3, 0.5).take(1, 0.5) == 0.5, "a young one is remembered"

    for key in range(5, 1000):
        buckets.of(key, 100.0)
    assert len(buckets) <= 4
