"""The switcher over the main screen: some letters lead to a conversation, a channel, a person or a command.

What it offers is `choices`' business, what becomes of a choice that of whoever opened it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from typing_extensions import override

from chat_tui.keys import bindings
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.choices import COMMANDS, Choice, choice_line
from chat_tui.views.letters import Letters
from chat_tui.views.lines import Line, Span, spread
from chat_tui.widgets.bars import Rows
from chat_tui.widgets.ordered import carry_out_all, handed_on

_CURSOR: Final = "▏"
_HINT: Final = "#channel  @person  'mark  >command"
_SHORT_HINT: Final = "#channel @person >command"
_AROUND: Final = 4
"""Cells between what stands there, and for the cursor."""
_WIDTH: Final = 64
_ROWS: Final = 14

Offer = Callable[[str], Sequence[Choice]]
"""Returns what there is for some letters."""


class SwitcherRows(Rows, can_focus=False):
    """What was typed, and what it may mean."""

    DEFAULT_CSS = """
    SwitcherRows { height: 12; background: $surface; }
    """

    what = " go to "
    """Stands in front of the letters."""
    hint = _HINT
    """Stands behind them while there are none."""
    short_hint = _SHORT_HINT
    """Stands there where that has no room; where this has none, nothing does."""
    nothing = "nothing is called so"
    letters = ""
    choices: Sequence[Choice] = ()
    at = 0

    def __init__(self, pick: Callable[[int], None]) -> None:
        super().__init__()
        self._pick = pick

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        room = width - cell_len(self.what) - _AROUND
        words = next((each for each in (self.hint, self.short_hint) if cell_len(each) <= room), "")
        hint = (Span(f"{words} ", "quiet"),) if not self.letters else ()
        head = Line(spread((Span(self.what, "quiet"), Span(self.letters), Span(_CURSOR, "own")), hint, width))
        room = max(1, height - 1)
        self.first = max(0, min(max(self.first, self.at - room + 1), self.at, max(0, len(self.choices) - room)))
        shown = self.choices[self.first : self.first + room]
        lines = [choice_line(each, self.first + row == self.at, width) for row, each in enumerate(shown)]
        if not lines:
            lines = [Line((Span(f"  {self.nothing}", "muted"),))]
        return [head, *lines]

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        if 0 < y <= len(self.choices) - self.first:
            self._pick(self.first + y - 1)

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.at = max(0, min(self.at + by, len(self.choices) - 1))
        self.changed()


class Switcher(BaseScreen, ModalScreen[None]):
    """It."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("switcher")]

    DEFAULT_CSS = """
    Switcher { align: center top; }
    Switcher SwitcherRows { margin-top: 2; border: round $line; }
    Switcher.-short SwitcherRows { margin-top: 0; }
    """

    def __init__(
        self,
        offer: Offer,
        choose: Callable[[Choice], None],
        *,
        digit: Callable[[str], Choice | None],
        run: Callable[[str], None],
    ) -> None:
        """Make it.

        Args:
            offer: returns what there is for some letters.
            choose: told what was chosen.
            digit: returns what a digit that stands alone picks at once, if it does.
            run: told a command line that was typed, with its slash.
        """
        super().__init__()
        self._offer = offer
        self._choose = choose
        self._digit = digit
        self._run = run
        self._letters = Letters()
        self._list = self.make_rows(self._pick)
        self._look()

    def make_rows(self, pick: Callable[[int], None]) -> SwitcherRows:
        """Return the list; `pick` is told the index of a row that was clicked."""
        return SwitcherRows(pick)

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        self._fit(self.app.size)  # before the first frame, so that nothing jumps below somebody's mouse
        yield self._list
        yield self.cover()

    def on_resize(self, event: events.Resize) -> None:
        """Take what room there is."""
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        self._list.styles.width = min(_WIDTH, size.width - 2)
        self._list.styles.height = max(4, min(_ROWS, size.height - 4))

    async def _on_key(self, event: events.Key) -> None:
        """Take letters; everything else is a binding."""
        if handed_on(self, event):
            return
        if not self._letters.press(event.key, event.character):
            await carry_out_all(self, event)
            return
        event.prevent_default()
        event.stop()
        picked = self._digit(self._letters.text)
        if picked is not None:
            self._end(picked)
        else:
            self._look()

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._letters.add(event.text)
        self._look()

    def look_again(self) -> None:
        """Offer what is known by now; what somebody has marked stays so."""
        before = self._list.choices[self._list.at] if self._list.at else None
        self._look()
        if before in self._list.choices:
            self._list.at = self._list.choices.index(before)
            self._list.changed()

    def on_click(self, event: events.Click) -> None:
        """Stay here: a click beside the list means what is below it."""
        event.stop()
        if event.widget is self:
            self.dismiss()

    # --- keys

    def action_move(self, by: int) -> None:
        """Mark another one."""
        count = len(self._list.choices)
        if count:
            self._list.at = (self._list.at + by) % count
            self._list.changed()

    def action_choose(self) -> None:
        """Go there, or run it."""
        text = self._letters.text
        marked = self._marked
        if text.startswith(COMMANDS) and " " in text[1:].strip():
            self.dismiss()
            self._run(f"/{text[1:].strip()}")
        elif marked is not None and marked.kind == "command":
            self._choose_command(marked)
        elif marked is not None:
            self._end(marked)

    def action_complete(self) -> None:
        """Write out what is marked."""
        marked = self._marked
        if marked is not None:
            name = marked.name.split(" ")[0].lstrip("/")
            self._letters.text = f"{COMMANDS}{name} " if marked.kind == "command" else name
            self._look()

    def action_close(self) -> None:
        """Stay here."""
        self.dismiss()

    @override
    def action_cancel(self) -> None:
        """See BaseScreen."""
        self.dismiss()

    # --- how

    @property
    def _marked(self) -> Choice | None:
        return self._list.choices[self._list.at] if self._list.at < len(self._list.choices) else None

    def _choose_command(self, choice: Choice) -> None:
        """Run a command that needs nothing more, else let that be typed."""
        name, _, usage = choice.name.partition(" ")
        if usage and not usage.startswith("["):
            self._letters.text = f"{COMMANDS}{name.lstrip('/')} "
            self._look()
        else:
            self.dismiss()
            self._run(name)

    def _pick(self, index: int) -> None:
        self._list.at = index
        self.action_choose()

    def _end(self, choice: Choice) -> None:
        self.dismiss()
        self._choose(choice)

    def _look(self) -> None:
        self._list.letters = self._letters.shown
        self._list.choices = self._offer(self._letters.text)
        self._list.at = self._list.first = 0
        self._list.changed()
