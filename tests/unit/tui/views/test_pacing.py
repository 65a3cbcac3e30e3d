"""When what came is painted."""

from __future__ import annotations

import pytest

from chat_tui.views.pacing import Pacing


def test_first_change_is_painted_at_once() -> None:
    assert Pacing().delay(0.0) == 0.0


def test_change_is_painted_at_once_when_it_was_quiet() -> None:
    pacing = Pacing()
    pacing.drained(10.0, 500)

    assert pacing.delay(10.2) == 0.0


def test_change_waits_for_the_rest_of_fifty_milliseconds_when_it_is_busy() -> None:
    pacing = Pacing()
    pacing.drained(10.0, 3)

    assert pacing.delay(10.02) == pytest.approx(0.03)
    assert pacing.delay(10.06) == 0.0


def test_change_waits_twice_as_long_when_much_came_or_somebody_types() -> None:
    flooded, typing = Pacing(), Pacing()
    flooded.drained(10.0, 31)
    typing.drained(10.0, 1)
    typing.key(9.9)

    assert flooded.delay(10.0) == pytest.approx(0.1)
    assert typing.delay(10.04) == pytest.approx(0.06)


def test_typing_is_forgotten_after_a_moment() -> None:
    pacing = Pacing()
    pacing.key(9.0)
    pacing.drained(10.0, 1)

    assert pacing.delay(10.0) == pytest.approx(0.05)


def test_flood_is_drained_at_most_ten_times_a_second() -> None:
    pacing, now, drains = Pacing(), 0.0, 0
    while now < 5.0:
        now += max(pacing.delay(now), 0.001)
        pacing.drained(now, 100)
        drains += 1

    assert drains <= 52
