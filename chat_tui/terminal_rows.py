"""What is known of the cells of one line of a terminal, and what must be drawn so that others stand there. Pure.

Columns are counted from 1, as terminals do. Letters that take one cell wherever they are drawn are compared one by one;
anything else is one piece, behind which nothing is sure: a terminal may have drawn it wider than we think.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Self

from chat_tui.terminal_styles import DEFAULT

PLAIN: Final = 2
"""Styles of a text that are drawn as one: that of its letters and that of its blanks."""
_LEAP: Final = 5
"""Cells that stay are written again where it would take more letters to leap over them to the next one."""


class Part(NamedTuple):
    """What is to stand from one column on: letters of one cell each, or a piece."""

    x: int
    letters: list[str]
    styles: list[int]
    raw: str = ""
    """The piece as it is written; empty: letters."""
    width: int = 0
    """Cells that we think the piece takes."""
    joins: bool = False
    """Whether the piece begins with something that goes onto the letter before."""

    @property
    def end(self) -> int:
        """The column behind it."""
        return self.x + (self.width if self.raw else len(self.letters))

    def stroke(self, y: int, begin: int, end: int) -> Stroke:
        """Return what draws some of its letters in a line."""
        return Stroke(y, self.x + begin, self.letters[begin:end], self.styles[begin:end])


class Stroke(NamedTuple):
    """Something that has to be drawn."""

    y: int
    x: int
    letters: list[str]
    styles: list[int]
    raw: str = ""
    """A piece as it is written; empty: letters."""


class _Slice(NamedTuple):
    """A cell of a piece."""

    raw: str
    at: int
    width: int
    joins: bool


class _Doubt(NamedTuple):
    """A cell that should show that, but may have been drawn over."""

    cell: str | _Slice


Cell = str | _Slice | _Doubt | None
"""None: not known."""


class Row:
    """It."""

    __slots__ = ("letters", "styles")

    def __init__(self, letters: list[Cell] | None = None, styles: list[int] | None = None) -> None:
        self.letters: list[Cell] = [None] if letters is None else letters
        self.styles: list[int] = [DEFAULT] if styles is None else styles

    def __len__(self) -> int:
        """Return the first column of which nothing was ever known."""
        return len(self.letters)

    def copy(self) -> Self:
        """Return another one of the same cells."""
        return type(self)(self.letters[:], self.styles[:])

    def look(self, begin: int, end: int) -> tuple[tuple[Cell, ...], tuple[int, ...]]:
        """Return what stands in some columns, to be compared."""
        return tuple(self.letters[begin:end]), tuple(self.styles[begin:end])

    def put(self, y: int, part: Part) -> list[Stroke]:
        """Let something stand here; return what has to be drawn for it in line `y`."""
        return self._put_piece(y, part) if part.raw else self._put_letters(y, part)

    def parts(self, end: int) -> list[Part] | None:
        """Return all that should stand here, from left to right; None: not all of it is known up to a column."""
        if len(self) != end:
            return None
        letters = _all_letters(self.letters[1:])
        if letters is not None:
            return [Part(1, letters, self.styles[1:])]
        found: list[Part] = []
        x = 1
        while x < end:
            until = x
            while until < end and isinstance(letter := _surely(self.letters[until]), str):
                until += 1
            if until > x:
                told = [letter for each in self.letters[x:until] if isinstance(letter := _surely(each), str)]
                found.append(Part(x, told, self.styles[x:until]))
            if until < end:
                piece = self._piece(until)
                if piece is None:
                    return None
                found.append(piece)
                until += piece.width
            x = until
        return found

    def _piece(self, x: int) -> Part | None:
        """Return the piece that begins in a column; None: it is not whole."""
        first = _surely(self.letters[x])
        if not isinstance(first, _Slice) or first.at or first.joins:
            return None
        whole = [first._replace(at=at) for at in range(first.width)]
        if [_surely(each) for each in self.letters[x : x + first.width]] != whole:
            return None
        return Part(x, [], [], first.raw, first.width)

    def _put_letters(self, y: int, part: Part) -> list[Stroke]:
        begin, end = part.x, part.x + len(part.letters)
        self._reach(end)
        old_letters, old_styles = self.letters[begin:end], self.styles[begin:end]
        if old_letters == part.letters and old_styles == part.styles:
            return []
        self.letters[begin:end] = part.letters
        self.styles[begin:end] = part.styles
        differs = [
            at
            for at, (old, new, was, now) in enumerate(
                zip(old_letters, part.letters, old_styles, part.styles, strict=True)
            )
            if old != new or was != now
        ]
        strokes: list[Stroke] = []
        first = last = differs[0]
        for at in differs[1:]:
            if at > last + 1 and (at - last > _LEAP or len(set(part.styles[last:at])) > PLAIN):
                strokes.append(part.stroke(y, first, last + 1))
                first = at
            last = at
        strokes.append(part.stroke(y, first, last + 1))
        return strokes

    def _put_piece(self, y: int, part: Part) -> list[Stroke]:
        """Have it drawn as one, unless all of it stands there."""
        begin, end = part.x, part.x + part.width
        self._reach(end)
        slices = [_Slice(part.raw, at, part.width, part.joins) for at in range(part.width)]
        if slices and self.letters[begin:end] == slices:
            return []
        if part.joins and begin:
            self.letters[begin - 1] = None
        self.letters[begin:end] = slices
        self.styles[begin:end] = [DEFAULT] * part.width
        self.letters[end:] = [_doubted(each) for each in self.letters[end:]]
        return [Stroke(y, begin, [], [], part.raw)]

    def _reach(self, end: int) -> None:
        """See to it that there are cells in front of a column."""
        missing = end - len(self.letters)
        if missing > 0:
            self.letters += [None] * missing
            self.styles += [DEFAULT] * missing


def _all_letters(cells: list[Cell]) -> list[str] | None:
    """Return cells that are all letters; None: they are not. Joining looks at all of them at once."""
    try:
        "".join(cells)  # type: ignore[arg-type]
    except TypeError:
        return None
    return cells  # type: ignore[return-value]


def _surely(cell: Cell) -> str | _Slice | None:
    return cell.cell if isinstance(cell, _Doubt) else cell


def _doubted(cell: Cell) -> Cell:
    return cell if cell is None or isinstance(cell, _Doubt) else _Doubt(cell)
