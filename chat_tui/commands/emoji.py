"""Emoji by their shortcodes: `:smile` and what it may become. Pure; reads its table when it is asked first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from chat_core.base.emoji import full_form

_MOST: Final = 40
_SHORTCODE: Final = re.compile(r"(?<![\w:/]):([a-zA-Z0-9_+-]{1,60}):(?![\w:])")
_CODE: Final = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
_QUALIFIED: Final = 2
"""Status of an emoji in its full form, which is that to send."""
_USUAL: Final = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "smile": "😄", "joy": "😂", "heart": "❤️",
    "tada": "🎉", "eyes": "👀", "fire": "🔥", "rocket": "🚀", "wave": "👋", "pray": "🙏", "ok_hand": "👌",
    "white_check_mark": "✅", "x": "❌", "warning": "⚠️", "bug": "🐛", "thinking": "🤔", "shrug": "🤷", "100": "💯",
    "clap": "👏", "sob": "😭", "wink": "😉", "grin": "😁", "laughing": "😆", "coffee": "☕", "beer": "🍺",
}  # fmt: skip
"""What other chats call these; first, for they are what is used most."""


def find_emoji(letters: str) -> list[tuple[str, str]]:
    """Return emoji for the beginning of a shortcode, each with its name in colons; those that begin so come first.

    Args:
        letters: with the colon in front, perhaps with one behind.
    """
    wanted = letters.strip(":").casefold()
    if not wanted:
        return []
    names = _names()
    begin = [name for name in names if name.startswith(wanted)]
    inside = [name for name in names if f"_{wanted}" in name and not name.startswith(wanted)]
    first = sorted(begin, key=lambda name: (name != wanted, name not in _USUAL, len(name)))
    found: dict[str, str] = {}
    for name in (*first, *sorted(inside, key=len)):
        found.setdefault(names[name], f":{name}:")
    return list(found.items())[:_MOST]


def usual_emoji() -> list[tuple[str, str]]:
    """Return those that are used most, each with its name in colons."""
    found: dict[str, str] = {}
    for name, char in _USUAL.items():
        found.setdefault(char, f":{name}:")
    return list(found.items())


def emoji_of(text: str) -> str:
    """Return the emoji that a text is, or names as a shortcode, in colons or without; empty: there is none."""
    if len(text) > len("::") and text[0] == text[-1] == ":":
        return full_form(emoji_named(text[1:-1]))
    return full_form(text) or full_form(emoji_named(text))


def emoji_named(name: str) -> str:
    """Return the emoji of a shortcode without its colons; empty: there is none."""
    return _names().get(name.casefold(), "")


def with_emoji(text: str) -> str:
    """Return a text with emoji for their shortcodes in colons; what is no shortcode, or stands in code, stays."""
    if _SHORTCODE.search(text) is None:
        return text
    # Every other part is code, with its marks.
    parts = _CODE.split(text)
    return "".join(part if at % 2 else _SHORTCODE.sub(_drawn, part) for at, part in enumerate(parts))


def _drawn(found: re.Match[str]) -> str:
    return full_form(emoji_named(found[1])) or found[0]


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    import emoji  # 25 ms that only those spend who want one

    table = dict(_USUAL)
    for char, about in emoji.EMOJI_DATA.items():
        if about["status"] == _QUALIFIED and "_skin_tone" not in about["en"]:
            table.setdefault(about["en"].strip(":").casefold(), char)
            for alias in about.get("alias", ()):
                table.setdefault(alias.strip(":").casefold(), char)
    return table
