"""The popup with what could stand at the cursor. Draws and says what was clicked; the composer decides what to do.

It lies on a layer of its own above the composer, so that nothing moves when it comes or goes. It is as wide as the
composer's line, so that no half of a line behind it looks like a part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.geometry import Offset
from textual.message import Message
from typing_extensions import override

from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span, cropped, elide
from chat_tui.widgets.bars import Rows

if TYPE_CHECKING:
    from chat_tui.commands.completing import Candidate, Completion


MAX_ROWS: Final = 8
"""Candidates in view at a time."""
_MAX_NAME: Final = 30
_WIDEST: Final = 72


class CompletionPopup(Rows, can_focus=False):
    """Candidates, one of them marked perhaps, and the usage of the command that is being written."""

    DEFAULT_CSS = """
    CompletionPopup { display: none; position: absolute; width: 40; height: 1; background: $panel; }
    """

    class Picked(Message):
        """Somebody clicked a candidate."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index
            """Which one."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._candidates: Sequence[Candidate] = ()
        self._marked: int | None = None
        self._usage = ""
        self._summary = ""
        self._in_view = MAX_ROWS
        self._indent = 0

    @property
    def candidates(self) -> Sequence[Candidate]:
        """What is offered; empty when there is nothing, or the popup is not there."""
        return self._candidates if self.display else ()

    def show(self, completion: Completion, marked: int | None = None) -> None:
        """Show what is offered; go away when that is nothing.

        Args:
            completion: what the cursor is at.
            marked: index of the candidate that stands in the text now.
        """
        self._candidates, self._marked = completion.candidates, marked
        self._usage, self._summary = completion.usage, completion.summary
        self._in_view = min(len(self._candidates), MAX_ROWS)
        self._keep_in_view()
        self.display = bool(self._candidates or self._usage)
        self.changed()

    def hide(self) -> None:
        """Go away."""
        from chat_tui.commands.completing import Completion

        self.show(Completion(0, 0))

    def place(self, x: int, bottom: int, width: int, left: int = 0) -> None:
        """Stand above a line, with the candidates as near to a column as there is room.

        Args:
            x: the column.
            bottom: the line that stays visible below.
            width: cells of that line.
            left: column at which it begins.
        """
        count, others = len(self._candidates), 1 if self._usage else 0
        self._in_view = min(count, MAX_ROWS, max(1, bottom - others))
        if self._in_view < count:  # one line tells how many there are more
            self._in_view = min(self._in_view, max(1, bottom - others - 1))
            others += 1
        self._keep_in_view()
        self._indent = max(0, min(x - left, width - self._wanted_width()))
        height = self._in_view + others
        self.styles.width, self.styles.height = max(1, width), max(1, height)
        self.styles.offset = Offset(left, max(0, bottom - height))
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        names = [elide(drawable_line(candidate.text), _MAX_NAME) for candidate in self._candidates]
        cells = max(map(cell_len, names), default=0)
        before = Span(" " * self._indent)
        found: list[tuple[Span, ...]] = []
        for index, name in list(enumerate(names))[self.first : self.first + self._in_view]:
            marked = index == self._marked
            note = drawable_line(self._candidates[index].note)
            spans = (
                Span("▌" if marked else " ", "own"),
                Span(name + " " * (cells - cell_len(name)), "strong" if marked else "text"),
                Span(f"  {note}" if note else "", "chip"),
            )
            found.append((before, *spans))
        if more := self._more():
            found.append((before, Span(f" {more}", "chip")))
        if self._usage:
            found.append((before, Span(" "), Span(self._usage, "strong"), Span(f"  {self._summary}", "chip")))
        return [Line(cropped(spans, width), ground="panel") for spans in found]

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        if self.first + y < len(self._candidates) and y < self._in_view:
            self.post_message(self.Picked(self.first + y))

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.first = max(0, min(self.first + by, len(self._candidates) - self._in_view))
        self.changed()

    def _keep_in_view(self) -> None:
        marked = self._marked or 0
        self.first = max(0, min(max(self.first, marked - self._in_view + 1), marked))

    def _more(self) -> str:
        """Return in words how many candidates are out of view; empty: none."""
        below = len(self._candidates) - self.first - self._in_view
        if below <= 0:
            return f"… {self.first} above" if self.first else ""
        return f"… {self.first} above, {below} below" if self.first else f"… {below} more"

    def _wanted_width(self) -> int:
        notes = [
            min(cell_len(candidate.text), _MAX_NAME) + cell_len(candidate.note) + 4 for candidate in self._candidates
        ]
        usage = cell_len(self._usage) + cell_len(self._summary) + 4 if self._usage else 0
        return min(_WIDEST, max(20, usage, *notes, 0))
