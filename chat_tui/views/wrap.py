"""Breaking text into lines of a number of cells. Pure; knows no styles, so that spans can be laid over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from rich.cells import cell_len, split_graphemes

from chat_tui.views.lines import Joint

_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60"
"""Characters each of which may stand alone: languages written without spaces break between any two of them."""


@cache
def _token() -> re.Pattern[str]:
    """Return what a line is made of; made when such a line is to be broken, for that takes 3 ms."""
    return re.compile(f"[ \u3000]+|[{_WIDE}]|[^ {_WIDE}]+")


class Piece(NamedTuple):
    """One line of a wrapped text."""

    start: int
    """First character."""
    end: int
    """Behind the last one."""
    joint: Joint
    """What stood between it and the piece before."""


def wrap(text: str, width: int) -> list[Piece]:
    """Break text at its newlines and, where a line is too long, at spaces or inside a word.

    Args:
        text: safe for a terminal, tabs expanded.
        width: cells in a line, 2 or more.

    Returns:
        At least one piece; what is between two pieces is only spaces or a newline.
    """
    pieces: list[Piece] = []
    start = 0
    for line in text.split("\n"):
        joint: Joint = "\n"
        for begin, end in _broken(line, width):
            pieces.append(Piece(start + begin, start + end, joint))
            follows = pieces[-1].end < start + len(line) and text[pieces[-1].end] == " "
            joint = " " if follows else ""
        start += len(line) + 1
    return pieces


def _broken(line: str, width: int) -> Iterator[tuple[int, int]]:
    if line.isascii():
        return _broken_ascii(line, width) if len(line) > width else iter(((0, len(line)),))
    return _broken_wide(line, width) if cell_len(line) > width else iter(((0, len(line)),))


def _broken_ascii(line: str, width: int) -> Iterator[tuple[int, int]]:
    at, length = 0, len(line)
    while length - at > width:
        space = line.rfind(" ", at, at + width + 1)
        # Spaces at the very beginning are indentation: no place to break.
        if space <= at or not line[at:space].strip():
            space = at + width
        yield at, _without_spaces(line, at, space)
        at = space
        while at < length and line[at] == " ":
            at += 1
    if at < length:
        yield at, length


def _broken_wide(line: str, width: int) -> Iterator[tuple[int, int]]:
    begin = end = used = 0
    for match in _token().finditer(line):
        token, start = match.group(), match.start()
        size = cell_len(token)
        if used + size <= width:
            end, used = match.end(), used + size
            continue
        if token.isspace():
            # The line is full; the spaces vanish in the break.
            yield begin, _without_spaces(line, begin, end)
            begin = end = match.end()
            used = 0
            continue
        if end > begin and line[begin:end].strip():
            yield begin, _without_spaces(line, begin, end)
            begin, used = start, 0
        *full, begin, used = _chopped(line, begin, match.end(), width)
        yield from zip(full[::2], full[1::2], strict=True)
        end = match.end()
    if begin < end:
        yield begin, end


def _chopped(line: str, begin: int, end: int, width: int) -> list[int]:
    """Cut a word that may be longer than a line: pairs of (start, end), then the start and cells of what is left."""
    spans, _ = split_graphemes(line[begin:end])
    cuts: list[int] = []
    start, used = begin, 0
    for left, _right, size in spans:
        if used + size > width and begin + left > start:
            cuts += (start, begin + left)
            start, used = begin + left, 0
        used += size
    return [*cuts, start, used]


def _without_spaces(line: str, begin: int, end: int) -> int:
    while end > begin + 1 and line[end - 1] == " ":
        end -= 1
    return end
