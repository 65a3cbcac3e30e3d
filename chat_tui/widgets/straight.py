"""Lines that go to the screen as they were painted: past the toolkit's cache of styles, not past its filters.

That cache makes three more strips of each line - for borders, for each filter - and forgets them at the next change. A
widget with neither border nor padding needs none of them, and one that remembers its lines need not filter them twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from typing_extensions import override

if TYPE_CHECKING:
    from chat_tui.widgets.paint import Painted

    _Painted = Painted
else:
    _Painted = object  # a class of the toolkit's takes 2 million instructions to be made: only what is seen is one


class Straight(_Painted):
    """A painted widget of that kind. What is made of it is a `Painted`."""

    _filters: tuple[LineFilter, ...] = ()

    def lines_on_screen(self, lines: range) -> list[Strip]:
        """Return lines of the widget, without what stands to their right; made of what `painted` returns."""
        raise NotImplementedError

    @override
    def render_lines(self, crop: Region) -> list[Strip]:
        """See Widget."""
        filters = tuple(self.get_line_filters())
        if filters != self._filters:
            self._filters = filters
            self.forget_strips()
        begin, end = crop.column_span
        strips = self.lines_on_screen(crop.line_range)
        return [strip if not begin and end >= strip.cell_length else strip.crop(begin, end) for strip in strips]

    @override
    def gate(self, segments: list[Segment]) -> list[Segment]:
        """See Painted: what the toolkit would do with each line later."""
        for each in self._filters:
            segments = each.apply(segments, self.behind)
        return segments
