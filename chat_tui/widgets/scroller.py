"""A scroll view that is told where it is, without a layout of the whole screen. Knows no timeline.

The toolkit's `virtual_size` lays out and repaints the whole screen whenever it is set, a frame later: too dear for each
message. This leans on its internals instead, all of them in this file and guarded by tests: a reactive set without its
watchers, a scroll bar told its window, and the moment at which a new size is known but nothing is painted yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.scrollbar import ScrollDown, ScrollUp
from textual.widget import Widget
from typing_extensions import override

from chat_tui.widgets.scroll_bar import ThumbBar

if TYPE_CHECKING:
    from textual.scroll_view import ScrollView

    _View = ScrollView
else:
    _View = object  # a class of the toolkit's takes 2 million instructions to be made: only what is seen is one


class Scroller(_View):
    """A window onto lines that somebody else counts. What is made of it is a `ScrollView`."""

    _placing = False
    _laid_out = Size(0, 0)

    # --- for subclasses

    def resized(self, size: Size) -> None:
        """The window has another size: lay out, and call `place`. Nothing was painted in the new size yet."""

    def moved_to(self, line: int) -> None:
        """The user wants `line` at the top: decide where the window really is, and call `place`."""

    def page(self, direction: int) -> None:
        """The user wants to scroll by a page, up (-1) or down (1)."""

    # --- placing

    @property
    def window(self) -> Size:
        """Cells and lines of the window, without the scroll bar."""
        return self._laid_out

    def place(self, total: int, top: int) -> None:
        """Say how many lines there are and which is at the top, and repaint.

        Args:
            total: number of lines, a guess perhaps.
            top: number of the line at the top, at most `total` less the lines of the window.
        """
        self.renumber(total, top)
        self.refresh(self._laid_out.region)

    def renumber(self, total: int, top: int) -> None:
        """Say the same where the window shows what it showed before."""
        width, height = self._laid_out
        total = max(total, height)
        self.set_reactive(Widget.virtual_size, Size(width, total))
        self.set_reactive(Widget.scroll_target_y, float(top))
        self.set_reactive(Widget.scroll_y, float(top))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.tell(total, height, top)

    @property
    @override
    def vertical_scrollbar(self) -> ThumbBar:
        """See Widget: another one than the toolkit's."""
        bar = self._vertical_scrollbar
        if bar is None:
            self._vertical_scrollbar = bar = ThumbBar(name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        assert isinstance(bar, ThumbBar), "only this makes one"
        return bar

    @override
    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """See Widget: the wheel, the scroll bar or the toolkit's own keys moved it."""
        if self._placing:
            super().watch_scroll_y(old_value, new_value)
        elif round(old_value) != round(new_value):
            self.moved_to(round(new_value))

    @override
    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """See Widget: called between layout and paint, unlike a Resize event, which comes a frame too late."""
        # What validates the scroll position in there would take it for the user's wish.
        self._placing = True
        try:
            changed = super()._size_updated(size, virtual_size, container_size, layout)
        finally:
            self._placing = False
        inner = size - self.styles.gutter.totals
        window = Size(max(0, inner.width - self.scrollbar_size_vertical), inner.height)
        if window != self._laid_out:
            self._laid_out = window
            self.resized(window)
        return changed

    def on_scroll_up(self, event: ScrollUp) -> None:
        """Take a click above the scroll bar's thumb: the toolkit would move there in many small steps."""
        event.stop()
        event.prevent_default()
        self.page(-1)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """Take a click below the scroll bar's thumb."""
        event.stop()
        event.prevent_default()
        self.page(1)
