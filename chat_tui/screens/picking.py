"""A list over the main screen in which some letters lead to a row, Enter goes there, and Del takes it away.

Looks and works like the switcher. What the rows are, and what becomes of them, is the opener's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.geometry import Size
from typing_extensions import override

from chat_tui.screens.choices import Choice
from chat_tui.screens.switcher import Switcher, SwitcherRows

_AGAIN: Final = "Del again: it goes"
_WIDTH: Final = 96
_ROWS: Final = 14


class PickingScreen(Switcher):
    """It.

    Args:
        what: what rows are, in a word or two, in front of the letters.
        rows: returns all of them.
        choose: told which was chosen.
        drop: told which is to go.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete", "drop", show=False)]

    def __init__(
        self,
        what: str,
        rows: Callable[[], Sequence[Choice]],
        choose: Callable[[Choice], None],
        drop: Callable[[Choice], None],
    ) -> None:
        self._what = what
        self._all = rows
        self._drop = drop
        self._asked: Choice | None = None
        super().__init__(self._fitting, choose, digit=lambda _: None, run=lambda _: None)

    @override
    def make_rows(self, pick: Callable[[int], None]) -> SwitcherRows:
        """See Switcher."""
        rows = SwitcherRows(pick)
        rows.what, rows.nothing = f" {self._what} ", "there is none"
        rows.hint, rows.short_hint = "Enter goes there · Del drops it", "Del drops it"
        return rows

    @override
    def _fit(self, size: Size) -> None:
        """See Switcher: what is said of a row wants room, and a few rows want none."""
        self._list.styles.width = min(_WIDTH, size.width - 2)
        self._list.styles.height = max(4, min(len(self._all()) + 3, _ROWS, size.height - 4))

    @override
    def look_again(self) -> None:
        """See Switcher: where nothing is left there is nothing to choose."""
        if self._all():
            super().look_again()
        else:
            self.dismiss()

    def action_drop(self) -> None:
        """Take away what is marked; asks first."""
        marked = self._marked
        if marked is None:
            return
        if marked == self._asked:
            self._asked = None
            self._drop(marked)
        else:
            self._asked = marked
            self._list.hint = self._list.short_hint = _AGAIN
            self._list.changed()

    @override
    def action_move(self, by: int) -> None:
        """See Switcher: another one is not asked about."""
        self._asked = None
        super().action_move(by)

    def _fitting(self, letters: str) -> Sequence[Choice]:
        wanted = letters.strip().casefold()
        return [each for each in self._all() if wanted in f"{each.name} {each.note}".casefold()]
