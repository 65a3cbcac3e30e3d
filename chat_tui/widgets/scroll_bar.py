"""The scroll bar: in whole cells, told where the window is, and drawn again only where its thumb moved.

The toolkit's is three reactives, each of which has it drawn; and it draws each of its cells by way of a console. That
took longer than the page beside it.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from typing_extensions import override

_TRANSPARENT: Final = Color(0, 0, 0, 0)


class WholeCells(ScrollBarRender):
    """Draws a scroll bar in whole cells: without glyphs, it is colour only and in nobody's copied text."""

    VERTICAL_BARS = [" "]
    HORIZONTAL_BARS = [" "]


ScrollBar.renderer = WholeCells


class ThumbBar(ScrollBar):
    """It, upright, at the side of a window that is as high."""

    def tell(self, total: int, window: int, top: int) -> None:
        """Say how many lines there are, how many of them are in the window, and which is at its top."""
        before = self._thumb()
        self.set_reactive(ScrollBar.window_virtual_size, total)
        self.set_reactive(ScrollBar.window_size, window)
        self.set_reactive(ScrollBar.position, self.validate_position(top))
        now = self._thumb()
        if now != before:
            first = min(now.start, before.start)
            self.refresh(Region(0, first, self.size.width, max(now.stop, before.stop) - first))

    @override
    def render_lines(self, crop: Region) -> list[Strip]:
        """See Widget: there are three kinds of lines, above the thumb, below it and of the thumb itself."""
        bar = self.render()
        assert isinstance(bar, ScrollBarRender), "so it is with the toolkit's"
        style = self.app.console.get_style(bar.style)
        assert style.bgcolor is not None and style.color is not None, "they are set in the style sheet"
        cells = bar.render_bar(
            size=self.size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=bar.thickness,
            back_color=style.bgcolor,
            bar_color=style.color,
        ).segments
        strips: dict[int, Strip] = {}
        return [self._strip(cells[y], strips) for y in crop.line_range]

    def _strip(self, cell: Segment, made: dict[int, Strip]) -> Strip:
        strip = made.get(id(cell))
        if strip is None:
            strip = Strip([cell], self.size.width)
            for each in self.get_line_filters():
                strip = strip.apply_filter(each, _TRANSPARENT)
            made[id(cell)] = strip
        return strip

    def _thumb(self) -> range:
        """Return which cells are the thumb, as `render_bar` reckons it."""
        height, total, window = self.size.height, self.window_virtual_size, self.window_size
        if not height or window >= total:
            return range(0)
        length = max(1, window / (total / height))
        begin = int((height - length) * self.position / (total - window))
        return range(begin, min(height, begin + ceil(length)))
