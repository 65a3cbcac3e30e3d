"""The shortest way to draw strokes on a terminal: from one to the next, and from one style to another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from chat_tui.terminal_rows import PLAIN, Stroke
from chat_tui.terminal_styles import DEFAULT, Styles

_LEAP: Final = 6
_TURN: Final = 12
"""About how many letters it takes to go to another place, and to turn to another style."""
_TURNS: Final = 8
_STROKES: Final = 120
"""From so many turns on, and up to so many strokes, it is tried whether to draw one style after another takes less."""

Place = tuple[int, int]


def cost_of(strokes: Sequence[Stroke]) -> int:
    """Return about how many letters it takes to draw strokes."""
    letters = sum(len(stroke.raw) or len(stroke.letters) for stroke in strokes)
    turns = sum(len(set(stroke.styles)) > PLAIN for stroke in strokes)
    return letters + len(strokes) * _LEAP + turns * _TURN


def drawing(strokes: Sequence[Stroke], styles: Styles, at: Place | None) -> tuple[str, Place | None]:
    """Return what draws them, and where the cursor is then; None: one does not know.

    Args:
        strokes: in the order in which they cover each other.
        styles: of the cells.
        at: where the cursor is. The terminal has the style it begins with, before and after.
    """
    pen = _Pen(styles, at)
    written = pen.draw(strokes)
    if pen.turns >= _TURNS and len(strokes) <= _STROKES:
        other = _Pen(styles, at)
        in_turn = other.draw(_by_style(strokes, styles))
        if len(in_turn) < len(written):
            return in_turn, other.at
    return written, pen.at


class _Pen:
    """It."""

    def __init__(self, styles: Styles, at: Place | None) -> None:
        self._styles = styles
        self._style = DEFAULT
        self._out: list[str] = []
        self.at = at
        self.turns = 0
        """How often it took another style."""

    def draw(self, strokes: Sequence[Stroke]) -> str:
        """Return what draws strokes one after another."""
        for stroke in strokes:
            if stroke.raw:
                self._turn_to(DEFAULT)
                self._go_to(stroke.y, stroke.x)
                self._out.append(stroke.raw)
                self.at = None
            else:
                self._go_to(stroke.y, stroke.x)
                self._write(stroke.letters, stroke.styles)
                self.at = (stroke.y, stroke.x + len(stroke.letters))
        self._turn_to(DEFAULT)
        return "".join(self._out)

    def _go_to(self, y: int, x: int) -> None:
        if self.at == (y, x):
            return
        if self.at is not None and self.at[0] == y and self.at[1] < x:
            gap = x - self.at[1]
            self._out.append(f"\x1b[{gap}C" if gap > 1 else "\x1b[C")
        else:
            self._out.append(f"\x1b[{y};{x}H")
        self.at = (y, x)

    def _write(self, letters: Sequence[str], styles: Sequence[int]) -> None:
        out, blanks, current = self._out, self._styles.blanks, self._style
        begin = 0
        for at, style in enumerate(styles):
            if style != current and (letters[at] != " " or blanks[current] != style):
                out += letters[begin:at]
                begin = at
                sequence, current = self._styles.turn(current, style, letters[at] == " ")
                out.append(sequence)
                self.turns += 1
        out += letters[begin:]
        self._style = current

    def _turn_to(self, style: int) -> None:
        sequence, self._style = self._styles.turn(self._style, style, False)
        self._out.append(sequence)


def _by_style(strokes: Sequence[Stroke], styles: Styles) -> list[Stroke]:
    """Return strokes that come to the same, those of one style after one another.

    Where a line has a piece, or strokes that cover each other, the order in which they are drawn stays.
    """
    in_order = {stroke.y for stroke in strokes if stroke.raw}
    ends: dict[int, int] = {}
    for stroke in strokes:
        if stroke.x < ends.get(stroke.y, 0):
            in_order.add(stroke.y)
        ends[stroke.y] = stroke.x + len(stroke.letters)
    turns: dict[int, list[Stroke]] = {}
    for stroke in strokes:
        if stroke.y not in in_order:
            for style, each in _of_one_style(stroke, styles.blanks):
                turns.setdefault(style, []).append(each)
    ordered = [stroke for stroke in strokes if stroke.y in in_order]
    return ordered + [stroke for turn in turns.values() for stroke in turn]


def _of_one_style(stroke: Stroke, blanks: Sequence[int]) -> list[tuple[int, Stroke]]:
    """Cut a stroke where its style changes. A blank goes with its neighbour, if one sees no difference."""
    y, x, letters, exact, _ = stroke
    if len(set(exact)) == 1:
        return [(exact[0], stroke)]
    drawn = exact[:]
    for at in range(1, len(drawn)):
        if letters[at] == " " and blanks[drawn[at - 1]] == exact[at]:
            drawn[at] = drawn[at - 1]
    for at in range(len(drawn) - 2, -1, -1):
        if letters[at] == " " and drawn[at] == exact[at] == blanks[drawn[at + 1]]:
            drawn[at] = drawn[at + 1]
    cuts = [0, *(at for at in range(1, len(drawn)) if drawn[at] != drawn[at - 1]), len(drawn)]
    return [
        (drawn[first], Stroke(y, x + first, letters[first:last], exact[first:last])) for first, last in pairwise(cuts)
    ]
