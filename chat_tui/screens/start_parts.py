"""What the start screen is made of: the servers, fields to write into, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.message import Message
from textual.widgets import Input
from typing_extensions import override

from chat_tui.paths import HERE
from chat_tui.screens.goal import in_words
from chat_tui.storage import Servers
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import ELLIPSIS, Line, Role, Span, elide, spread
from chat_tui.views.pressing import pressing
from chat_tui.views.wrap import wrap
from chat_tui.widgets.bars import Rows
from chat_tui.widgets.ordered import carry_out

HINTS: Final = "Enter goes · ↑ ↓ choose · Tab moves · Ctrl+Q quits"
"""What one can do."""
HINTS_BACK: Final = "Enter goes · ↑ ↓ choose · Tab moves · Esc goes back"
"""What one can do where there are servers to go back to."""
AS_WHOM: Final = "As whom?"
"""Over the field for one's name."""
_OTHER: Final = "another server…"


class ServerRows(Rows, can_focus=False):
    """The servers one can choose from; the arrows work wherever the cursor is."""

    DEFAULT_CSS = """
    ServerRows { width: 100%; height: auto; max-height: 6; }
    """

    class Clicked(Message):
        """Somebody clicked one."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index
            """Which one."""

    def __init__(self, servers: Servers) -> None:
        super().__init__()
        known = [server for server in servers.known if server.address != HERE]
        self.choices: tuple[tuple[str, str], ...] = (
            (HERE, servers.name_for(HERE)),
            *((server.address, server.name) for server in known),
            ("", servers.name_for("")),
        )
        """Address and name of each; an empty address is yet to be written."""
        self.index = 0

    def choose(self, index: int) -> None:
        """Mark one."""
        self.index = max(0, min(index, len(self.choices) - 1))
        self.changed()

    @property
    def height_wanted(self) -> int:
        """Lines it takes."""
        return len(self.choices)

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        self.first = max(0, min(max(self.first, self.index - height + 1), self.index))
        return [self._row(index, width) for index in range(self.first, min(self.first + height, len(self.choices)))]

    def _row(self, index: int, width: int) -> Line:
        address, name = self.choices[index]
        marked = index == self.index
        label = drawable_line(in_words(address)) if address else _OTHER
        left = (Span("▌" if marked else " ", "own"), Span(f" {label}", "strong" if marked else "muted"))
        right = (Span(f"{elide(drawable_line(name), 16)} ", "quiet"),) if address else ()
        return Line(spread(left, right, width), ground="panel" if marked else "")

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        if self.first + y < len(self.choices):
            self.post_message(self.Clicked(self.first + y))


class Field(Input):
    """A line to be written."""

    def suggest(self, value: str) -> None:
        """Fill in what somebody may mean: what is typed takes its place, and so it is marked."""
        self.value = value
        self.select_all()

    async def _on_key(self, event: events.Key) -> None:
        """See Widget."""
        await carry_out(self, event)


class Complaint(Rows, can_focus=False):
    """What is wrong, or what has happened; else what one can do.

    Args:
        text: what is wrong; empty: nothing.
        note: what has happened, until something else is said; empty: nothing.
        hints: what one can do.
    """

    DEFAULT_CSS = """
    Complaint { width: 100%; height: 4; }
    """

    def __init__(self, text: str, note: str = "", hints: str = HINTS) -> None:
        super().__init__()
        self._text = text
        self._note = note
        self._hints = hints

    def say(self, text: str) -> None:
        """Say something else; empty: what one can do."""
        self._text = text
        self._note = ""
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        text = drawable_line(self._text or self._note or self._hints)
        role: Role = "error" if self._text else "quiet"
        room = max(2, width - 2)
        lines = [text[piece.start : piece.end] for piece in wrap(text, room)]
        if len(lines) > height:
            lines = [*lines[: height - 1], elide(f"{lines[height - 1]} {ELLIPSIS}", room)]
        if self._text or self._note:
            return [Line((Span(" "), Span(line, role))) for line in lines]
        return [Line((Span(" "), *pressing(line, role))) for line in lines]


class Heading(Rows, can_focus=False):
    """A few faint words over what follows."""

    DEFAULT_CSS = """
    Heading { width: 100%; height: 1; }
    """

    def __init__(self, words: str, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._words = words

    def say(self, words: str) -> None:
        """Say something else."""
        self._words = words
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        return [Line((Span(f" {self._words}", "heading"),))]
