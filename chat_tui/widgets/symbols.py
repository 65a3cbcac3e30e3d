"""The marks and lines that the client draws, in ASCII: for terminals and fonts that lack the others.

A mark is replaced by one of the same width in what is about to be drawn, so that nothing moves and no view has to know.
"""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override

ASCII: Final = {
    "·": "-", "…": "~", "▌": "|", "▏": "|", "•": "*", "▎": "|", "│": "|", "┃": "|", "█": "#", "▁": "_", "▔": "-",
    "─": "-", "━": "-", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "╭": "+", "╮": "+", "╰": "+", "╯": "+",
    "●": "*", "○": "o", "◌": ".", "◐": "%", "◑": "%", "◆": "!",
    "↓": "v", "↑": "^", "→": ">", "←": "<", "↳": ">", "✕": "x", "✓": "v", "★": "*", "≈": "~", "☆": "*",
    "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'",
    "▀": "^", "▄": "_", "▐": "|", "▕": "|", "░": ":", "▒": ":", "▓": "#",
    "📎": "[]", "▂": "_", "▃": "_", "▅": "#", "▆": "#", "▇": "#",
}  # fmt: skip
"""What stands for each mark."""

_TABLE: Final = str.maketrans(ASCII)


class AsciiFilter(LineFilter):
    """Draws marks in ASCII; for `App.get_line_filters`."""

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with other marks."""
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_TABLE), segment.style, segment.control)
            for segment in segments
        ]
