"""One open timeline: its items, how high they are, and which part of them is in view. Pure; draws nothing itself.

Heights are guessed until an item comes near the view. Whatever is settled above the view moves the numbers of lines,
never the lines on the screen: a place is kept by item, and only then turned into a line again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from chat_tui.views.cache import Recent
from chat_tui.views.columns import Columns
from chat_tui.views.drawing import Reader, draw, estimated, shown_preview
from chat_tui.views.heights import Heights
from chat_tui.views.items import DayItem, GapItem, Item, MessageItem, OlderItem, WelcomeItem
from chat_tui.views.lines import Line
from chat_tui.views.previews import lines_of

_REMEMBERED: Final = 500
"""Drawn items that are kept; some ten screens."""

_KEPT_FROM: Final = 20
"""Lines of a window from which on the newest ones stay in view at its bottom while somebody reads further up."""
_KEPT_PART: Final = 6
_KEPT_MAX: Final = 5

START: Final = -(1 << 30)
"""A line in front of all, however many there prove to be."""

_NEARLY_GONE: Final = 3
"""Last lines of an item in the window that nobody reads any more: what is below them is read."""

_MOVING: Final = (OlderItem, WelcomeItem, DayItem, GapItem)
"""Items that are in front of whatever comes there: nothing can be held in place by them."""


class Place(Struct, frozen=True):
    """Where somebody reads, in terms that survive a new layout."""

    identity: Hashable
    """The item at the top of the view."""
    offset: int
    """Which of its characters the top line begins with."""
    line: int
    """Which of its lines that was."""


class View:
    """A window of some lines onto items."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.heights = Heights()
        self.follow = True
        """Whether the view stays at the end as more comes."""
        self.rising = False
        """Whether the last move of somebody went up."""
        self.keeps_newest = False
        """Whether the newest lines stay in view while somebody reads further up, if there is room."""
        self.rows = 0
        """Lines of the window; 0: not laid out yet."""
        self.shifted = 0
        """Lines by which numbers of lines have moved so far, for whoever remembers some."""
        self._at = (0, 0)
        """Item and line at the top of the window."""
        self._where: Columns | None = None
        self._reader: Reader | None = None
        self._lines: Recent[Hashable, tuple[Line, ...]] = Recent(_REMEMBERED)
        self.drawn = 0
        """Items drawn so far: what the caches are worth."""

    # --- what there is

    def lay_out(self, where: Columns, rows: int, reader: Reader) -> None:
        """Set columns, lines of the window and who reads; everything is drawn anew, the line being read stays."""
        if where == self._where and reader == self._reader:
            self.rows = rows
        else:
            place = None if self.follow else self.place()
            self._where, self._reader, self.rows = where, reader, rows
            self._lines.clear()
            self.heights.splice(0, len(self.heights), map(self._guess, self.items))
            if place is not None:
                self.go_to(place)
        self.settle()

    def replace(self, items: list[Item]) -> None:
        """Show other items, at their end."""
        self.items = items
        self.heights = Heights()
        self.heights.splice(0, 0, map(self._guess, items))
        self._lines.clear()
        self.follow, self._at = True, (0, 0)

    def splice(self, start: int, stop: int, items: Sequence[Item], *, hold_below: bool = False) -> None:
        """Replace the items [start, stop), without a move of what is in view.

        The window is not settled: several changes may come before it has to be.

        Args:
            start: the first one.
            stop: behind the last one.
            items: what is there instead.
            hold_below: where these are in the window, whether that stays which is below them, not what is above.
        """
        before = self.top
        anchor = self._anchor(start, stop, items, hold_below)
        self.items[start:stop] = items
        self.heights.splice(start, stop, map(self._guess, items))
        if anchor is None:
            self._at = (min(start, max(0, len(self.items) - 1)), 0)
        else:
            self._at = self._up_from(*anchor)
            self.shifted += self.heights.top(anchor[0]) - anchor[1] - before

    def redraw(self, index: int, item: Item) -> None:
        """Replace one item by another form of itself."""
        self.items[index] = item
        self.heights.splice(index, index + 1, (self._guess(item),))

    def grow(self, index: int, item: Item) -> None:
        """Replace one item by a form of itself that has more lines at its end.

        Where all but its end has left the window, what is below it stays where it is: that is what is read.
        """
        at, line = self._at
        nearly_gone = index == at and line > 0 and self.heights[index] - line <= _NEARLY_GONE
        if not nearly_gone or index + 1 >= len(self.items):
            self.splice(index, index + 1, [item])
            return
        before, below = self.top, self.heights[index] - line
        self.items[index] = item
        self.heights.splice(index, index + 1, (self._guess(item),))
        self._count(index)
        self._at = self._up_from(index + 1, below)
        self.shifted += self.top - before

    # --- where the window is

    @property
    def reader(self) -> Reader | None:
        """Who looks; None: it was not laid out yet."""
        return self._reader

    @property
    def top(self) -> int:
        """Number of the first line in the window."""
        return self.heights.top(self._at[0]) + self._at[1] if self.items else 0

    @property
    def total(self) -> int:
        """Number of lines there are, as far as is known."""
        return self.heights.total

    @property
    def last_top(self) -> int:
        """Where the top of the window is when its bottom is at the end."""
        return max(0, self.heights.total - self.rows)

    @property
    def kept_at_most(self) -> int:
        """How many of the newest lines stay in view while somebody reads further up; 0: none."""
        if not self.keeps_newest or self.rows < _KEPT_FROM:
            return 0
        return min(_KEPT_MAX, self.rows // _KEPT_PART)

    @property
    def kept(self) -> int:
        """How many of the newest lines stand at the bottom of the window, below a line that says so; 0: none."""
        return 0 if self.follow else self.kept_at_most

    @property
    def readable(self) -> int:
        """How many lines of the window show what is read, not what is below it."""
        return self.rows if self.follow else max(0, self.rows - 1 - self.kept)

    def scroll(self, line: int) -> None:
        """Put the top of the window at a line as they are counted now, or as near as possible."""
        if self.items:
            before = self.top
            self.rising = line < before
            if self.rising and before - line <= self.rows:
                self.count_above()
                line += self.top - before
            self.follow = False
            self._at = self.heights.at(line)
            self.settle()

    def go_to_end(self) -> None:
        """Put the window at the end, and let it stay there."""
        self.follow = True
        self.settle()

    def go_to(self, place: Place) -> bool:
        """Put the top of the window where somebody read before; False: that item is not there any more."""
        for index, item in enumerate(self.items):
            if item.identity == place.identity:
                lines = self.lines(index)
                near = [at for at, line in enumerate(lines) if line.offset <= place.offset]
                same_text = place.offset or not place.line
                line = near[-1] if near and same_text else min(place.line, len(lines) - 1)
                self.follow, self._at = False, (index, line)
                return True
        return False

    def go_below(self, index: int, above: int) -> None:
        """Put an item `above` lines below the top of the window."""
        self.follow, self._at = False, self._up_from(index, above)
        self.settle()

    def reveal(self, index: int, *, context: int = 2) -> None:
        """Move the window as little as possible so that an item is wholly in it, or as much of it as it can hold.

        Args:
            index: the item.
            context: lines that should be in view above and below it.
        """
        self.lines(index)
        lines = self._count(index)
        rows = self.rows - 1 - self.kept_at_most  # the last ones may be covered
        room = max(0, min(context, (rows - lines) // 2))
        top = self.heights.top(index)
        if index == len(self.items) - 1:
            self.go_to_end()
        elif top - room < self.top:
            self.go_below(index, room)
        elif top + lines + room > self.top + rows:
            self.go_below(index, max(0, rows - lines - room))

    def place(self) -> Place | None:
        """Return where the window is, None: at the end."""
        if self.follow or not self.items:
            return None
        index, line = self._at
        lines = self.lines(index)
        return Place(self.items[index].identity, lines[min(line, len(lines) - 1)].offset, line)

    # --- what is in it

    def settle(self) -> None:
        """Count the lines of all items in the window, and put it where it belongs."""
        if not self.items or self.rows <= 0 or self._where is None:
            return
        index, line = self._at
        before = self.heights.top(index)
        if not self.follow:
            line = min(line, self._count(index) - 1)
            self._at = (index, line)
            self._settle_down(index, line)
            self._settle_up(len(self.items), self.kept_at_most)
            self.follow = self.top >= self.last_top
        if self.follow:
            self._settle_up(len(self.items), self.rows)
            self._at = self.heights.at(self.last_top)
        self.shifted += self.heights.top(index) - before

    @property
    def counted_above(self) -> bool:
        """Whether the lines of a page above the window are counted."""
        return all(self.heights.is_exact(index) for index in self.above())

    def count_above(self) -> None:
        """Count the lines of a page above the window: whoever scrolls up goes by lines.

        That may move the numbers of lines, and need not be done before anybody looks at the window.
        """
        before = self.top
        self._settle_up(self._at[0], self.rows)
        self.shifted += self.top - before

    def above(self) -> range:
        """Return the items of a page above the window, as far as one knows their lines."""
        first, covered = self._at[0], 0
        while covered < self.rows and first > 0:
            first -= 1
            covered += self.heights[first]
        return range(first, self._at[0])

    def visible(self) -> Iterator[tuple[int, int]]:
        """Yield item and line of each line in the window, from the top; fewer than `rows` if there are no more."""
        index, line = self._at
        left = self.rows
        while left and index < len(self.items):
            for at in range(line, min(self.heights[index], line + left)):
                yield index, at
                left -= 1
            index, line = index + 1, 0

    def newest(self) -> list[tuple[int, int]]:
        """Return item and line of each of the newest lines that are kept in view, from top to bottom."""
        rows: list[tuple[int, int]] = []
        index, kept = len(self.items), self.kept
        while len(rows) < kept and index > 0:
            index -= 1
            rows[:0] = [(index, at) for at in range(self.heights[index])]
        return rows[-kept:] if kept else []

    def lines(self, index: int) -> tuple[Line, ...]:
        """Return the lines of an item, drawn now or remembered."""
        item = self.items[index]
        look = item.look
        lines = self._lines.get(look)
        if lines is None:
            assert self._where is not None and self._reader is not None, "lay_out comes first"
            self.drawn += 1
            lines = self._lines.put(look, draw(item, self._where, self._reader))
        return lines

    # --- how

    def _guess(self, item: Item) -> int:
        if self._where is None:
            return 1
        if isinstance(item, MessageItem):
            above = (item.head and self._where.stacked) + (item.quoted is not None)
            above += (item.message.replies > 0) + bool(item.message.reactions)
            above += item.head and self._reader is not None and self._reader.roomy
            if (preview := shown_preview(item, self._reader)) is not None:
                above += lines_of(preview, self._where.text)
            return estimated(item.message.body, self._where.text) + above
        return 1

    def _count(self, index: int) -> int:
        if not self.heights.is_exact(index) and self._where is not None:
            self.heights.set(index, len(self.lines(index)))
        return self.heights[index]

    def _settle_down(self, index: int, line: int) -> None:
        covered = -line
        while covered < self.rows and index < len(self.items):
            covered += self._count(index)
            index += 1

    def _settle_up(self, index: int, rows: int) -> None:
        covered = 0
        while covered < rows and index > 0:
            index -= 1
            covered += self._count(index)

    def _anchor(self, start: int, stop: int, items: Sequence[Item], hold_below: bool) -> tuple[int, int] | None:
        """Find an item at or below the top of the window that stays: its index then, and the lines it is below it."""
        index, line = self._at
        if index < start and not hold_below:
            return index, -line
        staying = {item.identity: start + at for at, item in enumerate(items)}
        below = -line
        for at in range(index, len(self.items)):
            if at >= stop:
                return at + len(items) - (stop - start), below
            item = self.items[at]
            kept = staying.get(item.identity)
            if kept is not None and not isinstance(item, _MOVING):
                return kept, below
            below += self.heights[at]
        return (index, -line) if index < start else None

    def _up_from(self, index: int, above: int) -> tuple[int, int]:
        """Return the item and line that is `above` lines above the first line of an item (below it, if negative)."""
        while above > 0 and index > 0:
            index -= 1
            above -= self._count(index)
        line = -above if above < 0 else 0
        return index, min(line, self._count(index) - 1)
