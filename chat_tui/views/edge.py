"""The edge on which all texts of a timeline stand, and the gutter at its left. Pure."""

from __future__ import annotations

from chat_tui.views.columns import Columns
from chat_tui.views.inline import Mark, laid_over
from chat_tui.views.lines import Line, Span
from chat_tui.views.wrap import wrap


def laid_out(
    text: str, found: list[Mark], where: Columns, heading: tuple[Span, ...], said: int | None = None
) -> list[Line]:
    """Return a text in lines of its column.

    Args:
        text: safe for a terminal.
        found: what in it has a meaning of its own.
        where: the columns.
        heading: what stands in the gutter of its first line; empty: nothing. Time and name, which are more than one
            span, stand above it where names do.
        said: how many characters are what somebody said, the rest being ours; None: all.
    """
    lines: list[Line] = []
    blank: tuple[Span, ...] = (Span(" " * where.text_at),)
    gutter = blank
    if heading:
        if where.stacked and len(heading) > 1:
            lines.append(Line(heading, gutter=_length(heading)))
        else:
            gutter = heading
    for start, end, joint in wrap(text, where.text):
        spans = (*gutter, *laid_over(text, start, end, found, "text"))
        tail = 0 if said is None else max(0, end - max(start, said))
        lines.append(Line(spans, gutter=_length(gutter), joint=joint, offset=start, tail=tail))
        gutter = blank
    return lines


def hanging(spans: tuple[Span, ...], where: Columns, offset: int = 0) -> Line:
    """Return a line of spans with an empty gutter."""
    return Line((Span(" " * where.text_at), *spans), gutter=where.text_at, offset=offset)


def _length(spans: tuple[Span, ...]) -> int:
    return sum(len(span.text) for span in spans)
