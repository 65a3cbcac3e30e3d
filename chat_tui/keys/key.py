"""What a binding is, and how keys are spelled: for the toolkit, and for people. Knows no binding by itself."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from chat_core.base.errors import UsageFault

Place = Literal["composer", "select", "find", "chat", "switcher", "list", "panes", "screen"]
"""Where it works: while writing, selecting or finding, on the chat screen, in the switcher, in a list, behind the key
for panes, or on every screen."""

NONE: Final = "none"
"""Stands for no key at all."""


_HEADINGS: Final = {"panes": "panes, after their key"}


class Key(Struct, frozen=True):
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
    leaves: bool = False
    """Whether it leaves its keys to the place around when there is nothing for it to do."""

    @property
    def group(self) -> str:
        """Heading under which it is listed."""
        return self.id.partition(".")[0]

    @property
    def heading(self) -> str:
        """That heading in words."""
        return _HEADINGS.get(self.group, self.group)

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
}
PUNCTUATION: Final = {
    "/": "slash", "<": "less_than_sign", ">": "greater_than_sign", ".": "full_stop", ",": "comma", "-": "minus",
    "=": "equals_sign", "+": "plus", ":": "colon", ";": "semicolon", "'": "apostrophe", '"': "quotation_mark",
    "?": "question_mark", "!": "exclamation_mark", "*": "asterisk", "_": "underscore", "@": "at", "#": "number_sign",
    "~": "tilde", "`": "grave_accent", "\\": "backslash", "|": "vertical_line", "(": "left_parenthesis",
    ")": "right_parenthesis", "[": "left_square_bracket", "]": "right_square_bracket", "{": "left_curly_bracket",
    "}": "right_curly_bracket", "^": "circumflex_accent", "&": "ampersand", "%": "percent_sign", "$": "dollar_sign",
}  # fmt: skip
"""What the toolkit calls characters that are no letter or digit."""
_CHARACTERS: Final = {name: char for char, name in PUNCTUATION.items()}
_SAME: Final = {
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "esc": "escape",
    "del": "delete",
    "return": "enter",
    "control": "ctrl",
    "meta": "alt",
    "option": "alt",
}
_MODIFIERS: Final = ("alt", "ctrl", "shift")
_NAMED: Final = frozenset(
    [
        *("enter", "tab", "space", "escape", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
        *("up", "down", "left", "right", *(f"f{number}" for number in range(1, 25))),
    ]
)


def spelled(key: str) -> str:
    """Return a key for people: `ctrl+pageup` becomes `Ctrl+PgUp`."""
    *modifiers, last = key.split("+")
    if key == NONE:
        return "—"
    name = _CHARACTERS.get(last, last)
    if len(name) > 1:
        name = _NAMES.get(name) or name.capitalize()
    elif modifiers:
        name = name.upper()
    return "+".join((*(_NAMES.get(part, part.capitalize()) for part in modifiers), name))


def read_keys(text: str) -> str:
    """Return keys as the toolkit spells them: `Alt+PgUp, >` becomes `alt+pageup,greater_than_sign`.

    Args:
        text: as somebody wrote it, keys separated by commas; `none` is no key.

    Raises:
        UsageFault: one of them is no key.
    """
    if text.strip().lower() == NONE:
        return NONE
    if text.strip() == ",":
        return "comma"
    return ",".join(_read_key(part.strip(), text) for part in text.split(","))


def _read_key(key: str, text: str) -> str:
    body, _, last = key.rpartition("+")
    if key.endswith("+"):  # the key is + itself
        body, last = key[:-1].rstrip("+"), "+"
    parts = [_SAME.get(part.strip().lower(), part.strip().lower()) for part in body.split("+") if part.strip()]
    name = _name(last.strip(), bool(parts))
    if not name or any(part not in _MODIFIERS for part in parts) or len(set(parts)) != len(parts):
        shown = key or text
        raise UsageFault(f"'{shown[:40]}' is no key; keys are written like ctrl+n, alt+pageup, f7, escape or >.")
    return "+".join((*sorted(parts), name))


def _name(last: str, modified: bool) -> str:
    """Return the name of a key without modifiers; empty: there is none."""
    if len(last) == 1 and last.isalnum():
        return last.lower() if modified else last
    name = PUNCTUATION.get(last) or _SAME.get(last.lower(), last.lower())
    return name if name in _NAMED or name in _CHARACTERS else ""
