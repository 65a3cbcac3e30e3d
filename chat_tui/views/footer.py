"""Keys with what each of them does, as many as there is room for, in a line or two; which was clicked. Pure."""

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
    """What it does, one or two words; empty: the key says it all."""

    @property
    def width(self) -> int:
        """Cells it takes, with the gap behind it."""
        return cell_len(self.key) + bool(self.key and self.label) + cell_len(self.label) + _GAP

    @property
    def short(self) -> Chip:
        """The same without words, if there is a key to press."""
        return Chip(self.name, self.key, "") if self.key else self


def footer(chips: Sequence[Chip], last: Sequence[Chip], cells: int) -> Line:
    """Return the line: `chips` from the left as many as fit, `last` at the right."""
    end = _spans(last)
    kept = fitting(chips, _room(last, cells))
    begin = _spans(kept)
    if len(kept) < len(chips):
        begin = (*begin, Span(ELLIPSIS, "chip"))
    return Line(spread((Span(" ", "chip"), *begin), end, cells, gap=1), ground="panel")


def footer_rows(chips: Sequence[Chip], last: Sequence[Chip], cells: int, rows: int) -> tuple[Line, ...]:
    """Return several lines, the last of them as `footer` makes it of what has no room above."""
    *above, rest = divided(chips, cells, rows)
    full = (Line((Span(" ", "chip"), *_spans(each)), ground="panel") for each in above)
    return (*full, footer(rest, last, cells))


def divided(chips: Sequence[Chip], cells: int, rows: int) -> tuple[Sequence[Chip], ...]:
    """Return the chips of each of some lines: as many as fit, and in the last one all others."""
    lines: list[Sequence[Chip]] = []
    for _ in range(rows - 1):
        lines.append(fitting(chips, cells - 1))
        chips = chips[len(lines[-1]) :]
    return (*lines, chips)


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


def clicked_in(chips: Sequence[Chip], last: Sequence[Chip], cells: int, rows: int, at: tuple[int, int]) -> str:
    """Return the name of the chip at a cell (from the left, from the top) of what `footer_rows` makes; empty: none."""
    cell, row = at
    lines = divided(chips, cells, rows)
    if row < rows - 1:
        return _among(lines[row], 1, cell)
    return clicked(lines[-1], last, cells, cell)


def _among(chips: Sequence[Chip], left: int, cell: int) -> str:
    for chip in chips:
        if left <= cell < left + chip.width - _GAP:
            return chip.name
        left += chip.width
    return ""


def clicked(chips: Sequence[Chip], last: Sequence[Chip], cells: int, cell: int) -> str:
    """Return the name of the chip at a cell of the line that `footer` makes; empty: there is none."""
    kept = fitting(chips, _room(last, cells))
    name = _among(kept, 1, cell) or _among(last, cells - sum(chip.width for chip in last), cell)
    if not name and len(chips) > len(kept) and cell == 1 + sum(chip.width for chip in kept):
        return MORE
    return name


def fitting_count(chips: Sequence[Chip], last: Sequence[Chip], cells: int) -> int:
    """Return how many of `chips` stand on the line that `footer` makes."""
    return len(fitting(chips, _room(last, cells)))


def _spans(chips: Sequence[Chip]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for chip in chips:
        if chip.key:
            words = f" {chip.label}" if chip.label else ""
            spans += (Span(chip.key, "chip-key"), Span(f"{words}{' ' * _GAP}", "chip"))
        else:
            spans += (Span(chip.label, "chip-key"), Span(" " * _GAP, "chip"))
    return tuple(spans)
