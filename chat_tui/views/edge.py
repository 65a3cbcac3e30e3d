"""The edge on which all texts of a timeline stand, and the gutter at its left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat

from rich.cells import cell_len

from chat_tui.views.code import code_lines
from chat_tui.views.columns import Columns
from chat_tui.views.formatting import Block
from chat_tui.views.inline import laid_over
from chat_tui.views.lines import Line, Role, Span
from chat_tui.views.wrap import wrap

_BAR = (Span("▎ ", "quote-bar"),)
_LEAST = 8
"""Cells of text that a lead leaves; where there are fewer it hangs over."""


def laid_out(
    blocks: Iterable[Block], where: Columns, heading: tuple[Span, ...], *, code: int = 0, beyond: int = 0
) -> list[Line]:
    """Return a text in lines of its column.

    Args:
        blocks: of the text.
        where: the columns.
        heading: what stands in the gutter of its first line; empty: nothing. Time and name, which are more than one
            span, stand above it where names do.
        code: lines of each piece of code that are shown; 0: all.
        beyond: lines of the text that are missing behind the last block.
    """
    lines: list[Line] = []
    blank: tuple[Span, ...] = (Span(" " * where.text_at),)
    gutters: Iterator[tuple[Span, ...]] = repeat(blank)
    if heading:
        if where.stacked and len(heading) > 1:
            lines.append(Line(heading, gutter=_length(heading)))
        else:
            gutters = chain((heading,), gutters)
    offset = 0
    for block in blocks:
        made = _code(block, where.text, code, beyond) if block.kind == "code" else _text(block, where.text)
        for line in made:
            gutter = next(gutters)
            lines.append(
                line._replace(
                    spans=(*gutter, *line.spans), gutter=_length(gutter) + line.gutter, offset=offset + line.offset
                )
            )
        offset += len(block.text) + 1
    return lines


def hanging(spans: tuple[Span, ...], where: Columns, offset: int = 0) -> Line:
    """Return a line of spans with an empty gutter."""
    return Line((Span(" " * where.text_at), *spans), gutter=where.text_at, offset=offset)


def _code(block: Block, cells: int, most: int, beyond: int) -> Iterator[Line]:
    for line, start in code_lines(block.text, block.language, cells, most=most or len(block.text) + 1, beyond=beyond):
        yield line._replace(offset=start)


def _text(block: Block, cells: int) -> Iterator[Line]:
    lead, further = _leads(block, cells)
    taken = sum(cell_len(span.text) for span in further)
    role: Role = "quote" if block.kind == "quote" else "text"
    for start, end, joint in wrap(block.text, cells - taken):
        spans = (*lead, *laid_over(block.text, start, end, block.marks, role))
        tail = max(0, end - max(start, block.said))
        # A bullet is a part of what is said, a bar and what hangs below a bullet are not.
        gutter = 0 if lead is not further else _length(lead)
        yield Line(spans, gutter=gutter, joint=joint, offset=start, tail=tail)
        lead = further


def _leads(block: Block, cells: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return what stands in front of a block's first line, and of its further ones."""
    if block.kind == "quote":
        return _BAR, _BAR
    if block.lead and cell_len(block.lead) + 1 + _LEAST <= cells:
        return (Span(f"{block.lead} ", "muted"),), (Span(" " * (cell_len(block.lead) + 1)),)
    return (), ()


def _length(spans: tuple[Span, ...]) -> int:
    return sum(len(span.text) for span in spans)
