"""Emoji by their names: what is named, and what stays as it is."""

from __future__ import annotations

import pytest

from chat_tui.views.emoji_names import named


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("works \U0001f389!", "works :tada:!"),
        ("\u2764\ufe0f", ":heart:"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", ":family_man_woman_girl:"),
        ("\u00a9 2023 \u2713 na\u00efve \u5b57", "\u00a9 2023 \u2713 na\u00efve \u5b57"),
        (":tada: stays", ":tada: stays"),
    ],
)
def test_emoji_are_named_and_nothing_else_is(text: str, shown: str) -> None:
    assert named(text) == shown
