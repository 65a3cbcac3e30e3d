"""Whether lines of a terminal moved up or down, so that it can move them instead of being told every letter. Pure.

A terminal moves whole lines between two margins. What stands beside those that moved - the list of conversations, the
members - moves with them and has to be drawn again; whether that pays, the caller finds out by trying.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from chat_tui.terminal_rows import Cell, Row

_LEAST: Final = 2
"""Lines that must have moved alike."""
_COMMON: Final = 3
"""What stands in more lines than that tells nothing of where it went."""

_Look = tuple[tuple[Cell, ...], tuple[int, ...]]
Columns = tuple[int, int]
"""The first one, and the one behind the last."""


class Move(NamedTuple):
    """Lines from `top` to `bottom` go up by so many, or down if that is negative; what comes in is not known."""

    top: int
    bottom: int
    lines: int

    @property
    def sequence(self) -> str:
        """What tells the terminal. The cursor is somewhere then, and the margins are those of the screen.

        Lines are deleted or inserted: that puts none into what one can scroll back to, and every terminal can do it.
        """
        what = f"{self.lines}M" if self.lines > 0 else f"{-self.lines}L"
        return f"\x1b[{self.top};{self.bottom}r\x1b[{self.top};1H\x1b[{what}\x1b[r"

    def applied(self, rows: Mapping[int, Row]) -> dict[int, Row]:
        """Return what is known of the lines of a screen afterwards."""
        moved = dict(rows)
        for y in range(self.top, self.bottom + 1):
            comes_from = y + self.lines
            there = self.top <= comes_from <= self.bottom
            moved[y] = rows[comes_from] if there and comes_from in rows else Row()
        return moved


def find_move(old: Mapping[int, Row], new: Mapping[int, Row], drawn: Mapping[int, Columns]) -> Move | None:
    """Return how most of the lines moved that are others now; None: they did not, as far as one can see.

    Args:
        old: the lines of the screen as they are.
        new: those that were drawn, as they are to be.
        drawn: the longest part of each of these that was drawn as one.
    """
    looks = {y: new[y].look(*columns) for y, columns in drawn.items() if columns[1] > columns[0]}
    told = {y: look for y, look in looks.items() if any(cell != " " for cell in look[0])}
    places: dict[Columns, dict[_Look, list[int]]] = {}
    votes: Counter[int] = Counter()
    for y, look in told.items():
        columns = drawn[y]
        if columns not in places:
            places[columns] = _places(old, columns)
        came_from = places[columns].get(look, ())
        if y not in came_from and len(came_from) <= _COMMON:
            votes.update(each - y for each in came_from)
    if not votes:
        return None
    lines = max(votes, key=lambda each: (votes[each], -abs(each)))
    moved = [y for y, look in told.items() if y + lines in places[drawn[y]].get(look, ())]
    if len(moved) < _LEAST:
        return None
    return Move(min(moved) + min(lines, 0), max(moved) + max(lines, 0), lines)


def _places(rows: Mapping[int, Row], columns: Columns) -> dict[_Look, list[int]]:
    """Return in which lines each look is."""
    found: dict[_Look, list[int]] = {}
    for y, row in rows.items():
        if len(row) >= columns[1]:
            found.setdefault(row.look(*columns), []).append(y)
    return found
