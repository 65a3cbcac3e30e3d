"""What a terminal shows after something was written to it."""

from __future__ import annotations

from collections.abc import Sequence

import pyte

Shown = tuple[list[list[tuple[object, ...]]], tuple[int, int]]


def shown_in(width: int, height: int, writes: Sequence[str]) -> Shown:
    """Return its cells, of a blank only what one sees of it, and where its cursor is."""
    screen = pyte.Screen(width, height)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[?7l")
    for each in writes:
        stream.feed(each)
    rows = []
    for y in range(height):
        row: list[tuple[object, ...]] = []
        for x in range(width):
            cell = screen.buffer[y][x]
            seen = cell.underscore or cell.reverse or cell.strikethrough
            row.append(cell if cell.data != " " or seen else (" ", cell.bg))
        rows.append(row)
    return rows, (screen.cursor.y, screen.cursor.x)
