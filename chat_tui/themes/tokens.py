"""The two default looks as plain values. Pure: no toolkit.

A look is three grounds and a dozen colours with a meaning each. One accent: it says "this needs you", and nothing
else does. Every colour also has a `read-` form, raised until text in it can be read on the grounds that texts have;
where a token is readable already, both are the same. The plain form of `faint` is for what is only decoration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from chat_tui.themes.contrast import raised

NAMES: Final = 6
"""Number of colours for names."""

DARK: Final[Mapping[str, str]] = {
    "background": "#12141b",
    "surface": "#171a23",
    "panel": "#1e222d",
    "line": "#2b303d",
    "foreground": "#d5d9e3",
    "muted": "#7f8798",
    "faint": "#565d6d",
    "accent": "#f0b35e",
    "own": "#6fcabb",
    "thread": "#b9a2f2",
    "link": "#79b2f5",
    "error": "#f07f86",
    "ok": "#8fcf7c",
    "name-1": "#f2a0a8",
    "name-2": "#8fc7f2",
    "name-3": "#c9d48a",
    "name-4": "#e6b98a",
    "name-5": "#c3b1f0",
    "name-6": "#86d3c4",
}

LIGHT: Final[Mapping[str, str]] = {
    "background": "#fbfaf7",
    "surface": "#f3f1ec",
    "panel": "#eae7df",
    "line": "#d8d3c8",
    "foreground": "#2a2d34",
    "muted": "#74777f",
    "faint": "#a3a39e",
    "accent": "#a85e00",
    "own": "#0f766e",
    "thread": "#6b46c1",
    "link": "#1d5fb4",
    "error": "#b3261e",
    "ok": "#3f7d20",
    "name-1": "#a3333d",
    "name-2": "#1f5f99",
    "name-3": "#5e6b12",
    "name-4": "#8f5412",
    "name-5": "#5f45a8",
    "name-6": "#0b6e63",
}

GROUNDS: Final = ("background", "surface")
"""What is behind a coloured text. On `panel` stand only foreground text, the hint in the composer, and code."""

CODE: Final = {
    "keyword": "thread",
    "name": "link",
    "string": "ok",
    "number": "name-4",
    "comment": "muted",
    "removed": "error",
}
"""What parts of code borrow their colours from; raised for `panel`, on which code stands."""

_NOT_TEXT: Final = (*GROUNDS, "panel", "line", "foreground")


def with_readable(look: Mapping[str, str], shown: Callable[[str], str] | None = None) -> dict[str, str]:
    """Return a look's tokens, readable forms of its colours: `read-`, and for `panel` `read-hint` and `code-`.

    Args:
        look: the tokens; colours that can be shown.
        shown: returns what a colour is where not all can be shown; None: all can.
    """
    grounds = tuple(look[name] for name in GROUNDS)

    def raised_on(colour: str, on: tuple[str, ...]) -> str:
        return raised(colour, look["foreground"], on, shown=shown)

    read = {f"read-{name}": raised_on(colour, grounds) for name, colour in look.items() if name not in _NOT_TEXT}
    panel = (look["panel"],)
    code = {f"code-{part}": raised_on(look[name], panel) for part, name in CODE.items()}
    return {**look, **read, **code, "read-hint": raised_on(look["faint"], panel)}
