"""A text so written that it is drawn as it was typed: with a backslash in front of marks that would count. Pure.

What means nothing is left alone, so that a path or a link stays what it is for whoever copies it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chat_tui.views.emphasis import cut_out
from chat_tui.views.formatting import mark_at_start

_BACKSLASH: Final = "\\"
_MARKS: Final = f"*_~`|{_BACKSLASH}"


def unmarked(text: str) -> str:
    """Return a text whose marks are characters; what is drawn of it is the text."""
    kept = set(_starts(text))
    while True:
        written, places = _written(text, kept)
        found = {at for start, end in cut_out(written) for at in _marks_in(written, start, end)}
        # A mark that means nothing any more may let another one mean something.
        more = {places[at] for at in found if places[at] >= 0} - kept
        if not more:
            return written
        kept |= more


def _starts(text: str) -> Iterator[int]:
    """Yield the places of what makes lines code, quotations or lists."""
    begin = 0
    for line in text.split("\n"):
        at = mark_at_start(line)
        if at >= 0:
            yield begin + at
        begin += len(line) + 1


def _written(text: str, kept: set[int]) -> tuple[str, list[int]]:
    """Return the text with backslashes, and for each character its place in the text, -1: it is a backslash of ours."""
    pieces: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        if at in kept:
            pieces.append(_BACKSLASH)
            places.append(-1)
        pieces.append(char)
        places.append(at)
    return "".join(pieces), places


def _marks_in(written: str, start: int, end: int) -> Iterator[int]:
    """Yield the places of marks in a piece that is not drawn; of a link with a label its beginning is enough."""
    if written[start] == "]":
        return
    if written[start] == "[":
        yield start
        return
    yield from (at for at in range(start, end) if written[at] in _MARKS)
