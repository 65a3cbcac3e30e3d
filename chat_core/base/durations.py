"""Lengths of time as people write and read them: `90s`, `10m`, `2h`, `7d`, `1w`. Pure."""

from __future__ import annotations

import re
from typing import Final

from chat_core.base.errors import UsageFault

LONGEST_S: Final = 10 * 366 * 24 * 3600
"""Longest time that can be asked for, in seconds: ten years; what is to last longer has no end."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}
_WORDS: Final = ((24 * 3600, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_PART: Final = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_WHOLE: Final = re.compile(r"(?:\d{1,9}[smhdw])+", re.ASCII)


def is_duration(text: str) -> bool:
    """Return whether a word is written like a length of time; it may still be too long."""
    return _WHOLE.fullmatch(text.casefold()) is not None


def parse_duration(text: str) -> int:
    """Return a length of time in seconds; parts may be put together: `1h30m`.

    Raises:
        UsageFault: it is none, or it is nothing, or longer than `LONGEST_S`.
    """
    if not is_duration(text):
        raise UsageFault(f"'{text[:20]}' is no length of time: write it like 90s, 10m, 2h, 7d or 1w.")
    seconds = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text.casefold()))
    if not 0 < seconds <= LONGEST_S:
        raise UsageFault(f"'{text[:20]}' must be at least one second and at most ten years.")
    return seconds


def in_words(seconds: float) -> str:
    """Return a length of time for people, in its two largest units: `1 day 2 hours`; nothing counts as a second."""
    left = max(1, round(seconds))
    parts: list[str] = []
    for size, name in _WORDS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}" if count == 1 else f"{count} {name}s")
        if len(parts) == 2 or (parts and not count):
            break
    return " ".join(parts)
