"""What is said plainly is drawn as it was typed, whatever marks are in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_tui.views.formatting import Looks, formatted
from chat_tui.views.unmarked import unmarked

PIECES = st.sampled_from(
    ["*", "**", "***", "_", "~~", "||", "`", "```", "~~~", ">", "> ", "- ", "+ ", "• ", "1. ", "12) ", "[", "](", ")",
     "\\", "\n", " ", "  ", "a", "b1", "https://example.org/a_b_c", "mailto:a@b.org", "@you", "#dev", "."]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join)


def drawn(text: str) -> str:
    """Return what is drawn of a text in which nothing is formatted."""
    blocks = formatted(text, Looks("you", {"dev"}))
    assert [block.kind for block in blocks] == ["text"]
    assert {mark.emphasis for mark in blocks[0].marks} <= {0}
    assert {mark.role for mark in blocks[0].marks} <= {"link", "mention", "channel"}
    return blocks[0].text


@given(TEXTS)
def test_text_is_drawn_as_it_was_typed_when_it_is_said_plainly(text: str) -> None:
    assert drawn(unmarked(text)) == text


@pytest.mark.parametrize(
    "text",
    ["hello", "a_b_c and 2*3*4", r"C:\dir\file", "see https://example.org/a_b_c, __init__", "x | y || z", "3.5 - 2"],
)
def test_text_is_sent_as_it_is_when_nothing_in_it_means_something(text: str) -> None:
    assert unmarked(text) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("**loud**", r"\*\*loud\*\*"),
        ("`x`", r"\`x\`"),
        ("- not a list", r"\- not a list"),
        ("1. neither", r"1\. neither"),
        ("> no quotation", r"\> no quotation"),
        (r"\*", r"\\*"),
        ("[label](https://example.org/)", r"\[label](https://example.org/)"),
    ],
)
def test_mark_has_a_backslash_in_front_when_it_would_mean_something(text: str, sent: str) -> None:
    assert unmarked(text) == sent
    assert drawn(sent) == text


def test_code_keeps_its_lines_and_fences_when_it_is_said_plainly() -> None:
    text = "```python\ndef f(*a, **b): ...\n```"

    assert drawn(unmarked(text)) == text
