"""Where things stand in a timeline of a given width, and the widths at which the layout changes. Pure.

The layout follows the width of the terminal, never what other panes leave over: so hiding one changes nothing else.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

BREAKPOINTS: Final = [(0, "-tiny"), (60, "-narrow"), (100, "-mid"), (160, "-wide")]
"""Width of the terminal from which on a class is set on the screen."""
HEIGHTS: Final = [(0, "-short"), (16, "-tall"), (30, "-high")]
"""The same for its height."""

LEAST_WIDTH: Final = 40
"""Columns without which there is no layout."""
LEAST_HEIGHT: Final = 10
"""The same for rows."""

TINY_BELOW: Final = 60
"""Below this width a name stands on a line of its own."""
WIDE_FROM: Final = 100
"""From this width on there is room for longer names."""

TEXT_MAX: Final = 100
"""Cells of text beyond which the eye loses the beginning of the next line."""

_TIME: Final = 5
_MARGIN: Final = 1
_GAP: Final = 2
_LEAST_TEXT: Final = 8


class Columns(Struct, frozen=True):
    """The columns of a timeline."""

    width: int
    """Cells of a line."""
    stacked: bool
    """Whether names stand above their messages instead of in a gutter."""
    name: int
    """Cells for a name."""
    text_at: int
    """First cell of a message's text."""
    text: int
    """Cells of a message's text in a line."""


def columns(width: int, terminal: int, longest: int) -> Columns:
    """Lay out a timeline.

    Args:
        width: cells of a line, without the scroll bar.
        terminal: cells of the whole terminal.
        longest: cells of the longest name to be shown.
    """
    if terminal < TINY_BELOW:
        text_at = 3
        name = max(1, width - _MARGIN - _TIME - _GAP)
        return Columns(width, True, name, text_at, max(_LEAST_TEXT, width - text_at))
    least, most = (9, 16) if terminal >= WIDE_FROM else (7, 12)
    name = max(least, min(longest, most))
    text_at = _MARGIN + _TIME + 1 + name + _GAP
    return Columns(width, False, name, text_at, max(_LEAST_TEXT, min(TEXT_MAX, width - text_at)))
