"""What a search found, as lines: where, who and when, and below it the words with what is around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import tzinfo
from typing import Final, Literal

from rich.cells import cell_len

from chat_core.protocol.values import SearchHit
from chat_tui.views.clean import drawable_line
from chat_tui.views.emphasis import masked
from chat_tui.views.folding import folded_words
from chat_tui.views.formatting import in_one_line
from chat_tui.views.lines import Line, Span, cropped, spread
from chat_tui.views.names import name_role, shown_name
from chat_tui.views.pressing import pressing, shortened
from chat_tui.views.programs import author_of
from chat_tui.views.when import local

HIT_LINES: Final = 2
"""Lines of each hit."""
_MARGIN: Final = "  "
_CHOSEN: Final = "▌ "
_DELETED: Final = "…"
_FENCE: Final = re.compile(r"(?:^|\n) {0,3}(?:`{3,}|~{3,})[\w+#.-]* *(?=\n|\Z)")
"""A line that begins or ends code: in one line it would be noise."""


def hit_lines(
    hit: SearchHit, width: int, *, chosen: bool, me: int | None, zone: tzinfo | None, ignored: Collection[int] = ()
) -> tuple[Line, Line]:
    """Return the two lines of a hit.

    Args:
        hit: it.
        width: cells of a line.
        chosen: whether it is the one that a key would act on.
        me: own account.
        zone: time zone; None: the computer's own.
        ignored: accounts whose words are folded away.
    """
    message = hit.message
    room = width - len(_MARGIN) - 1
    folded = message.author in ignored
    words = [Span(folded_words(message), "faint")] if folded else snippet(message.body, hit.spans, room)
    margin = Span(_CHOSEN, "bar") if chosen else Span(_MARGIN)
    when = f"{local(message.ts, zone):%Y-%m-%d %H:%M}"
    head = (
        margin,
        Span(drawable_line(hit.target), "channel"),
        Span("  "),
        Span(shown_name(author_of(message)), name_role(message.author, me)),
    )
    ground: Literal["", "surface"] = "surface" if chosen else ""
    return (
        Line(spread(head, (Span(f"{when} ", "time"),), width), ground=ground),
        Line(cropped((margin, *words), width - 1), ground=ground),
    )


def snippet(body: str, spans: Sequence[tuple[int, int]], cells: int) -> list[Span]:
    """Return a piece of a text that has its first span in it, in one line.

    Args:
        body: as stored; not safe to draw.
        spans: what is to stand out, in characters of it; without any, it is drawn like all that is one line.
        cells: room.
    """
    if not spans:
        return [Span(drawable_line(in_one_line(body, 4 * cells)), "text")]
    body = masked(body)
    start = _begin(body, spans, cells)
    found = [Span(_DELETED, "quiet")] if start else []
    return [*found, *_pieces(body[: start + 4 * cells], start, spans)]


def foot_line(words: str, width: int, *, fault: bool = False) -> Line:
    """Return the line at the bottom: keys, or what went wrong."""
    spans = (Span(words, "error"),) if fault else pressing(shortened(words, width - 1), "quiet")
    return Line(cropped((Span(" "), *spans), width), ground="surface")


def title_line(query: str, words: str, width: int) -> Line:
    """Return the line at the top: what was looked for, and how it went."""
    asked = (Span(" "), Span(drawable_line(query), "strong"))
    return Line(spread(asked, (Span(f"{words} ", "muted"),), width), ground="panel")


def _begin(body: str, spans: Sequence[tuple[int, int]], cells: int) -> int:
    """Return where to begin so that the first span is seen: at a word, and at the beginning if it fits."""
    if not spans or cell_len(body[: spans[0][1]]) <= cells - 1:
        return 0
    wanted = max(0, spans[0][0] - max(4, cells // 3))
    space = body.find(" ", wanted, spans[0][0])
    return wanted if space < 0 else space + 1


def _pieces(body: str, at: int, spans: Sequence[tuple[int, int]]) -> Iterator[Span]:
    for start, end in spans:
        start, end = max(at, min(start, len(body))), min(end, len(body))
        if start >= end:
            continue
        if at < start:
            yield Span(_between(body[at:start]), "text")
        yield Span(drawable_line(body[start:end]), "mention")
        at = end
    if at < len(body):
        yield Span(_between(body[at:]), "text")


def _between(text: str) -> str:
    return drawable_line(_FENCE.sub("", text))
