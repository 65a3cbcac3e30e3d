"""A text area that completes: offers what could stand at the cursor, and puts it there with Tab or the arrows.

Enter is nobody's but the owner's: a candidate stands in the text as soon as it is chosen, so what is entered is what is
seen. Keys are carried out in their order (`ordered`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace as replace_fields
from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from typing_extensions import override

from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.ordered import carry_out
from chat_tui.widgets.readline_area import ReadlineArea

if TYPE_CHECKING:
    from chat_tui.commands.completing import Completion, Known


_MOVES: Final = ("cursor_down", "cursor_left", "cursor_right")
EDITING: Final[list[BindingType]] = [
    *(Binding(move.removeprefix("cursor_"), move, show=False) for move in _MOVES),
    *(Binding(f"shift+{move.removeprefix('cursor_')}", f"{move}(True)", show=False) for move in _MOVES),
    Binding("shift+up", "cursor_up(True)", show=False),
    Binding("ctrl+shift+left", "cursor_word_left(True)", show=False),
    Binding("ctrl+shift+right", "cursor_word_right(True)", show=False),
    Binding("shift+home", "cursor_line_start(True)", show=False),
    Binding("shift+end", "cursor_line_end(True)", show=False),
    Binding("backspace", "delete_left", show=False),
    Binding("delete,ctrl+d", "delete_right", show=False),
    Binding("ctrl+v", "paste", show=False),
]
"""What every editor does; not worth a row in the help."""


class _Cycle(Struct, frozen=True):
    """A completion that Tab goes through."""

    completion: Completion
    original: str
    at: int
    result: str


class CompletingArea(ReadlineArea):
    """See the module's head."""

    def __init__(self, popup: CompletionPopup, known: Callable[[], Known], *, id: str | None = None) -> None:
        """Make an empty one.

        Args:
            popup: where completions are shown.
            known: returns the names there are.
            id: the widget's.
        """
        from chat_tui.commands.completing import Completion

        super().__init__(id=id, highlight_cursor_line=False, tab_behavior="focus")
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._popup = popup
        self._known = known
        self._cycle: _Cycle | None = None
        self._dismissed: int | None = None
        self._gave_way: tuple[str, int] | None = None
        self._loaded: str | None = None
        self._shown = Completion(0, 0)
        self._offered = ("", 0)

    # --- text

    def load(self, text: str, cursor: tuple[int, int] | None = None) -> None:
        """Replace the text without anybody having typed: nothing is offered until somebody does.

        Args:
            text: the new one.
            cursor: line and column; None: the end.
        """
        self._cycle = self._dismissed = None
        self._loaded = text
        self.load_text(text)
        self.move_cursor(self.document.end if cursor is None else cursor)
        self._popup.hide()

    @property
    def was_typed(self) -> bool:
        """Whether the text is another one than that which was loaded."""
        return self.text != self._loaded

    # --- keys

    async def _on_key(self, event: events.Key) -> None:
        """See Widget."""
        await carry_out(self, event)

    @override
    def action_cursor_up(self, select: bool = False) -> None:
        """Go through the candidates if there are any, else up."""
        if not select and self._popup.candidates:
            self.action_complete(-1)
        else:
            super().action_cursor_up(select)

    @override
    def action_cursor_down(self, select: bool = False) -> None:
        """Go through the candidates if there are any, else down."""
        if not select and self._popup.candidates:
            self.action_complete(1)
        else:
            super().action_cursor_down(select)

    # --- completion

    def action_complete(self, by: int = 1) -> None:
        """Put a candidate into the text; again: the next one, and at last what was written before."""
        from chat_tui.commands.completing import complete

        cycle = self._cycle
        if cycle is None or cycle.result != self.text:
            completion = complete(self.text, self.index, self._known(), asked=True)
            if not completion.candidates:
                return
            if len(completion.candidates) == 1:
                self._put(completion, completion.candidates[0].text, space=True)
                return
            original = self.text[completion.start : completion.end]
            cycle = _Cycle(completion, original, -1 if by > 0 else 0, self.text)
        self._step(cycle, by)

    def dismiss_completion(self) -> bool:
        """Close the popup, and take back a candidate that Tab has put; return whether there was one."""
        from chat_tui.commands.completing import complete

        if not self._popup.display:
            return False
        cycle, self._cycle = self._cycle, None
        if cycle is not None and cycle.result == self.text:
            self._put(cycle.completion, cycle.original)
        self._dismissed = complete(self.text, self.index, self._known()).start
        self._popup.hide()
        return True

    def give_way(self) -> None:
        """Close the popup until something is written or Tab is pressed: what is behind it is to be seen now."""
        self._gave_way = self.text, self.index
        self._popup.hide()

    def pick(self, index: int) -> None:
        """Put a candidate of the popup into the text."""
        from chat_tui.commands.completing import complete

        completion = self._cycle.completion if self._cycle is not None else None
        if completion is None:
            completion = complete(self.text, self.index, self._known(), asked=True)
        if index < len(completion.candidates):
            self._put(completion, completion.candidates[index].text, space=True)
        self.focus()

    def _step(self, cycle: _Cycle, by: int) -> None:
        count = len(cycle.completion.candidates)
        # One place more than there are candidates: what was written before.
        index = (cycle.at + by) % (count + 1)
        text = cycle.original if index == count else cycle.completion.candidates[index].text
        self._put(cycle.completion, text)
        self._cycle = replace_fields(cycle, at=index, result=self.text)
        self._show(cycle.completion, None if index == count else index)

    def _put(self, completion: Completion, text: str, *, space: bool = False) -> None:
        """Replace what a completion is about, up to the cursor."""
        start = self.location(completion.start)
        self._cycle = None
        if space and self.text[self.index : self.index + 1] != " ":
            text += " "
        self.edited(text, start, self.cursor_location)

    def _show(self, completion: Completion, marked: int | None = None) -> None:
        self._popup.show(completion, marked)
        self._shown = completion
        self._place()

    def _place(self) -> None:
        if self._popup.display:
            word_x = self.cursor_screen_offset.x - (self.index - self._shown.start) - 1
            x = self.region.x if self._shown.usage else word_x
            bar = self.parent.region if isinstance(self.parent, Widget) else self.region
            self._popup.place(x, self.region.y, bar.width, bar.x)

    # --- following

    def on_resize(self) -> None:
        """Keep the popup above the text, as that grows and as the terminal changes."""
        self._place()

    def on_text_area_changed(self) -> None:
        """Look what could stand at the cursor now."""
        if self._cycle is not None and self._cycle.result != self.text:
            self._cycle = None
        if self.was_typed:
            self._loaded = None
        self._offer()

    def on_text_area_selection_changed(self) -> None:
        """Look again when only the cursor has moved."""
        self._offer()

    def names_changed(self) -> None:
        """Look again: there are more names now."""
        self._offered = ("", -1)
        if self.text:
            self._offer()

    def _offer(self) -> None:
        from chat_tui.commands.completing import Completion, complete

        now = self.text, self.index
        if self._cycle is not None or now in (self._offered, self._gave_way):
            return
        self._gave_way = None
        self._offered = now
        completion = complete(*now, self._known()) if self.was_typed else Completion(0, 0)
        if completion.start == self._dismissed and (completion.candidates or completion.usage):
            return
        self._dismissed = None
        self._show(completion)
