"""A spoiler hides all that was meant to be hidden, whatever marks are in it."""

from __future__ import annotations

import pytest

from chat_tui.views.formatting import Looks, formatted
from chat_tui.views.hiding import hidden


def seen(body: str, *, revealed: bool) -> str:
    return "\n".join(block.text for block in formatted(body, Looks(revealed=revealed)))


@pytest.mark.parametrize(
    "text",
    [
        "he wakes up",
        "a || b",
        "a|| b",
        "a ||b",
        "||a|| b",
        "|x|",
        "a\\|| b?",
        "a\n> q\nb",
        "- x\n\n- y|",
        "a\n```\nx\n```",
    ],
)
def test_spoiler_hides_all_of_a_text_and_shows_it_as_it_was_when_it_is_wanted(text: str) -> None:
    body = hidden(text)

    assert body is not None
    assert set(seen(body, revealed=False)) <= set("▒\n")
    assert seen(body, revealed=True).replace("\\", "") == text.replace("\\", "")


def test_spoiler_that_needs_no_more_marks_gets_none() -> None:
    assert hidden("a || b") == "||a || b||"
    assert hidden("`a || b`") == "||`a || b`||"


def test_text_that_ends_in_a_backslash_cannot_be_a_spoiler() -> None:
    assert hidden("C:\\") is None
