"""The conversations one has been in, in order, to go back and forward like in a browser. Pure."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

_MOST: Final = 100


class Trail:
    """They, and where on it one is."""

    def __init__(self) -> None:
        self._been: list[int] = []
        self._at = -1

    def note(self, number: int) -> None:
        """Note that one is somewhere; what was ahead is forgotten, unless one is there by `step`."""
        if self._been and self._been[self._at] == number:
            return
        del self._been[self._at + 1 :]
        self._been.append(number)
        del self._been[:-_MOST]
        self._at = len(self._been) - 1

    def copy(self) -> Trail:
        """Return another one that has led to the same place."""
        other = Trail()
        other._been, other._at = list(self._been), self._at
        return other

    def latest(self, there: Container[int]) -> int | None:
        """Return the last of some conversations that one was in; None: one was in none of them."""
        return next((number for number in reversed(self._been[: self._at + 1]) if number in there), None)

    def step(self, by: int, there: Container[int]) -> int | None:
        """Go back (-1) or forward (1); return where to, None: nowhere.

        Args:
            by: the direction.
            there: conversations that still exist.
        """
        here = self._been[self._at] if self._been else None
        at = self._at + by
        while 0 <= at < len(self._been):
            if self._been[at] in there and self._been[at] != here:
                self._at = at
                return self._been[at]
            at += by
        return None
