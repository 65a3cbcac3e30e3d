"""The settings, over whatever was there: each with its value; a change is written at once, and taken up if it can be.

What there is and what it means comes from the schema, so that a new setting is here without a line of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input
from typing_extensions import override

from chat_core.base.errors import ChatError
from chat_core.base.sentences import field_sentences
from chat_core.base.settings import Entry, Key, as_typed
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.start_parts import Field
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Role, Span, spread
from chat_tui.views.pressing import pressing, shortened
from chat_tui.views.settings_rows import ABOUT_LINES, Choices, about_lines, choices_of, setting_rows
from chat_tui.widgets.bars import Rows

_CLOSES = "Esc closes"
_KEYS = f"↑ ↓ choose · ← → change · Enter changes or writes · Del default · {_CLOSES}"
_AROUND = 4
"""Lines of the head, the foot, and between."""
_LEAST_ROWS = 3
"""Rows of settings that are to be seen whatever there is to say of one."""

Change = Callable[[Key, Any], Sequence[Entry]]
"""Writes a value and returns all settings as they are then; raises ChatError."""


class SettingList(Rows, can_focus=False):
    """All settings, and all about the chosen one."""

    DEFAULT_CSS = """
    SettingList { width: 100%; height: 1fr; background: $background; }
    """

    class Picked(Message):
        """The user wants another value of the chosen one."""

    def __init__(self, entries: Sequence[Entry], choices: Choices) -> None:
        super().__init__()
        self.entries = entries
        self._choices = choices
        self.index = 0
        self._words = _KEYS
        self._role: Role = "quiet"

    @property
    def entry(self) -> Entry:
        """The chosen one."""
        return self.entries[self.index]

    def choose(self, index: int) -> None:
        """Choose a setting, or the nearest that there is."""
        self.index = max(0, min(index, len(self.entries) - 1))
        self.say("")

    def show(self, entries: Sequence[Entry]) -> None:
        """Show other values."""
        self.entries = entries
        self.changed()

    def say(self, words: str, role: Role = "quiet") -> None:
        """Put words into the line at the bottom; empty: the keys."""
        self._words, self._role = words or _KEYS, role
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows; the chosen one is always in view."""
        lines, at = setting_rows(self.entries, self.index, width, _meaning)
        choices, most = choices_of(self.entry, self._choices), max(ABOUT_LINES, height - _AROUND - _LEAST_ROWS)
        about = about_lines(self.entry, _meaning(self.entry), choices, width, most)
        below = max(ABOUT_LINES, len(about))
        room = max(1, height - below - _AROUND)
        self.first = max(0, at - room + 1, min(self.first, max(0, at - 1)))
        shown = lines[self.first : self.first + room]
        left = (Span("  SETTINGS", "heading"),)
        head = Line(spread(left, (), width), ground="surface")
        said = shortened(_KEYS, width - 4) if self._words == _KEYS else drawable_line(self._words)
        words = pressing(said, self._role) if self._role == "quiet" else (Span(said, self._role),)
        closes = pressing(f"{_CLOSES} ", "quiet") if "Esc" not in self._words else ()
        foot = Line(spread((Span("  "), *words), closes, width), ground="surface")
        filler = [Line()] * (room - len(shown))
        return [head, Line(), *shown, *filler, Line(), *about, *[Line()] * (below - len(about)), foot]

    @override
    def chosen(self, y: int) -> None:
        """See Rows: a click chooses; on what is chosen, it wants another value."""
        rows, _ = setting_rows(self.entries, self.index, self.size.width)
        wanted = self.first + y - 2
        if 0 <= wanted < len(rows):
            for index in range(len(self.entries)):
                if setting_rows(self.entries, index, self.size.width)[1] == wanted:
                    self._click(index)

    def _click(self, index: int) -> None:
        if index == self.index:
            self.post_message(self.Picked())
        else:
            self.choose(index)

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.choose(self.index + (1 if by > 0 else -1))


def _meaning(entry: Entry) -> str:
    return field_sentences(entry.key.kind).get(entry.key.name, "")


class SettingsScreen(BaseScreen):
    """It.

    Args:
        entries: all settings as they are.
        change: writes one.
        choices: what settings that are any text to the schema are chosen from.
    """

    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("up,k", "choose(-1)", show=False),
        Binding("down,j", "choose(1)", show=False),
        Binding("pageup,home", "choose(-1000)", show=False),
        Binding("pagedown,end", "choose(1000)", show=False),
        Binding("right,space,l", "step(1)", show=False),
        Binding("left,h", "step(-1)", show=False),
        Binding("enter", "enter", show=False),
        Binding("delete,backspace", "default", show=False),
    ]

    DEFAULT_CSS = """
    SettingsScreen Field { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    SettingsScreen Field.-shown { display: block; }
    """

    def __init__(self, entries: Sequence[Entry], change: Change, choices: Choices) -> None:
        super().__init__()
        self._change = change
        self._choices = choices
        self._list = SettingList(entries, choices)
        self._field = Field(id="value")

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        with Vertical():
            yield self._list
            yield self._field
        yield self.cover()

    def action_close(self) -> None:
        """Go back: from a value that is being written to the list, from there to where one came from."""
        if self._field.has_class("-shown"):
            self._stop_writing()
        else:
            self.dismiss()

    @override
    def action_cancel(self) -> None:
        """See BaseScreen."""
        self.action_close()

    def action_choose(self, by: int) -> None:
        """Choose another setting."""
        if not self._field.has_class("-shown"):
            self._list.choose(self._list.index + by)

    def action_step(self, by: int) -> None:
        """Take the next value of those there are, or one more of a number."""
        entry = self._list.entry
        choices = choices_of(entry, self._choices)
        if choices:
            at = choices.index(entry.value) if entry.value in choices else -by
            self._set(choices[(at + by) % len(choices)])
        elif isinstance(entry.value, int):
            self._type(str(entry.value + by))
        else:
            self.action_enter()

    def action_enter(self) -> None:
        """Take the next value, or begin to write one."""
        if choices_of(self._list.entry, self._choices):
            self.action_step(1)
            return
        self._field.value = str(self._list.entry.value)
        self._field.add_class("-shown")
        self._field.focus()
        self._list.say("Enter takes it · Esc leaves it as it was")

    def on_setting_list_picked(self, event: SettingList.Picked) -> None:
        """Do as with Enter."""
        event.stop()
        self.action_enter()

    def action_default(self) -> None:
        """Go back to what it is when nobody sets it."""
        self._set(self._list.entry.key.default)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was written."""
        event.stop()
        if self._type(event.value):
            self._hide_field()

    def _stop_writing(self) -> None:
        self._hide_field()
        self._list.say("")

    def _hide_field(self) -> None:
        self._field.remove_class("-shown")
        self.set_focus(None)

    def _type(self, text: str) -> bool:
        """Take a value as it was written; return whether it is one."""
        try:
            value = as_typed(self._list.entry.key, text)
        except ChatError as fault:
            self._list.say(str(fault), "error")
            return False
        return self._set(value)

    def _set(self, value: Any) -> bool:
        key = self._list.entry.key
        try:
            entries = self._change(key, value)
        except ChatError as fault:
            self._list.say(str(fault), "error")
            return False
        self._list.show(entries)
        if self._list.entry.value != value:
            self._list.say(f"It is written, but {self._list.entry.where} sets it for now.", "error")
        else:
            self._list.say("Written." if key.is_live else "Written; it holds from the next start on.", "ok")
        return True
