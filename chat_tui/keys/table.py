"""The default keymap. Owns names of keys and of actions; what an action does is the business of who has it.

Every binding has an id that stays when its keys do not, so that `App.set_keymap` can give it others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from textual.binding import Binding

Place = Literal["composer", "chat", "screen"]
"""Where it works: while writing, on the chat screen, or on every screen."""


class Key(NamedTuple):
    """One binding."""

    id: str
    """Its name, for ever."""
    keys: str
    """What is pressed, separated by commas, as the toolkit spells it."""
    action: str
    """Method `action_…`, with its arguments."""
    description: str
    """What it does, a few words."""
    place: Place
    """Where it works."""
    shown: str = ""
    """How help and docs write its keys, if not as `spelled` does."""
    listed: bool = True
    """Whether help and docs have a row for it; false: another row speaks for it."""

    @property
    def group(self) -> str:
        """Heading under which it is listed."""
        return self.id.partition(".")[0]

    @property
    def label(self) -> str:
        """Its keys for people."""
        return self.shown or ", ".join(spelled(key) for key in self.keys.split(","))


_NAMES: Final = {
    "ctrl": "Ctrl",
    "alt": "Alt",
    "shift": "Shift",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "backspace": "Backspace",
    "delete": "Del",
    "underscore": "_",
}


def _slots() -> Iterator[Key]:
    for slot in range(1, 11):
        digit = str(slot % 10)
        yield Key(
            f"conversations.slot.{slot}",
            f"alt+{digit}",
            f"slot({slot})",
            "go to a conversation by its number",
            "chat",
            shown="Alt+1 … Alt+9, Alt+0",
            listed=slot == 1,
        )


KEYS: Final[tuple[Key, ...]] = (
    Key("writing.send", "enter", "send", "send, or run a command", "composer"),
    Key(
        "writing.newline",
        "ctrl+j,shift+enter,alt+enter,ctrl+enter",
        "newline",
        "begin a new line; Shift+Enter, Alt+Enter and Ctrl+Enter too where the terminal tells them apart",
        "composer",
        shown="Ctrl+J",
    ),
    Key(
        "writing.complete", "tab", "complete", "complete a command, #channel or @name; again: the next one", "composer"
    ),
    Key("writing.complete_back", "shift+tab", "complete(-1)", "the completion before", "composer"),
    Key("writing.recall", "ctrl+up", "recall(-1)", "the line you sent before", "composer"),
    Key("writing.recall_back", "ctrl+down", "recall(1)", "the line you sent after it", "composer"),
    Key("writing.line_start", "home,ctrl+a", "cursor_line_start", "to the beginning of the line", "composer"),
    Key("writing.line_end", "end,ctrl+e", "cursor_line_end", "to the end of the line", "composer"),
    Key("writing.word_left", "ctrl+left,alt+b", "cursor_word_left", "a word back", "composer"),
    Key("writing.word_right", "ctrl+right,alt+f", "cursor_word_right", "a word forward", "composer"),
    Key(
        "writing.delete_to_start",
        "ctrl+u",
        "delete_to_start_of_line",
        "delete to the beginning of the line",
        "composer",
    ),
    Key("writing.delete_to_end", "ctrl+k", "delete_to_end_of_line", "delete to the end of the line", "composer"),
    Key(
        "writing.delete_word",
        "ctrl+w,ctrl+backspace,alt+backspace",
        "delete_word_left",
        "delete the word before",
        "composer",
        shown="Ctrl+W, Alt+Backspace",
    ),
    Key("writing.delete_word_right", "alt+d,alt+delete", "delete_word_right", "delete the word behind", "composer"),
    Key("writing.undo", "ctrl+z,ctrl+underscore", "undo", "undo", "composer"),
    Key("writing.redo", "alt+z", "redo", "do again what was undone", "composer"),
    Key("conversations.next", "ctrl+n,alt+down", "next_conversation", "next conversation", "chat"),
    Key("conversations.previous", "ctrl+p,alt+up", "previous_conversation", "previous conversation", "chat"),
    *_slots(),
    Key("conversations.next_unread", "alt+a", "next_unread", "next one that has news; at last, back", "chat"),
    Key("reading.page_up", "pageup", "page_up", "a page up", "chat"),
    Key("reading.page_down", "pagedown", "page_down", "a page down", "chat"),
    Key("reading.first", "ctrl+home", "first", "to the oldest message that is here", "chat"),
    Key(
        "reading.last",
        "ctrl+end,end",
        "last",
        "to the newest message",
        "chat",
        shown="Ctrl+End, End",
    ),
    Key("reading.escape", "escape", "escape", "close what is open, then go to the newest message", "chat"),
    Key("window.list", "f7", "toggle_list", "show or hide the conversations", "chat"),
    Key("window.members", "f8", "toggle_members", "show or hide the members", "chat"),
    Key("window.redraw", "ctrl+l", "redraw", "draw the screen again", "screen"),
    Key("program.help", "f1", "help", "help", "screen"),
    Key("program.cancel", "ctrl+c", "cancel", "copy what is selected, or clear what you wrote; twice: quit", "screen"),
    Key("program.quit", "ctrl+q", "quit_asking", "quit", "screen"),
)
"""Every binding, in the order of help and docs."""


def bindings(place: Place) -> list[Binding]:
    """Return the bindings of a place, for `BINDINGS`."""
    return [Binding(key.keys, key.action, key.description, show=False, id=key.id) for key in KEYS if key.place == place]


def spelled(key: str) -> str:
    """Return a key for people: `ctrl+pageup` becomes `Ctrl+PgUp`."""
    return "+".join(
        _NAMES.get(part) or (part.upper() if len(part) == 1 else part.capitalize()) for part in key.split("+")
    )
