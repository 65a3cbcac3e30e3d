"""Times and days in words. Pure: takes milliseconds and a time zone, reads no clock and no locale."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LATEST_MS: Final = 253_000_000_000_000
"""Some year before 10000: the calendar ends there."""


def local(ts: int, zone: tzinfo | None) -> datetime:
    """Return the local time of `ts` (milliseconds since 1970); nonsense becomes the nearest time there is.

    Args:
        ts: milliseconds since 1970-01-01 UTC.
        zone: None: the computer's own.
    """
    return datetime.fromtimestamp(max(0, min(ts, _LATEST_MS)) / 1000, UTC).astimezone(zone)


def clock(ts: int, zone: tzinfo | None) -> str:
    """Return `HH:MM`."""
    moment = local(ts, zone)
    return f"{moment.hour:02}:{moment.minute:02}"


def day_in_words(day: date, year: int) -> str:
    """Return `Tuesday 21 November`, with the year when it is not `year`."""
    words = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return words if day.year == year else f"{words} {day.year}"


def since(ts: int, other: int, zone: tzinfo | None) -> str:
    """Return when `ts` was as seen from `other`: `12:55`, or `20 November 12:55` when that is another day."""
    then, now = local(ts, zone), local(other, zone)
    hour = f"{then.hour:02}:{then.minute:02}"
    return hour if then.date() == now.date() else f"{then.day} {_MONTHS[then.month - 1]} {hour}"


def lately(ts: int, now: int, zone: tzinfo | None) -> str:
    """Return when `ts` was in at most six characters: `12:55`, or `20 Nov` when it was not today."""
    then = local(ts, zone)
    return clock(ts, zone) if then.date() == local(now, zone).date() else f"{then.day} {_MONTHS[then.month - 1][:3]}"


def day_span(ts: int, zone: tzinfo | None) -> tuple[date, int, int]:
    """Return the local day of `ts`, and its first and behind its last millisecond."""
    day = local(ts, zone).date()
    return day, _midnight_ms(day, zone), _midnight_ms(day + timedelta(days=1), zone)


def _midnight_ms(day: date, zone: tzinfo | None) -> int:
    # A naive time's timestamp() takes the computer's own zone, which is what None stands for.
    return int(datetime.combine(day, time.min, zone).timestamp() * 1000)
