"""The line in which words to find are typed. Says what is looked for; finds nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from typing_extensions import override

from chat_tui.keys import bindings
from chat_tui.views.letters import Letters
from chat_tui.views.lines import Line, Span, spread
from chat_tui.widgets.bars import Bar
from chat_tui.widgets.ordered import carry_out_all, handed_on

_CURSOR: Final = "▏"


class FindBar(Bar, can_focus=True):
    """What is looked for, how many there are, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("find")]

    DEFAULT_CSS = """
    FindBar { display: none; width: 100%; height: 1; background: $panel; }
    """

    def __init__(self, words_changed: Callable[[], None], *, id: str | None = None) -> None:
        """Make an empty line.

        Args:
            words_changed: called when other words are looked for.
            id: the widget's.
        """
        super().__init__(id=id)
        self._words_changed = words_changed
        self._letters = Letters()
        self._found = ""
        self._keys = ""

    @property
    def words(self) -> str:
        """What is looked for."""
        return self._letters.text

    def open(self, keys: str) -> None:
        """Begin anew; the words of the last time stay until others are typed.

        Args:
            keys: what is pressed for what, a few words.
        """
        self._found, self._keys = "", keys
        self.changed()

    def tell(self, found: str) -> None:
        """Say what was found, in a few words."""
        self._found = found
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        left = (Span(" find ", "chip"), Span(self._letters.shown, "text"), Span(_CURSOR, "own"))
        right: tuple[Span, ...] = (Span(self._found, "text"), Span(f"  {self._keys} ", "chip"))
        if sum(len(span.text) for span in (*left, *right)) > width:
            right = (Span(f"{self._found} ", "text"),)
        return Line(spread(left, right, width), ground="panel")

    async def _on_key(self, event: events.Key) -> None:
        """Take letters; everything else is a binding."""
        if handed_on(self, event):
            return
        if self._letters.press(event.key, event.character):
            event.prevent_default()
            event.stop()
            self.changed()
            self._words_changed()
        else:
            await carry_out_all(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        """Take the first line of what was pasted."""
        event.prevent_default()
        event.stop()
        self._letters.add(event.text)
        self.changed()
        self._words_changed()
