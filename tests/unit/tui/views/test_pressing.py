"""Words about keys that a click presses."""

from __future__ import annotations

import pytest

from chat_tui.views.pressing import pressing, shortened


def pressed(words: str) -> list[str]:
    spans = pressing(words, "quiet")
    assert "".join(span.text for span in spans) == words
    return [span.act.removeprefix("app.simulate_key('").removesuffix("')") for span in spans if span.act]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("Esc closes", ["escape"]),
        ("633 more lines, PgDn · Esc closes", ["pagedown", "escape"]),
        ("↑ ↓ choose · ← → change · Enter changes or writes · Del default · Esc closes", ["enter", "delete", "escape"]),
        ("Y trusts it · N or Esc goes back", ["Y", "N"]),
        ("Enter goes · Tab moves · Ctrl+Q quits · F1 help", ["enter", "tab", "ctrl+q", "f1"]),
        ("A name begins with a letter or a digit.", []),
        ("Written. · Nothing else", []),
        ("", []),
    ],
)
def test_words_about_keys_press_them_and_other_words_nothing(words: str, keys: list[str]) -> None:
    assert pressed(words) == keys


def test_words_without_room_are_left_out_and_the_way_out_stays() -> None:
    words = "↑ ↓ choose · ← → change · Del default · Esc closes"

    assert shortened(words, 60) == words
    assert shortened(words, 40) == "↑ ↓ choose · ← → change · Esc closes"
    assert shortened(words, 5) == "Esc closes"
