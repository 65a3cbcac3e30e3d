"""Text selection in a timeline: what is marked on the screen, and what of it is copied. Knows no widget.

Within one message only its text is copied, its lines joined as they were written. Over several messages each gets time
and name in front, so that what is pasted elsewhere still says who said it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from chat_tui.views.lines import Line

_WORD: Final = re.compile(r"\S+")


class Selected(NamedTuple):
    """A line that a selection touches."""

    item: int
    """Index of the item it belongs to."""
    line: Line
    """It."""
    start: int
    """First selected character."""
    end: int
    """Behind the last one."""


def span_of(selection: Selection, y: int, line: Line) -> tuple[int, int] | None:
    """Return the selected characters of a line, None: none of them.

    Args:
        selection: in the coordinates of the timeline.
        y: number of the line in these.
        line: it.
    """
    span = selection.get_span(y)
    if span is None:
        return None
    length = len(line.text)
    start, end = span
    end = length if end < 0 else min(end, length)
    return (start, end) if start < end else None


def word_at(line: Line, cell: int) -> tuple[int, int] | None:
    """Return the first character of the word at a cell, and behind its last one; None: there is no word."""
    text = line.text
    for match in _WORD.finditer(text, line.gutter):
        left = cell_len(text[: match.start()])
        if left <= cell < left + cell_len(match.group()):
            return match.span()
    return None


def marked(strip: Strip, line: Line, start: int, end: int, style: Style) -> Strip:
    """Return a strip whose characters [start, end) are drawn as selected."""
    text = line.text
    left, right = cell_len(text[:start]), cell_len(text[:end])
    before, inside, after = strip.crop(0, left), strip.crop(left, right), strip.crop(right)
    # Put over what is there: a link stays a link, bold stays bold.
    over = [Segment(text, own + style if own else style) for text, own, _ in inside]
    return Strip.join([before, Strip(over, right - left), after])


def copied(selected: Iterable[Selected]) -> str:
    """Return the text to copy."""
    lines = list(selected)
    several = len({line.item for line in lines}) > 1
    parts: list[str] = []
    last_item: int | None = None
    for item, line, start, end in lines:
        text = line.text
        said = len(text) - line.tail
        if line.tail and said <= line.gutter:
            continue  # only words of ours
        body = text[max(start, line.gutter) : min(end, said)]
        heading = " ".join(text[: line.gutter].split()).strip("─ ") if several and start < line.gutter else ""
        if heading and body:
            body = f"{heading}  {body}"
        joint = "\n" if item != last_item else line.joint
        if not body and not heading:
            joint = "\n"
        if parts:
            parts.append(joint)
        parts.append(body or heading)
        last_item = item
    return "".join(parts)
