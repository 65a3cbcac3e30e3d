"""The ways into a server that the form offers, as rows to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.message import Message
from typing_extensions import override

from chat_core.protocol.requests.session import Welcome
from chat_tui.bridge import Kind
from chat_tui.views.lines import Line, Span
from chat_tui.widgets.bars import Rows

_IN_WORDS: Final[dict[Kind, str]] = {
    "password": "with my password",
    "register": "as a new account",
    "guest": "as a guest",
}


def ways_for(welcome: Welcome | None) -> tuple[Kind, ...]:
    """Return the ways that a server takes; None: nothing is known of it, and what most take is offered."""
    ways: list[Kind] = ["password"]
    if welcome is None or welcome.registration != "closed":
        ways.append("register")
    if welcome is not None and welcome.guests:
        ways.append("guest")
    return tuple(ways)


class WayRows(Rows, can_focus=False):
    """The ways; the arrows work wherever the cursor is.

    Args:
        ways: at least one.
    """

    DEFAULT_CSS = """
    WayRows { width: 100%; height: auto; }
    """

    class Clicked(Message):
        """Somebody clicked one."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index
            """Which one."""

    def __init__(self, ways: Sequence[Kind]) -> None:
        super().__init__()
        self._ways = ways
        self.index = 0

    @property
    def kind(self) -> Kind:
        """The one that is marked."""
        return self._ways[self.index]

    @property
    def height_wanted(self) -> int:
        """Lines it takes."""
        return len(self._ways)

    def choose(self, index: int) -> None:
        """Mark one."""
        self.index = max(0, min(index, len(self._ways) - 1))
        self.changed()

    def choose_kind(self, kind: Kind) -> None:
        """Mark one by what it is; the first one where it is not offered."""
        self.index = self._ways.index(kind) if kind in self._ways else 0

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        return [self._row(index) for index in range(min(height, len(self._ways)))]

    def _row(self, index: int) -> Line:
        marked = index == self.index
        spans = (
            Span("▌" if marked else " ", "own"),
            Span(f" {_IN_WORDS[self._ways[index]]}", "strong" if marked else "muted"),
        )
        return Line(spans, ground="panel" if marked else "")

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        if y < len(self._ways):
            self.post_message(self.Clicked(y))
