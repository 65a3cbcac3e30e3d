"""The looks of a terminal that has sixteen colours: people are told apart by the hues that it has. Pure; no toolkit.

Of soft colours the nearest of sixteen is white or grey, so that everybody looked like everybody. Here each token that
has a hue in a look is one of the palette's; one that is grey there stays so (`mono`). Which red a terminal shows is its
own business, and many show bold letters in the brighter form: so names differ in hue, and on black they are bright.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chat_tui.themes.contrast import channels
from chat_tui.themes.tokens import CODE, GROUNDS, with_readable

_STEPS: Final = (0x00, 0xAA)
_BRIGHT: Final = (0x55, 0xFF)
PALETTE: Final = tuple(
    "#aa5500" if (red, green, blue) == (0xAA, 0xAA, 0) else f"#{red:02x}{green:02x}{blue:02x}"
    for low, high in (_STEPS, _BRIGHT)
    for blue in (low, high)
    for green in (low, high)
    for red in (low, high)
)
"""The sixteen as the toolkit takes them, by number: eight, of which yellow is brown, and their brighter forms."""
_HUE: Final = 40
"""From which distance of its channels on a colour has a hue for the eye; the grounds of a look have less."""

ON_BLACK: Final[Mapping[str, str]] = {
    **dict.fromkeys((*GROUNDS, "panel"), "#000000"),
    "line": "#555555",
    "foreground": "#ffffff",
    "muted": "#aaaaaa",
    "faint": "#555555",
    "accent": "#ffff55",
    "own": "#ffffff",
    "thread": "#ff55ff",
    "link": "#55ffff",
    "error": "#ff5555",
    "ok": "#55ff55",
    "name-1": "#ff5555",
    "name-2": "#55ff55",
    "name-3": "#5555ff",
    "name-4": "#ff55ff",
    "name-5": "#55ffff",
    "name-6": "#aaaaaa",
}
"""A dark look: yellow needs you, and is nobody's; one's own is white."""

ON_WHITE: Final[Mapping[str, str]] = {
    **dict.fromkeys((*GROUNDS, "panel"), "#ffffff"),
    "line": "#aaaaaa",
    "foreground": "#000000",
    "muted": "#555555",
    "faint": "#aaaaaa",
    "accent": "#aa0000",
    "own": "#000000",
    "thread": "#aa00aa",
    "link": "#0000aa",
    "error": "#aa0000",
    "ok": "#555555",
    "name-1": "#aa0000",
    "name-2": "#0000aa",
    "name-3": "#555555",
    "name-4": "#aa00aa",
    "name-5": "#5555ff",
    "name-6": "#000000",
}
"""A light look: green, yellow and cyan cannot be read on white."""

_PLAIN: Final = (*GROUNDS, "panel", "line", "foreground", "muted", "faint")
"""Tokens without a meaning of their own."""


def in_sixteen(look: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """Return what `with_readable` does, in the colours that there are.

    Args:
        look: the tokens.
        dark: whether its ground is.
    """
    table = ON_BLACK if dark else ON_WHITE
    hued = {name for name, colour in look.items() if name not in _PLAIN and _has_hue(colour)}
    tokens = {name: table[name] if name in hued or name in _PLAIN else nearest(look[name]) for name in look}
    every = with_readable(tokens, nearest)
    # As they are: of what would be raised, only the bright blue on black is meant, and nothing but grey is above it.
    every.update((f"read-{name}", tokens[name]) for name in hued)
    every.update((f"code-{part}", tokens[name]) for part, name in CODE.items() if name in hued)
    return every


def nearest(colour: str) -> str:
    """Return the colour there is that comes nearest to `#rrggbb`."""
    wanted = channels(colour)

    def distance(each: str) -> int:
        return sum((one - other) ** 2 for one, other in zip(channels(each), wanted, strict=True))

    return min(PALETTE, key=distance)


def _has_hue(colour: str) -> bool:
    values = channels(colour)
    return max(values) - min(values) >= _HUE
