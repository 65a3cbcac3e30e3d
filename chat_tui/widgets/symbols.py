"""The marks and lines that the client draws, in ASCII: for terminals and fonts that lack the others.

A mark is replaced by one of the same width in what is about to be drawn, so that nothing moves and no view has to know.
"""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from chat_tui.widgets.replacing import ReplacingFilter

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


class AsciiFilter(ReplacingFilter):
    """Draws marks in ASCII; for `App.get_line_filters`."""

    @override
    def replaced(self, text: str) -> str:
        """See ReplacingFilter."""
        return text.translate(_TABLE)
