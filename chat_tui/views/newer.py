"""The line at the bottom of a timeline that is scrolled up. Pure."""

from __future__ import annotations

from chat_tui.views.lines import Line, Span, cropped, width


def newer_line(count: int, cells: int, key: str, *, more: bool = False) -> Line:
    """Return the line that says how much is below, and which key leads there.

    Args:
        count: messages below the window.
        cells: width of the line.
        key: the key that leads to the end, as it is called on keyboards.
        more: whether there are some that nobody counted.
    """
    what = f"↓ {count:,}{'+' if more else ''} newer" if count else "↓"
    words = cropped((Span(what, "strong"), Span(f" · {key}", "chip")), cells)
    before = (cells - width(words)) // 2
    return Line((Span(" " * before), *words), ground="panel", gutter=cells)
