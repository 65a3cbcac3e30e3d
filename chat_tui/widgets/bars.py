"""What one-line widgets and lists of rows share: a view's lines on the screen, and which of them was clicked.

They are drawn line by line, without children, and repainted only when a line differs from what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.strip import Strip
from typing_extensions import override

from chat_tui.views.lines import Line
from chat_tui.views.pressing import PRESSES
from chat_tui.widgets.paint import Painted


class Bar(Painted, can_focus=False):
    """One line."""

    ALLOW_SELECT = False

    _drawn: tuple[int, Line] | None = None

    def line(self, width: int) -> Line:
        """Return what to draw in `width` cells; for subclasses."""
        raise NotImplementedError

    def changed(self) -> None:
        """Repaint if the line is another one now."""
        width = self.size.width
        if self.is_mounted and width and self._drawn != (width, self.line(width)):
            self.refresh()

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """See Widget."""
        return 1

    @override
    def render_line(self, y: int) -> Strip:
        """See Widget."""
        width = self.size.width
        if y:
            return self.painted(Line(), width)
        line = self.line(width)
        self._drawn = (width, line)
        return self.painted(line, width)

    async def on_click(self, event: events.Click) -> None:
        """Do what is written where somebody clicks, if it says what one can do."""
        line = self.line(self.size.width)
        span = span_at(line, event.x)
        if span is not None and line.spans[span].act:
            event.stop()
            await self.screen.run_action(line.spans[span].act)


class Rows(Painted, can_focus=False):
    """Lines from top to bottom, some of which can be clicked. Lists that are too long scroll with the wheel."""

    ALLOW_SELECT = False

    _drawn: tuple[Size, Sequence[Line]] | None = None
    first: int = 0
    """How many rows are scrolled out at the top."""

    def rows(self, width: int, height: int) -> Sequence[Line]:
        """Return what to draw, at most `height` lines of `width` cells; for subclasses."""
        raise NotImplementedError

    def chosen(self, y: int) -> None:
        """Somebody clicked a line; for subclasses."""

    def scrolled(self, by: int) -> None:
        """Scroll by some rows; for subclasses, which know how many there are."""

    def changed(self) -> None:
        """Repaint if any line is another one now."""
        size = self.size
        if self.is_mounted and size and self._drawn != (size, self.rows(size.width, size.height)):
            self._drawn = None
            self.refresh()

    @override
    def render_line(self, y: int) -> Strip:
        """See Widget."""
        size = self.size
        if self._drawn is None or self._drawn[0] != size:
            self._drawn = (size, self.rows(size.width, size.height))
        lines = self._drawn[1]
        return self.painted(lines[y] if y < len(lines) else Line(), size.width)

    async def on_click(self, event: events.Click) -> None:
        """Do what stands there, else pass the click on as the number of a line."""
        event.stop()
        inside = event.get_content_offset(self)
        if inside is None:
            return
        lines = self._drawn[1] if self._drawn is not None else ()
        act = self.act_at(lines[inside.y], inside.x) if inside.y < len(lines) else ""
        if act:
            await self.screen.run_action(act)
        else:
            self.chosen(inside.y)

    def act_at(self, line: Line, x: int) -> str:
        """Return the action of a click on a cell of a line, here that of a key there; empty: it is the line's."""
        span = span_at(line, x)
        act = line.spans[span].act if span is not None else ""
        return act if act.startswith(PRESSES) else ""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scrolled(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scrolled(-3)


def span_at(line: Line, x: int) -> int | None:
    """Return the index of the span at cell `x` of a line, None: behind its end."""
    for index, span in enumerate(line.spans):
        x -= cell_len(span.text)
        if x < 0:
            return index
    return None
