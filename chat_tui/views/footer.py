"""A line of keys with what each of them does, as many as there is room for; which of them was clicked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from chat_tui.views.lines import ELLIPSIS, Line, Span, spread

_GAP: Final = 2
MORE: Final = "more"
"""Name of the ellipsis, for clicks."""


class Chip(Struct, frozen=True):
    """One of them."""

    name: str
    """For clicks."""
    key: str
    """What is pressed, for people; empty: it is only clicked."""
    label: str
    """What it does, one or two words."""

    @property
    def width(self) -> int:
        """Cells it takes, with the gap behind it."""
        return cell_len(self.key) + bool(self.key) + cell_len(self.label) + _GAP


def footer(chips: Sequence[Chip], last: Sequence[Chip], cells: int) -> Line:
    """Return the line: `chips` from the left as many as fit, `last` at the right."""
    end = _spans(last)
    kept = fitting(chips, _room(last, cells))
    begin = _spans(kept)
    if len(kept) < len(chips):
        begin = (*begin, Span(ELLIPSIS, "chip"))
    return Line(spread((Span(" ", "chip"), *begin), end, cells, gap=1), ground="panel")


def fitting(chips: Sequence[Chip], room: int) -> tuple[Chip, ...]:
    """Return the first chips that fit into some cells."""
    kept: list[Chip] = []
    for at, chip in enumerate(chips):
        room -= chip.width
        if room < (1 if at < len(chips) - 1 else 0):
            break
        kept.append(chip)
    return tuple(kept)


def _room(last: Sequence[Chip], cells: int) -> int:
    """Return the cells for the chips at the left: what a margin, a gap and those at the right leave."""
    return cells - 2 - sum(chip.width for chip in last)


def clicked(chips: Sequence[Chip], last: Sequence[Chip], cells: int, cell: int) -> str:
    """Return the name of the chip at a cell of the line that `footer` makes; empty: there is none."""
    at_right = sum(chip.width for chip in last)
    for group, left in ((fitting(chips, _room(last, cells)), 1), (last, cells - at_right)):
        for chip in group:
            if left <= cell < left + chip.width - _GAP:
                return chip.name
            left += chip.width
    if cell == 1 + sum(chip.width for chip in fitting(chips, _room(last, cells))) and len(chips) > fitting_count(
        chips, last, cells
    ):
        return MORE
    return ""


def fitting_count(chips: Sequence[Chip], last: Sequence[Chip], cells: int) -> int:
    """Return how many of `chips` stand on the line that `footer` makes."""
    return len(fitting(chips, _room(last, cells)))


def _spans(chips: Sequence[Chip]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for chip in chips:
        if chip.key:
            spans += (Span(chip.key, "chip-key"), Span(f" {chip.label}{' ' * _GAP}", "chip"))
        else:
            spans += (Span(chip.label, "chip-key"), Span(" " * _GAP, "chip"))
    return tuple(spans)
