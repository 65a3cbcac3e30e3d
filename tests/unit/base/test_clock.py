"""The system's clocks, behind the port."""

from __future__ import annotations

import time

from chat_core.base.clock import Clock, SystemClock


def test_system_clock_tells_milliseconds_since_1970() -> None:
    clock: Clock = SystemClock()

    before, told, after = time.time_ns(), clock.wall_ms(), time.time_ns()

    assert before // 1_000_000 <= told <= after // 1_000_000


def test_system_clock_measures_with_a_clock_that_never_goes_back() -> None:
    clock: Clock = SystemClock()

    first, second = clock.monotonic(), clock.monotonic()

    assert first <= second <= time.monotonic()
