"""How many lines each item of a timeline takes, and which item is at a given line. Pure.

Prefix sums over plain lists: at tens of thousands of items a rebuild is a millisecond or two, and only what is behind
a change is rebuilt, so that the common change, at the end, costs next to nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Heights:
    """Heights by index, exact ones and guesses."""

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._exact = bytearray()
        self._ends: list[int] = []
        """Sums up to and with an index; may be shorter than the heights."""

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    @property
    def total(self) -> int:
        """Lines of everything."""
        self._sum()
        return self._ends[-1] if self._ends else 0

    def is_exact(self, index: int) -> bool:
        """Whether the height was counted, not guessed."""
        return bool(self._exact[index])

    def set(self, index: int, height: int) -> int:
        """Note a counted height; return by how much it differs from what was assumed."""
        difference = height - self._heights[index]
        self._exact[index] = 1
        if difference:
            self._heights[index] = height
            del self._ends[index:]
        return difference

    def splice(self, start: int, stop: int, guesses: Iterable[int]) -> None:
        """Replace the heights of [start, stop) by guesses."""
        heights = list(guesses)
        self._heights[start:stop] = heights
        self._exact[start:stop] = bytes(len(heights))
        del self._ends[start:]

    def top(self, index: int) -> int:
        """Return the first line of an item; of `len(self)`: the line behind everything."""
        self._sum()
        return self._ends[index - 1] if index else 0

    def at(self, line: int) -> tuple[int, int]:
        """Return the item at a line, and which of its lines that is; lines outside count as the nearest ones.

        Raises:
            IndexError: there are no items.
        """
        line = max(0, min(line, self.total - 1))
        index = bisect_right(self._ends, line)
        if index >= len(self._heights):
            raise IndexError(line)
        return index, line - self.top(index)

    def _sum(self) -> None:
        known = len(self._ends)
        if known < len(self._heights):
            base = self._ends[-1] if known else 0
            sums = accumulate(self._heights[known:], initial=base)
            next(sums)
            self._ends.extend(sums)
