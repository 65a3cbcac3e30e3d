"""Words about keys, for hands on the mouse: a click on `Esc closes` presses Esc. Pure.

What a key does is the business of the screen that it is pressed on.
"""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len

from chat_tui.views.lines import Role, Span

PRESSES: Final = "app.simulate_key"
"""The toolkit's action that presses a key."""
_ENTERS: Final = "enter"
"""The main screen's action that does what a line does which is entered."""
_BETWEEN: Final = " · "
_NAMED: Final = {"Esc": "escape", "Enter": "enter", "Tab": "tab", "Del": "delete", "PgDn": "pagedown", "PgUp": "pageup"}
_HELD: Final = re.compile(r"(?:Ctrl|Alt)\+[A-Z]|F\d\d?")


def pressing(words: str, role: Role) -> tuple[Span, ...]:
    """Return words about keys as spans, of which those that begin (or end) with a key press it.

    Args:
        words: of our own, with ` · ` between them; without one, no letter alone is taken for a key.
        role: how they are drawn.
    """
    parts = words.split(_BETWEEN)
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append(Span(_BETWEEN, role))
        key = _key(part, letters=len(parts) > 1)
        spans.append(Span(part, role, act=f"{PRESSES}('{key}')" if key else ""))
    return tuple(spans)


def shortened(words: str, cells: int) -> str:
    """Return words about keys without those that have no room; the last one is the way out, and stays."""
    *parts, last = words.split(_BETWEEN)
    while parts and cell_len(_BETWEEN.join((*parts, last))) > cells:
        parts.pop()
    return _BETWEEN.join((*parts, last))


def entering(line: str) -> str:
    """Return an action that does what a line does which is entered; whatever is in it, it is one text to the toolkit.

    Args:
        line: a command with its slash; not safe to draw.
    """
    return f"{_ENTERS}({line!a})"


def _key(part: str, *, letters: bool) -> str:
    first, *_, last = part.split() * 2 or ["", ""]
    if first in _NAMED or last in _NAMED:
        return _NAMED[first if first in _NAMED else last]
    if _HELD.fullmatch(first):
        return first.lower()
    return first if letters and len(first) == 1 and first.isascii() and first.isalpha() else ""
