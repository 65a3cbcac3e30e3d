"""What is an emoji, in which of its forms. Pure; the table is read when it is needed first, in some 25 ms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_FULL: Final = 2
"""Status of an emoji in its full form, which is what is stored and sent."""
_PICTURE: Final = "\ufe0f"
"""Asks for a picture instead of a letter; the same emoji is typed with and without it."""


def full_form(text: str) -> str:
    """Return an emoji as it is stored; empty: the text is not exactly one emoji."""
    return _full_forms().get(text.replace(_PICTURE, ""), "")


@lru_cache(maxsize=1)
def _full_forms() -> Mapping[str, str]:
    import emoji

    return {char.replace(_PICTURE, ""): char for char, about in emoji.EMOJI_DATA.items() if about["status"] == _FULL}
