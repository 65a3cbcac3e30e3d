"""Emoji by their names, for terminals that draw them badly: a party popper becomes `:tada:`. Pure.

Reads its table when the first one is to be named; who has them drawn never waits for that.
"""

from __future__ import annotations

from typing import Any, Final

from rich.cells import cell_len

from chat_tui.views.emoji_kinds import ALL, Kind, kinds_of

_DRAWN: Final = "\ufe0f"
"""Behind a character it asks for it as an emoji."""


def named(text: str, kinds: frozenset[Kind] = ALL) -> str:
    """Return a text with names instead of emoji; signs like the copyright sign, which are drawn as text, stay.

    Args:
        text: safe for a terminal.
        kinds: of the emoji that are named; those that are of none of them stay.
    """
    if text.isascii():
        return text
    import emoji  # 25 ms that only those spend who want it

    def name(found: str, about: dict[str, Any]) -> str:
        if cell_len(found) < 2 and _DRAWN not in found:
            return found
        if kinds != ALL and not kinds_of(found) & kinds:
            return found
        return str(about.get("alias", (about["en"],))[0])

    return emoji.replace_emoji(text, name)
