"""The pane of a timeline with one of its messages pointed at. Says which; what is done with it is others' business.

It is remembered by its identity, so that it stays whatever comes above, below or instead of it.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.strip import Strip
from typing_extensions import override

from chat_tui.views.lines import Line, Span
from chat_tui.views.pointing import is_message

if TYPE_CHECKING:
    from chat_tui.views.history import History
    from chat_tui.views.items import Item
    from chat_tui.views.pointing import Test
    from chat_tui.widgets.timeline_pane import TimelinePane

    _Pane = TimelinePane
else:
    _Pane = object  # a class of the toolkit's takes 2 million instructions to be made: only what is seen is one


_MARK = "▌"


class PointedPane(_Pane):
    """See the module's head. What is made of it is a `TimelinePane`."""

    _pointed: Hashable | None = None

    @property
    def pointed(self) -> Item | None:
        """The item that is pointed at, as it is now; None: none, or it is gone."""
        index = self.pointed_at
        return self._history.view.items[index] if index is not None and self._history is not None else None

    @property
    def pointed_at(self) -> int | None:
        """Its index."""
        from chat_tui.views.pointing import index_of

        if self._history is None or self._pointed is None:
            return None
        return index_of(self._history.view.items, self._pointed)

    def point(self, index: int | None) -> None:
        """Point at an item, and bring it into view; None: at nothing."""
        history = self._history
        if history is None or index is None:
            self._pointed = None
        else:
            self._pointed = history.view.items[index].identity
            history.view.reveal(index)
            self.moved()
            self.placed()
        self.refresh()

    def point_next(self, by: int, test: Test = is_message) -> bool:
        """Point at the next item that passes a test, down (1) or up (-1) from that one or from the window's end.

        Returns:
            Whether there was one.
        """
        from chat_tui.views.pointing import nearest

        history = self._history
        if history is None:
            return False
        start = self.pointed_at
        if start is None:
            start = self.bottom_item() + (by < 0)
        found = nearest(history.view.items, start, by, test)
        if found is not None:
            self.point(found)
        return found is not None

    def point_end(self, direction: int) -> None:
        """Point at the newest (1) or the oldest (-1) message there is."""
        from chat_tui.views.pointing import nearest

        history = self._history
        if history is not None:
            self._pointed = None
            count = len(history.view.items)
            self.point(nearest(history.view.items, count if direction > 0 else -1, -direction, is_message))

    def point_page(self, direction: int) -> None:
        """Move a page down (1) or up (-1), and point at what is at that end of it."""
        from chat_tui.views.pointing import nearest

        history, index = self._history, self.pointed_at
        if history is None or index is None:
            return
        view = history.view
        goal = view.heights.top(index) + direction * max(1, view.rows - 2 - view.kept_at_most)
        if not view.total:
            return
        there, _ = view.heights.at(max(0, min(goal, view.total - 1)))
        found = nearest(view.items, there - direction, direction, is_message)
        if found is None or found == index:
            self.point_end(direction)
        else:
            self.point(found)

    def point_at_line(self, y: int) -> bool:
        """Point at the message that has a line of the window; return whether there is one."""
        row = self._row(y)
        if self._history is None or row < 0 or not is_message(self._history.view.items[self._rows[row][0]]):
            return False
        self.point(self._rows[row][0])
        return True

    def bottom_item(self) -> int:
        """Return the index of the last item in the window."""
        rows = self._rows if self._history is None else self._rows[: self._history.view.readable]
        return rows[-1][0] if rows else -1

    def moved(self) -> None:
        """The window was moved; for subclasses that look what is missing then."""

    @override
    def _strips_of(self, history: History, index: int) -> list[Strip]:
        """See TimelinePane: what is pointed at is painted on another ground, and not remembered."""
        if self._pointed is None or history.view.items[index].identity != self._pointed:
            return super()._strips_of(history, index)
        return [self.painted(_marked(line), self.window.width) for line in history.view.lines(index)]


def _marked(line: Line) -> Line:
    """Return a line as it looks when it is pointed at: the same characters, but for the first one."""
    spans = line.spans
    if spans and spans[0].text.startswith(" "):
        spans = (Span(_MARK, "own"), spans[0]._replace(text=spans[0].text[1:]), *spans[1:])
    return line._replace(spans=spans, ground="panel")
