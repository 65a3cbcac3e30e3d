"""A filter that draws other letters of the same width in place of some; what is ASCII stays as it is."""

from __future__ import annotations

from abc import abstractmethod

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override


class ReplacingFilter(LineFilter):
    """See the module's head; for `App.get_line_filters`."""

    @abstractmethod
    def replaced(self, text: str) -> str:
        """Return what is drawn for a text, as wide as it."""

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with other letters."""
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [
            segment if segment.text.isascii() else Segment(self.replaced(segment.text), segment.style, segment.control)
            for segment in segments
        ]
