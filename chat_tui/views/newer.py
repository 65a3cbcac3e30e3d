"""The line at the bottom of a timeline that is scrolled up. Pure."""

from __future__ import annotations

from typing import Final

from chat_tui.views.lines import Line, Span, cropped, width

FIRST_UNREAD: Final = "Alt+U"
"""The key that leads to the first unread message, as it is called on keyboards."""


def newer_line(count: int, cells: int, key: str, *, more: bool = False, unread: int = 0) -> Line:
    """Return the line that says how much is below, and which key leads there.

    Args:
        count: messages below the window.
        cells: width of the line.
        key: the key that leads to the end, as it is called on keyboards.
        more: whether there are some that nobody counted.
        unread: messages that are not read yet; said only where there is room.
    """
    what = f"↓ {count:,}{'+' if more else ''} newer" if count else "↓"
    spans: tuple[Span, ...] = (Span(what, "strong"), Span(f" · {key}", "chip"))
    if unread:
        further = (*spans, Span(f" · {unread:,} unread", "strong"), Span(f" · {FIRST_UNREAD} first", "chip"))
        spans = further if width(further) <= cells else spans
    words = cropped(spans, cells)
    before = (cells - width(words)) // 2
    return Line((Span(" " * before), *words), ground="panel", gutter=cells)
