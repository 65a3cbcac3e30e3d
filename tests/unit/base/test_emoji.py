"""What is an emoji: exactly one, in its full form."""

from __future__ import annotations

import pytest

from chat_core.base.emoji import full_form


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("👍", "👍"),
        ("👍🏽", "👍🏽"),
        ("\u2764", "\u2764\ufe0f"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("🇩🇪", "🇩🇪"),
    ],
)
def test_emoji_is_stored_in_its_full_form_however_it_is_typed(text: str, full: str) -> None:
    assert full_form(text) == full


@pytest.mark.parametrize("text", ["", "a", "1", ":+1:", "👍👍", " 👍", "\u200d", "\ufe0f", "🏽", "\x1b[31m", "🇩"])
def test_everything_else_is_no_emoji(text: str) -> None:
    assert full_form(text) == ""
