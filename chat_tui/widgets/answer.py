"""What a command tells this person only: a few lines between timeline and composer, gone with Esc or the next line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typing_extensions import override

from chat_tui.commands.context import Answer
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Role, Span, cropped, spread
from chat_tui.views.pressing import PRESSES, pressing
from chat_tui.views.wrap import wrap
from chat_tui.widgets.bars import Rows

_CLOSES: Final = "Esc closes"


class AnswerPanel(Rows, can_focus=False):
    """One answer; a longer one scrolls."""

    DEFAULT_CSS = """
    AnswerPanel { display: none; width: 100%; height: 1; max-height: 50%; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._answer: Answer | None = None

    @property
    def answer(self) -> Answer | None:
        """What is shown."""
        return self._answer

    @property
    def title(self) -> str:
        """What it says first, safe to draw; empty: nothing is shown."""
        return drawable_line(self._answer.title) if self._answer is not None else ""

    @property
    def scrolls(self) -> bool:
        """Whether not all of it is in view."""
        return self.display and self._answer is not None and len(self._lines()) > self._room(self.size.height)

    def show(self, answer: Answer) -> None:
        """Show an answer instead of what is there; one that nobody asked for, behind it."""
        self._answer = self._answer.and_also(answer) if answer.unasked and self._answer is not None else answer
        self.first = 0
        self.display = True
        self._fit()
        # What was drawn may be an answer of the same size that was dismissed: it must not come back.
        self._drawn = None
        self.refresh()

    def dismiss(self) -> bool:
        """Go away; return whether there was anything."""
        was, self._answer = self._answer is not None, None
        self.display = False
        return was

    def page(self, direction: int) -> None:
        """Scroll by a page, up (-1) or down (1)."""
        self.scrolled(direction * max(1, self._room(self.size.height) - 1))

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        if self._answer is None:
            return ()
        titles = self._titles(width)
        room = max(0, height - len(titles))
        lines = self._lines(width)
        shown = lines[self.first : self.first + room]
        hidden = len(lines) - self.first - len(shown)
        more = pressing(f"{hidden} more, PgDn", "quiet") if hidden > 0 else ()
        closes = f" · {_CLOSES} " if more else f"{_CLOSES} "
        head = Line(spread(titles[0], (*more, Span(closes, "quiet")), width))
        wrapped = (Line(cropped(spans, width)) for spans in titles[1:])
        return [head, *wrapped, *(Line(cropped((Span("  "), *line.spans), width)) for line in shown)]

    @override
    def chosen(self, y: int) -> None:
        """See Rows: who clicks has read it."""
        if not y:
            self.dismiss()

    @override
    def act_at(self, line: Line, x: int) -> str:
        """See Rows: a row is one thing, wherever it is clicked."""
        acts = (span.act for span in line.spans if span.act and not span.act.startswith(PRESSES))
        return super().act_at(line, x) or next(acts, "")

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        if self._answer is not None:
            room = self._room(self.size.height)
            self.first = max(0, min(self.first + by, len(self._lines()) - room))
            self.changed()

    def on_resize(self) -> None:
        """Take as many lines as the title needs in the new width."""
        self._fit()

    def _fit(self) -> None:
        if self._answer is not None:
            width = self.size.width or self.app.size.width
            self.styles.height = len(self._titles(width)) + len(self._lines(width))

    def _room(self, height: int) -> int:
        return max(0, height - len(self._titles(self.size.width or 1)))

    def _lines(self, width: int = 0) -> Sequence[Line]:
        """Return its lines; a sentence takes as many as it needs, what stands in columns is cut."""
        assert self._answer is not None
        room = max(10, (width or self.size.width or self.app.size.width) - 2)
        if all(line.width <= room or len(line.spans) != 1 for line in self._answer.lines):
            return self._answer.lines
        found: list[Line] = []
        for line in self._answer.lines:
            if len(line.spans) != 1:
                found.append(line)
                continue
            (span,) = line.spans
            pieces = wrap(span.text, room)
            found += [line._replace(spans=(span._replace(text=span.text[start:end]),)) for start, end, _ in pieces]
        return found

    def _titles(self, width: int) -> list[tuple[Span, ...]]:
        assert self._answer is not None
        text = drawable_line(self._answer.title)
        role: Role = "error" if self._answer.fault else "strong" if self._answer.lines else "text"
        pieces = wrap(text, max(10, width - len(_CLOSES) - 6))
        return [(Span(" "), Span(text[piece.start : piece.end], role)) for piece in pieces]
