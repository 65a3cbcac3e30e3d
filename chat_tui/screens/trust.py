"""A server that is not trusted: asks whether one that nobody knows here yet is the right one, or says why it is not.

No key that one presses in passing says yes: Enter does nothing here. Whoever shows these screens gets the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from typing_extensions import override

from chat_tui.keys.table import binding
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.start_parts import Heading
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Role, Span
from chat_tui.views.pressing import pressing
from chat_tui.views.wrap import wrap
from chat_tui.widgets.bars import Rows

Paragraph = tuple[str, Role]

_WHY: Final = (
    "It was never seen from here, and no authority vouches for it. Nothing was said to it. Its key has the pin"
)
_SHORT: Final = "Unknown here, and no authority vouches for it. Its key has the pin"
_WHAT: Final = (
    "The server prints its pin when it starts. If its operator tells you another one, somebody stands between "
    "you and the server, and would read all of it."
)
_ASKS: Final = "Y trusts it · N or Esc goes back"
_STOPS: Final = "Esc goes back"


class _Words(Rows, can_focus=False):
    """All that there is to say, with air; where there is little room, what cannot be left out, without.

    Args:
        paragraphs: all.
        short: those that cannot be left out; the first one is cut if even they do not fit.
        keys: what one can press.
    """

    DEFAULT_CSS = """
    _Words { width: 100%; height: auto; }
    """

    def __init__(self, paragraphs: Sequence[Paragraph], short: Sequence[Paragraph], keys: str) -> None:
        super().__init__()
        self._paragraphs = paragraphs
        self._short = short
        self._keys = keys

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """See Widget."""
        return min(len(self._with_air(width)), viewport.height - 2)

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        lines = self._with_air(width)
        if len(lines) <= height:
            return lines
        first, *others = (_lines(text, style, width) for text, style in self._short)
        rest = [line for lines in (*others, self._pressed(width)) for line in lines]
        return [*first[: max(1, height - len(rest))], *rest][:height]

    def _with_air(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for text, style in self._paragraphs:
            lines += [*_lines(text, style, width), Line()]
        return lines + self._pressed(width)

    def _pressed(self, width: int) -> list[Line]:
        return [Line(pressing(line.text, "own")) for line in _lines(self._keys, "own", width)]


def _lines(text: str, style: Role, width: int) -> list[Line]:
    text = drawable_line(text)
    pieces = wrap(text, max(2, width - 2))
    return [Line((Span(" "), Span(text[piece.start : piece.end], style))) for piece in pieces]


class _WordsScreen(BaseScreen):
    """Words in the middle."""

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    _WordsScreen { align: center middle; }
    _WordsScreen #form { width: 60; max-width: 100%; height: auto; }
    _WordsScreen .title { height: 2; }
    _WordsScreen.-short .title { height: 1; }
    """

    def __init__(self, title: str, words: _Words) -> None:
        super().__init__()
        self._heading = Heading(title, classes="title")
        self._words = words

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        with Vertical(id="form"):
            yield self._heading
            yield self._words
        yield self.cover()


class TrustScreen(_WordsScreen):
    """Is it the right one?"""

    QUESTION: ClassVar[str] = "asks whether it is the right one"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "decide(True)", show=False),
        Binding("n,N,escape", "decide(False)", show=False),
        binding("conversations.next_unread"),
    ]

    class Decided(Message):
        """The user has answered."""

        def __init__(self, screen: TrustScreen, pin: str, *, trusted: bool) -> None:
            super().__init__()
            self.screen = screen
            """What has asked."""
            self.pin = pin
            """Of the server."""
            self.trusted = trusted
            """Whether it is the right one."""

    def __init__(self, address: str, pin: str) -> None:
        """Make the screen.

        Args:
            address: of the server.
            pin: its pin.
        """
        where: Paragraph = (address, "strong")
        shows: Paragraph = (pin, "strong")
        paragraphs: list[Paragraph] = [where, (_WHY, "muted"), shows, (_WHAT, "muted")]
        super().__init__(
            "A server that is not known here", _Words(paragraphs, [where, (_SHORT, "muted"), shows], _ASKS)
        )
        self._pin = pin

    def action_decide(self, trusted: bool) -> None:
        """Say what was answered."""
        self.post_message(self.Decided(self, self._pin, trusted=trusted))


class StopScreen(_WordsScreen):
    """It is not the right one, and there is nothing to be answered here."""

    QUESTION: ClassVar[str] = "stopped"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "go_back", show=False),
        binding("conversations.next_unread"),
    ]

    class Left(Message):
        """The user has read it."""

        def __init__(self, screen: StopScreen) -> None:
            super().__init__()
            self.screen = screen
            """What they want to leave."""

    def __init__(self, why: str) -> None:
        """Make the screen.

        Args:
            why: what is wrong, and what can be done.
        """
        words: list[Paragraph] = [(why, "error")]
        super().__init__("Stopped: it is not certain who the server is", _Words(words, words, _STOPS))

    def action_go_back(self) -> None:
        """Say that it was read."""
        self.post_message(self.Left(self))
