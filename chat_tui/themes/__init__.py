"""The looks as the toolkit's themes. Owns which token becomes which CSS variable, and decides no colour itself.

Styles and widgets name variables only, so a theme from elsewhere works too: what it lacks comes from `DEFAULTS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from textual.theme import Theme

from chat_tui.themes.more import CONTRAST, DUSK, FOREST, MONO, PAPER
from chat_tui.themes.own import Look
from chat_tui.themes.palette import as_shown, as_shown_apart, as_spelled
from chat_tui.themes.tokens import DARK, GROUNDS, LIGHT, with_readable

_THEME_FIELDS: Final = ("background", "surface", "panel", "foreground", "accent", "error")


Colours = Literal["all", "256", "16"]
"""How many a terminal has."""


def theme_of(named: Look, colours: Colours = "all") -> Theme:
    """Return a look as the toolkit's theme.

    Args:
        named: it.
        colours: how many there are.
    """
    look = named.colours
    if colours == "all":
        every = with_readable(look)
    elif colours == "16":
        from chat_tui.themes.sixteen import in_sixteen  # few terminals have no more

        every = in_sixteen(look, dark=named.dark)
        look = {name: every[name] for name in look}
    else:
        seen = with_readable(as_shown_apart(look, (*GROUNDS, "panel", "line")), as_shown)
        every = {name: as_spelled(colour) for name, colour in seen.items()}
        look = {name: every[name] for name in look}
    return Theme(
        name=named.name,
        primary=look["link"],
        secondary=look["own"],
        background=look["background"],
        surface=look["surface"],
        panel=look["panel"],
        foreground=look["foreground"],
        accent=look["accent"],
        warning=look["accent"],
        error=look["error"],
        success=look["ok"],
        dark=named.dark,
        # All of them, because the toolkit's way from a colour to a variable is one off now and then.
        variables={**every, **_toolkit(look)},
    )


def _toolkit(look: Mapping[str, str]) -> dict[str, str]:
    """Quieten what the toolkit draws itself: scroll bars, selections, borders, cursors."""
    return {
        "scrollbar": look["line"],
        "scrollbar-hover": look["faint"],
        "scrollbar-active": look["muted"],
        "scrollbar-background": look["background"],
        "scrollbar-background-hover": look["background"],
        "scrollbar-background-active": look["background"],
        "scrollbar-corner-color": look["background"],
        "screen-selection-background": look["line"],
        "screen-selection-foreground": look["foreground"],
        "input-selection-background": look["line"],
        "input-cursor-background": look["own"],
        "input-cursor-foreground": look["background"],
        "block-cursor-background": look["panel"],
        "block-cursor-foreground": look["foreground"],
        "block-hover-background": look["panel"],
        "border": look["line"],
        "border-blurred": look["line"],
    }


LOOKS: Final[Mapping[str, Mapping[str, str]]] = {
    "chat-dark": DARK,
    "chat-light": LIGHT,
    "dusk": DUSK,
    "forest": FOREST,
    "contrast": CONTRAST,
    "mono": MONO,
    "paper": PAPER,
}
"""The looks that come with the client, by name; the first is the default."""


@cache
def themes() -> tuple[Theme, ...]:
    """Return them as themes, in that order."""
    return tuple(theme_of(Look(name, look)) for name, look in LOOKS.items())


DEFAULTS: Final[Mapping[str, str]] = {
    name: value for name, value in with_readable(DARK).items() if name not in _THEME_FIELDS
}
"""Variables that styles and widgets may name whatever the theme; those that every theme has are left to it."""
