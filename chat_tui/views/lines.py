"""The one thing that views produce: lines of spans, each with a role instead of a colour. Pure.

A widget turns roles into colours. Text in a span is safe for a terminal: whoever makes a span cleans what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

Role = Literal[
    "text", "strong", "muted", "typing", "quiet", "faint", "notice", "time", "heading", "rule", "accent",
    "attention", "mention", "thread",
    "badge", "bar", "own", "link", "channel", "error", "ok", "away", "separator", "chip", "chip-key",
    "chip-own", "selected",
    "name-1", "name-2", "name-3", "name-4", "name-5",
    "code", "code-keyword", "code-name", "code-string", "code-number", "code-comment", "code-removed",
    "quote", "quote-bar", "spoiler", "spoiler-open",
    "soft-own", "soft-1", "soft-2", "soft-3", "soft-4", "soft-5",
]  # fmt: skip
"""What a span is, for the eye. `strong` is bold text; `quiet` is faint but must be read; `attention`
needs the user; `soft-` is a name's colour without its weight; `code-` stands on a ground of its own."""

Joint = Literal["\n", " ", ""]
"""What stands between a line and the one before it in the text they were made of."""

REACTS: Final = "react:"
"""Stands before the emoji, so that no emoji can name anything else to do."""
ELLIPSIS: Final = "…"


class Span(NamedTuple):
    """A piece of a line."""

    text: str
    """Without newlines or controls."""
    role: Role = "text"
    """How it is drawn."""
    link: str = ""
    """Where it leads; checked, or empty."""
    emphasis: int = 0
    """How it is emphasised: a sum of `inline.BOLD` and the like."""
    act: str = ""
    """What a click does; empty: nothing. On a message `thread`, or `REACTS` with an emoji; else a screen's action."""
    colours: tuple[int, int] | None = None
    """Of its text and of its ground, 0xRRGGBB each, -1: the line's own; None: as its role is drawn."""


class Line(NamedTuple):
    """One row of cells."""

    spans: tuple[Span, ...] = ()
    """From left to right."""
    ground: Literal["", "panel", "surface", "background"] = ""
    """What is behind the whole line; empty: what the widget has."""
    gutter: int = 0
    """Characters at the left that are no text of a message."""
    joint: Joint = "\n"
    """How it joins the line before it when both are copied."""
    offset: int = 0
    """Where in the message's text it begins, in characters."""
    tail: int = 0
    """Characters at the right that are no text of a message."""

    @property
    def text(self) -> str:
        """The characters of the line."""
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        """Cells that the line takes."""
        return width(self.spans)


def width(spans: Iterable[Span]) -> int:
    """Return the number of cells that spans take."""
    return sum(cell_len(span.text) for span in spans)


def elide(text: str, cells: int) -> str:
    """Return `text` in at most `cells` cells; what does not fit is replaced by an ellipsis."""
    if cell_len(text) <= cells:
        return text
    if cells <= 1:
        return ELLIPSIS[: max(0, cells)]
    return set_cell_size(text, cells - 1).rstrip() + ELLIPSIS


def right(text: str, cells: int) -> str:
    """Return `text` elided and padded at its left to `cells` cells."""
    text = elide(text, cells)
    return " " * (cells - cell_len(text)) + text


def cropped(spans: Iterable[Span], cells: int) -> tuple[Span, ...]:
    """Return the spans that fit into `cells` cells, the last of them elided."""
    kept: list[Span] = []
    left = cells
    for span in spans:
        size = cell_len(span.text)
        if size > left:
            kept.append(span._replace(text=elide(span.text, left)))
            break
        kept.append(span)
        left -= size
    return tuple(kept)


def spread(left: Iterable[Span], end: Iterable[Span], cells: int, *, gap: int = 2) -> tuple[Span, ...]:
    """Return spans with `left` at the left and `end` at the right; `left` gives way.

    Args:
        left: elided when there is no room.
        end: kept as long as it fits at all.
        cells: width of the line.
        gap: least distance of the two.
    """
    ending = cropped(end, cells)
    taken = width(ending)
    room = cells - taken - (gap if taken else 0)
    beginning = cropped(left, room) if room > 0 else ()
    space = cells - taken - width(beginning)
    return (*beginning, Span(" " * space), *ending) if taken else beginning


def rule(label: str, cells: int, rule_role: Role, label_role: Role, *, torn: bool = False) -> tuple[Span, ...]:
    """Return a horizontal line with a word in its middle; a torn one has holes, and ends in strokes all the same."""
    label = elide(label, max(0, cells - 6))
    rest = cells - cell_len(label) - 2
    before = rest // 2
    return (
        Span(_stroke(before, torn) + " ", rule_role),
        Span(label, label_role),
        Span(" " + _stroke(rest - before, torn)[::-1], rule_role),
    )


def _stroke(cells: int, torn: bool) -> str:
    return ("─ " * (cells // 2 + 1))[:cells] if torn else "─" * cells
