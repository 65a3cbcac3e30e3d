"""Counts deliveries and answers in a byte stream, and takes their latency where it is asked to. Pure: the time is an
argument.

Frames are not parsed: each body holds a marker, and counting a marker in a chunk costs less than reading the chunk.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Final, Protocol

from chat_core.bench.frames import MARKER, STAMP_DIGITS, outcome_heads

MOST_LATENCIES: Final = 200_000
"""Latencies kept by one process; what comes behind is counted only."""

_KEPT: Final = len(MARKER) - 1
_TOKEN: Final = re.compile(rb"%s(\d{%d})" % (re.escape(MARKER), STAMP_DIGITS))
_KEPT_TOKEN: Final = len(MARKER) + STAMP_DIGITS - 1
_HEADS: Final = outcome_heads()
_OUTCOME: Final = re.compile(rb"(%s|%s)(.{4})" % tuple(map(re.escape, _HEADS)), re.DOTALL)
_KEPT_OUTCOME: Final = max(map(len, _HEADS)) + 4 - 1


class Tally(Protocol):
    """What counts one connection's deliveries."""

    def feed(self, data: bytes, now_ns: int) -> int:
        """Return the number of deliveries that `data` completes; it goes on where the last chunk was cut."""
        ...


class Counting:
    """Counts."""

    __slots__ = ("_carry",)

    def __init__(self) -> None:
        self._carry = b""

    def feed(self, data: bytes, now_ns: int) -> int:
        """See `Tally`."""
        data = self._carry + data
        self._carry = data[-_KEPT:]
        return data.count(MARKER)


class Timing:
    """Counts, and keeps each delivery's latency in nanoseconds.

    Args:
        latencies: where to; shared by the connections of a process.
    """

    __slots__ = ("_carry", "_latencies")

    def __init__(self, latencies: array[int]) -> None:
        self._carry = b""
        self._latencies = latencies

    def feed(self, data: bytes, now_ns: int) -> int:
        """See `Tally`."""
        data = self._carry + data
        count = end = 0
        for found in _TOKEN.finditer(data):
            count += 1
            end = found.end()
            if len(self._latencies) < MOST_LATENCIES:
                self._latencies.append(max(0, now_ns - int(found[1])))
        self._carry = data[max(end, len(data) - _KEPT_TOKEN) :]
        return count


class Acknowledgements:
    """Finds which calls were answered, and which refused."""

    __slots__ = ("_carry",)

    def __init__(self) -> None:
        self._carry = b""

    def feed(self, data: bytes) -> tuple[list[int], list[int]]:
        """Return the ids of the calls that `data` answers, and of those that it refuses, each in their order."""
        data = self._carry + data
        outcomes: tuple[list[int], list[int]] = ([], [])
        end = 0
        for found in _OUTCOME.finditer(data):
            outcomes[found[1] != _HEADS[0]].append(int.from_bytes(found[2], "big"))
            end = found.end()
        self._carry = data[max(end, len(data) - _KEPT_OUTCOME) :]
        return outcomes


def quantile_ms(latencies_ns: Sequence[int], quantile: float) -> float | None:
    """Return a quantile of sorted latencies in milliseconds; None if there are none."""
    if not latencies_ns:
        return None
    return latencies_ns[min(len(latencies_ns) - 1, int(quantile * len(latencies_ns)))] / 1e6
