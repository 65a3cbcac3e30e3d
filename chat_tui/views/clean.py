"""Text from the network made fit to be drawn in a cell grid. Pure; the rules are `chat_core.base.text`'s.

On top of them, bidirectional controls go: they reach over the end of a line, into a gutter that only we may draw.
"""

from __future__ import annotations

from typing import Final

from chat_core.base.text import for_terminal, line_for_terminal, without_flood

LABEL_MAX: Final = 500
"""Characters of a name, a topic or a sentence that are looked at; no line of a terminal is longer."""

_BIDI: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def drawable(text: str) -> str:
    """Return text of one or more lines that may be drawn: newlines, no tabs, nothing else that steers a terminal.

    A server that did not cap its lines changes nothing: `without_flood` does it here, too.
    """
    return text if text.isascii() and text.isprintable() else without_flood(for_terminal(text).translate(_BIDI))


def drawable_line(text: str) -> str:
    """Return `drawable` in one line; a newline becomes a visible mark. What no line has room for is cut off."""
    text = text[:LABEL_MAX]
    return text if text.isascii() and text.isprintable() else line_for_terminal(text).translate(_BIDI)
