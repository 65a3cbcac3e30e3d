"""What stands in the cells of a terminal, and the least that must be written so that something else stands there. Pure.

The toolkit paints whole lines of whole panes, often the same ones again. Its frames are places, styles and text, and
nothing else; what is not such a frame is written as it is, and unless it is known to leave the cells alone, everything
that was known of them is forgotten. So is what a terminal and we may count differently: text with other than narrow
letters is compared and written as one piece, with all that follows in its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from chat_tui.terminal_styles import DEFAULT, Styles

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<y>\d+);(?P<x>\d+)H"
    r"|\x1b\[(?P<style>[\d;]*)m"
    r"|\x1b\]8;(?P<link>[^;\x00-\x1f\x7f-\x9f]*;[^\x00-\x1f\x7f-\x9f]*)\x1b\\"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<newline>\n)"
)
_STAYS: Final = re.compile(
    r"(?:\x1b\[\?(?!(?:3|47|1047|1048|1049)[hl])\d+(?:[hl]|\$p)|\x1b\[[<>]\d*u|\x07|\x1b\](?!8;)\d+;[^\x00-\x1f]*(?:\x07|\x1b\\))+"
)
"""What changes no cell: modes but for those that change screens, keys, the bell, what a terminal is told beside."""
_NARROW: Final = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2193\u2500-\u259f]*")
"""Text of which every letter takes one cell, wherever it is drawn."""
_GAP: Final = 4
"""So many cells that stay are written again rather than leapt over: a leap takes more."""


class _Stretch(NamedTuple):
    """What is written from one place on."""

    y: int
    x: int
    runs: list[tuple[int, str]]
    """Style and text."""
    raw: str
    """All of it as it came."""


class _Reading:
    """Where one is in a frame."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._sgr = self._link = ""
        self._begun = 0
        self.place: tuple[int, int] | None = None
        self.runs: list[tuple[int, str]] = []

    @property
    def ends_plain(self) -> bool:
        """Whether the style is the one that a terminal begins with."""
        return not (self._sgr or self._link)

    def take(self, token: re.Match[str], stretches: list[_Stretch]) -> bool:
        """Take a token; return whether it may stand here."""
        kind = token.lastgroup
        if kind == "text":
            self.runs.append((self._styles.number(self._sgr, self._link), token["text"]))
            return self.place is not None
        if kind == "style":
            self._sgr = "" if token["style"] == "0" else token["style"]
        elif kind == "link":
            self._link = "" if token["link"] == ";" else token["link"]
        else:
            self.finish(stretches, token.string, token.start())
            self.place = (int(token["y"]), int(token["x"])) if kind == "x" else None
            self._begun = token.end()
            return self.ends_plain
        return True

    def finish(self, stretches: list[_Stretch], data: str, end: int) -> None:
        """Add what was read since the last place."""
        if self.runs and self.place is not None:
            stretches.append(_Stretch(*self.place, self.runs, data[self._begun : end]))
            self.runs = []


class Cells:
    """The cells of one screen, as far as they are known."""

    def __init__(self) -> None:
        self._styles = Styles()
        self._rows: dict[int, tuple[list[object], list[int]]] = {}
        """Letters and styles; None is a cell that is not known, a pair a part of a piece."""
        self._at: tuple[int, int] | None = None
        self._out: list[str] = []
        self._style = DEFAULT

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
            self.forget()  # what is known are numbers of the old ones
        frame = self._read(data)
        if frame is None:
            self.forget()
            return data
        stretches, end = frame
        self._out, self._style = [], DEFAULT
        for stretch in stretches:
            if all(_NARROW.fullmatch(text) for _, text in stretch.runs):
                self._put_narrow(stretch)
            else:
                self._put_piece(stretch)
        self._turn_to(DEFAULT)
        if end is not None:
            self._go_to(*end)
        return "".join(self._out)

    # --- reading

    def _read(self, data: str) -> tuple[list[_Stretch], tuple[int, int] | None] | None:
        """Return what is to be drawn, and where the cursor is left; None: this is no frame."""
        stretches: list[_Stretch] = []
        reading = _Reading(self._styles)
        position = 0
        for token in _TOKEN.finditer(data):
            if token.start() != position or not reading.take(token, stretches):
                return None
            position = token.end()
        if position != len(data) or not reading.ends_plain:
            return None
        drawn = bool(reading.runs)
        reading.finish(stretches, data, len(data))
        return stretches, None if drawn else reading.place

    # --- drawing

    def _row(self, y: int, until: int) -> tuple[list[object], list[int]]:
        """Return a row that has so many cells."""
        row = self._rows.get(y)
        if row is None:
            row = self._rows[y] = ([], [])
        missing = until - len(row[0])
        if missing > 0:
            row[0].extend([None] * missing)
            row[1].extend([DEFAULT] * missing)
        return row

    def _put_narrow(self, stretch: _Stretch) -> None:
        letters: list[object] = []
        styles: list[int] = []
        blank = self._styles.blank
        for style, text in stretch.runs:
            letters += text
            on_blank = blank(style)
            if on_blank == style or " " not in text:
                styles += [style] * len(text)
            else:
                styles += [on_blank if letter == " " else style for letter in text]
        begin, end = stretch.x, stretch.x + len(letters)
        row_letters, row_styles = self._row(stretch.y, end)
        old_letters, old_styles = row_letters[begin:end], row_styles[begin:end]
        if old_letters == letters and old_styles == styles:
            return
        row_letters[begin:end] = letters
        row_styles[begin:end] = styles
        differs = [
            at
            for at, (old, new, was, now) in enumerate(zip(old_letters, letters, old_styles, styles, strict=True))
            if old != new or was != now
        ]
        first = last = differs[0]
        for at in differs[1:]:
            if at - last > _GAP:
                self._draw(stretch.y, begin + first, letters[first : last + 1], styles[first : last + 1])
                first = at
            last = at
        self._draw(stretch.y, begin + first, letters[first : last + 1], styles[first : last + 1])

    def _put_piece(self, stretch: _Stretch) -> None:
        """Write as one what may be narrower or wider than we think, unless all of it stands there.

        What is to the right may have been overwritten by it, and is not known any more.
        """
        width = sum(cell_len(text) for _, text in stretch.runs)
        begin, end = stretch.x, stretch.x + width
        row_letters, row_styles = self._row(stretch.y, end)
        parts = [(stretch.raw, part) for part in range(width)]
        if width and row_letters[begin:end] == parts:
            return
        del row_letters[begin:], row_styles[begin:]
        if begin and not cell_len(stretch.runs[0][1][0]):  # it goes onto the letter before
            row_letters[begin - 1] = None
        row_letters += parts
        row_styles += [DEFAULT] * width
        self._turn_to(DEFAULT)
        self._go_to(stretch.y, stretch.x)
        self._out.append(stretch.raw)
        self._at = None

    def _draw(self, y: int, x: int, letters: Sequence[object], styles: Sequence[int]) -> None:
        self._go_to(y, x)
        out, turn, current = self._out, self._styles.turn, self._style
        for letter, style in zip(letters, styles, strict=True):
            if style != current:
                sequence, current = turn(current, style, letter == " ")
                out.append(sequence)
            out.append(str(letter))
        self._style = current
        self._at = (y, x + len(letters))

    def _go_to(self, y: int, x: int) -> None:
        if self._at != (y, x):
            self._out.append(f"\x1b[{y};{x}H")
            self._at = (y, x)

    def _turn_to(self, style: int) -> None:
        sequence, self._style = self._styles.turn(self._style, style, False)
        self._out.append(sequence)
