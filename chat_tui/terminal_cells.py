"""What stands in the cells of a terminal, and the least that must be written so that something else stands there. Pure.

The toolkit paints whole lines of whole panes, often the same ones again, or the same ones further up. Its frames are
places, styles and text, and nothing else; what is not such a frame is written as it is, and unless it is known to leave
the cells alone, everything that was known of them is forgotten. So is what a terminal and we may count differently:
text with other than narrow letters is compared and written as one piece, with all that follows in its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from chat_tui.terminal_frames import Cut, Reader
from chat_tui.terminal_moves import Columns, Move, find_move
from chat_tui.terminal_pen import Place, cost_of, drawing
from chat_tui.terminal_rows import Part, Row, Stroke
from chat_tui.terminal_styles import Styles

_STAYS: Final = re.compile(
    r"(?:\x1b\[\?(?!(?:3|47|1047|1048|1049)[hl])\d+(?:[hl]|\$p)|\x1b\[[<>]\d*u|\x1b\[2[23];0t|\x07"
    r"|\x1b\](?!8;)\d+;[^\x00-\x1f]*(?:\x07|\x1b\\))+"
)
"""What changes no cell: modes but for those that change screens, keys, the bell, what is told beside."""
_WORTH: Final = 250
"""From so many letters on it is tried whether lines that moved make it less."""
OVER: Final = 20
"""So many cells something that is drawn over a line may take."""


class _Drawn(NamedTuple):
    """One way to draw a frame."""

    rows: dict[int, Row]
    """The whole screen then."""
    changed: dict[int, Row]
    """The lines of it that were drawn."""
    strokes: list[Stroke]
    cost: int
    """About how many letters that takes."""


class Cells:
    """The cells of one screen, as far as they are known."""

    def __init__(self) -> None:
        self._styles = Styles()
        self._reader = Reader(self._styles)
        self._rows: dict[int, Row] = {}
        self._at: Place | None = None

    @property
    def styles(self) -> int:
        """How many styles are kept."""
        return len(self._styles)

    def forget(self) -> None:
        """Know nothing any more: what comes next is written whole."""
        self._rows.clear()
        self._at = None

    def changed(self, data: str) -> str:
        """Take note of what is to be written, and return what of it changes anything.

        Args:
            data: a whole frame, or sequences that draw nothing.
        """
        if _STAYS.fullmatch(data):
            return data
        if self._styles.full:
            self._styles = Styles()
            self._reader = Reader(self._styles)
            self.forget()  # what is known are numbers of the old ones
        frame = self._reader.read(data)
        if frame is None:
            self.forget()
            return data
        cuts, end = frame
        drawn, begin, at = self._drawn(self._rows, cuts), "", self._at
        if drawn.cost >= _WORTH and (found := self._with_moved_lines(cuts, drawn)) is not None:
            drawn, begin, at = *found, None
        written, at = drawing(drawn.strokes, self._styles, at)
        self._rows, self._at = drawn.rows, end or at
        if end is None or end == at:
            return begin + written
        return f"{begin}{written}\x1b[{end[0]};{end[1]}H"

    def over(self, draw: Callable[[int], str]) -> str:
        """Return what draws something into a line, and then all that stood there; empty: no line is known so well.

        Args:
            draw: returns what draws it into a line, and leaves the style as it was.
        """
        for y, row in self._rows.items():
            known = row.parts(len(row)) if y > 1 and len(row) > OVER else None
            if known and len(known) == 1 and not known[0].raw:
                return draw(y) + self._again(y, known)
        return ""

    def _again(self, y: int, known: Sequence[Part]) -> str:
        """Return what draws a line again, and brings the cursor back."""
        before, self._at = self._at, None
        strokes = self._drawn({}, [Cut(y, known)]).strokes
        written, at = drawing(strokes, self._styles, None)
        self._at = before or at
        return written if before is None else f"{written}\x1b[{before[0]};{before[1]}H"

    def _drawn(self, before: Mapping[int, Row], cuts: Iterable[Cut]) -> _Drawn:
        """Draw something onto what was there before."""
        changed: dict[int, Row] = {}
        strokes: list[Stroke] = []
        for y, parts in cuts:
            row = changed.get(y)
            if row is None:
                row = changed[y] = before[y].copy() if y in before else Row()
            for part in parts:
                strokes += row.put(y, part)
        return _Drawn({**before, **changed}, changed, strokes, cost_of(strokes))

    def _with_moved_lines(self, cuts: Sequence[Cut], drawn: _Drawn) -> tuple[_Drawn, str] | None:
        """Return how a frame is drawn by moving lines first, and what moves them; None: that is impossible, or more."""
        longest: dict[int, Columns] = {}
        for y, parts in cuts:
            begin, end = parts[0].x, parts[-1].end
            if y not in longest or end - begin > longest[y][1] - longest[y][0]:
                longest[y] = (begin, end)
        move = find_move(self._rows, drawn.changed, longest)
        whole = self._whole(move, drawn.rows) if move is not None else None
        if move is None or whole is None:
            return None
        others = [each for each in cuts if not move.top <= each.y <= move.bottom]
        moved = self._drawn(move.applied(self._rows), [*others, *whole])
        return (moved, move.sequence) if moved.cost + len(move.sequence) < drawn.cost else None

    def _whole(self, move: Move, rows: Mapping[int, Row]) -> list[Cut] | None:
        """Return all that is to stand in the lines that would be moved; None: not all of it is known."""
        width = max(map(len, rows.values()))
        found: list[Cut] = []
        for y in range(move.top, move.bottom + 1):
            parts = rows[y].parts(width) if y in rows else None
            if parts is None:
                return None
            found.append(Cut(y, parts))
        return found
