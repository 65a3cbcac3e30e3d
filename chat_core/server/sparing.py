"""Keeps the log short where strangers decide how much goes into it: some lines a second, then a count of the others.

Knows the time and how to write a line; what a line is about, and when a count that is left is told, its user knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from chat_core.base.clock import Clock

AT_MOST: Final = 5
"""Lines in one period."""
PERIOD_S: Final = 1.0
"""How long a period is, in seconds; it begins with its first line."""


class SparingLog:
    """See the module's head.

    Args:
        write: takes a fact and its fields, as the methods of a logger do.
        clock: the time.
        at_most: lines in one period, the count of those left out of the one before not among them.
        period_s: how long a period is, in seconds.
    """

    def __init__(
        self, write: Callable[..., Any], clock: Clock, *, at_most: int = AT_MOST, period_s: float = PERIOD_S
    ) -> None:
        self._write = write
        self._clock = clock
        self._at_most = at_most
        self._period_s = period_s
        self._ends = float("-inf")
        self._written = 0
        self._left_out = 0

    def __call__(self, fact: str, **fields: Any) -> bool:
        """Write a line, or count it; return whether it was the first that was left out of its period.

        Whoever gets a yes calls `tell` after a period, lest the count wait for the next line.
        """
        if self._clock.monotonic() >= self._ends:
            self.tell()
            self._ends = self._clock.monotonic() + self._period_s
            self._written = 0
        if self._written < self._at_most:
            self._written += 1
            self._write(fact, **fields)
            return False
        self._left_out += 1
        return self._left_out == 1

    def tell(self) -> None:
        """Write how many lines were left out since that was told, if any were."""
        if self._left_out:
            count, self._left_out = self._left_out, 0
            self._write("lines left out", count=count)
