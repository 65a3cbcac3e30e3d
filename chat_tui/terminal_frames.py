"""A frame as the toolkit writes it: which parts of which lines it draws. Pure.

It consists of places, styles and text, and nothing else. Lines come again and again, often at another place, so what
was read of them is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from chat_tui.terminal_pen import Place
from chat_tui.terminal_rows import Part
from chat_tui.terminal_styles import Styles
from chat_tui.views.cache import Recent

_PLACE: Final = re.compile(r"\x1b\[(\d+);(\d+)H")
_TOKEN: Final = re.compile(
    r"\x1b\[(?P<style>[\d;]*)m"
    r"|\x1b\]8;(?P<link>[^;\x00-\x1f\x7f-\x9f]*;[^\x00-\x1f\x7f-\x9f]*)\x1b\\"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)
_ODD: Final = re.compile(
    "[^ -~"
    "\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2193\u21b3\u2500-\u259f\u25c6\u25cb-\u25d1\u2713]"
)
"""A letter of which it is not sure that it takes one cell, wherever it is drawn."""
_BLANKS: Final = 2
_END: Final = " " * (_BLANKS + 1)
"""Where a piece with such a letter ends: what stands to the right of blanks is put there, whatever the letter took."""
_REMEMBERED: Final = 300
"""Stretches that are remembered: some screens."""

_Run = tuple[int, str]
"""Style and text."""


class Cut(NamedTuple):
    """What is to stand in a line, from left to right."""

    y: int
    parts: Sequence[Part]
    """Not empty."""


class Frame(NamedTuple):
    """It."""

    drawn: list[Cut]
    end: Place | None
    """Where the cursor is left; None: behind what was drawn last."""


class Reader:
    """Reads frames of one terminal.

    Args:
        styles: numbers the styles.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._known: Recent[tuple[int, str], tuple[Part, ...]] = Recent(_REMEMBERED)

    def read(self, data: str) -> Frame | None:
        """Return what a frame draws; None: it is none."""
        start, *pieces = _PLACE.split(data)
        if start.strip("\n"):
            return None
        drawn: list[Cut] = []
        end: Place | None = None
        for y, x, written in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
            if not written:
                end = (int(y), int(x))
                continue
            parts = self._parts(int(x), written.rstrip("\n"))
            if parts is None:
                return None
            end = None
            if parts:
                drawn.append(Cut(int(y), parts))
        return Frame(drawn, end)

    def _parts(self, x: int, written: str) -> Sequence[Part] | None:
        """Return what stands from a column on; None: that cannot be told."""
        parts: Sequence[Part] | None = self._known.get((x, written))
        if parts is None:
            runs = self._runs(written)
            parts = None if runs is None else self._known.put((x, written), tuple(self._cut(x, runs)))
        return parts

    def _runs(self, written: str) -> list[_Run] | None:
        """Return styles and texts; None: there is something else, or it does not end in the style it begins with."""
        runs: list[_Run] = []
        sgr = link = ""
        position = 0
        for token in _TOKEN.finditer(written):
            if token.start() != position:
                return None
            position = token.end()
            if token.lastgroup == "text":
                runs.append((self._styles.number(sgr, link), token["text"]))
            elif token.lastgroup == "style":
                sgr = "" if token["style"] == "0" else token["style"]
            else:
                link = "" if token["link"] == ";" else token["link"]
        return None if position != len(written) or sgr or link else runs

    def _cut(self, x: int, runs: list[_Run]) -> list[Part]:
        """Cut texts into narrow letters and pieces; the letter in front of an odd one may be one with it."""
        text = "".join(text for _, text in runs)
        parts: list[Part] = []
        begin = 0
        while (odd := _ODD.search(text, begin)) is not None:
            first = max(begin, odd.start() - 1)
            if first > begin:
                parts.append(self._letters(x, _cut(runs, begin, first)))
                x += first - begin
            end = text.find(_END, odd.end())
            begin = len(text) if end < 0 else end + _BLANKS
            parts.append(self._piece(x, _cut(runs, first, begin), ends=end >= 0))
            x += parts[-1].width
        if begin < len(text):
            parts.append(self._letters(x, _cut(runs, begin, len(text)) if begin else runs))
        return parts

    def _piece(self, x: int, runs: list[_Run], *, ends: bool) -> Part:
        """Make a piece; where it ends with blanks, these are put where they belong, should it be drawn narrower."""
        width = sum(cell_len(text) for _, text in runs)
        joins = not cell_len(runs[0][1][0])
        if ends:
            length = sum(len(text) for _, text in runs)
            (style, blanks), *others = _cut(runs, length - _BLANKS, length)
            runs = [*runs, (style, f"\x1b[{x + width - _BLANKS}G{blanks}"), *others]
        return Part(x, [], [], self._styles.written(runs), width, joins)

    def _letters(self, x: int, runs: Sequence[_Run]) -> Part:
        letters: list[str] = []
        styles: list[int] = []
        blanks = self._styles.blanks
        for style, text in runs:
            letters += text
            on_blank = blanks[style]
            if on_blank == style or " " not in text:
                styles += [style] * len(text)
            else:
                styles += [on_blank if letter == " " else style for letter in text]
        return Part(x, letters, styles)


def _cut(runs: Iterable[_Run], begin: int, end: int) -> list[_Run]:
    """Return the letters from one to another of texts that stand one behind the other."""
    found: list[_Run] = []
    for style, text in runs:
        inside = text[max(0, begin) : max(0, end)]
        if inside:
            found.append((style, inside))
        begin, end = begin - len(text), end - len(text)
    return found
