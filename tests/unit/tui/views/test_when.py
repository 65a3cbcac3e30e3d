"""Times and days in words."""

from __future__ import annotations

import time
from datetime import UTC, date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from chat_tui.views.when import clock, day_in_words, day_span, local, since
from tests.tui.support.states import ZONE, at


def test_clock_tells_hours_and_minutes_of_the_zone() -> None:
    assert clock(at("09:05"), ZONE) == "09:05"
    assert clock(at("09:05"), UTC) == "08:05"


def test_times_are_the_computer_s_own_when_no_zone_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for name, hour in (("UTC", "08:05"), ("Asia/Tokyo", "17:05")):
            monkeypatch.setenv("TZ", name)
            time.tzset()
            assert clock(at("09:05"), None) == hour
            assert day_span(at("20:00"), None)[0].day == (21 if name == "UTC" else 22)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_day_is_told_with_its_year_only_when_that_is_another_one() -> None:
    assert day_in_words(date(2023, 11, 21), 2023) == "Tuesday 21 November"
    assert day_in_words(date(2022, 1, 1), 2023) == "Saturday 1 January 2022"


def test_since_tells_the_day_only_when_that_is_another_one() -> None:
    assert since(at("12:55"), at("13:00"), ZONE) == "12:55"
    assert since(at("12:55", day=20), at("13:00"), ZONE) == "20 November 12:55"


def test_day_span_holds_the_local_day() -> None:
    day, begins, ends = day_span(at("23:59"), ZONE)

    assert day == date(2023, 11, 21)
    assert begins == at("00:00") and ends == at("00:00", day=22)
    assert day_span(at("23:59"), timezone(timedelta(hours=2)))[0] == date(2023, 11, 22)


def test_day_span_is_an_hour_longer_when_clocks_are_put_back() -> None:
    zone = ZoneInfo("Europe/Berlin")
    _, begins, ends = day_span(1_698_537_600_000, zone)  # 29 October 2023

    assert ends - begins == 25 * 3_600_000


def test_nonsense_times_are_drawn_as_some_time() -> None:
    assert local(-5, UTC).year == 1970
    assert local(10**18, UTC).year < 10_000
