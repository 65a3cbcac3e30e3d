"""Breaking text into lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chat_tui.views.clean import drawable
from chat_tui.views.wrap import wrap
from tests.support.hostile import HUGE, PAYLOADS


def lines(text: str, width: int) -> list[str]:
    return [text[piece.start : piece.end] for piece in wrap(text, width)]


def joined(text: str, width: int) -> str:
    pieces = wrap(text, width)
    return "".join((piece.joint if at else "") + text[piece.start : piece.end] for at, piece in enumerate(pieces))


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("first\n\nthird", 10, ["first", "", "third"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("ab abcdefghij", 4, ["ab", "abcd", "efgh", "ij"]),
        ("    indented text", 12, ["    indented", "text"]),
        ("one two      ", 7, ["one two"]),
    ],
)
def test_wrap_breaks_at_spaces_and_inside_words_only_when_it_must(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


def test_wrap_breaks_between_wide_characters() -> None:
    assert lines("你好世界", 5) == ["你好", "世界"]
    assert lines("say 你好世界", 9) == ["say 你好", "世界"]


def test_wrap_keeps_joined_emoji_together() -> None:
    family = "👨\u200d👩\u200d👧"

    assert lines(family * 3, 4) == [family * 2, family]


def test_wrapped_lines_join_to_what_they_were() -> None:
    text = "one two three\nfour averylongwordindeed five"

    assert joined(text, 9) == text


@given(st.text(alphabet="ab  \n中é👍\u200d\ufe0f-", max_size=60), st.integers(2, 12))
def test_wrap_loses_nothing_but_spaces_and_never_exceeds_its_width(text: str, width: int) -> None:
    text = drawable(text)

    made = lines(text, width)

    assert all(cell_len(line) <= width for line in made)
    assert "".join(made).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all("\n" not in line for line in made)


@pytest.mark.parametrize("name", PAYLOADS)
def test_wrap_stays_within_its_width_when_text_is_hostile(name: str) -> None:
    assert all(cell_len(line) <= 20 for line in lines(drawable(PAYLOADS[name]), 20))


@pytest.mark.parametrize("name", HUGE)
def test_wrap_stays_within_its_width_when_text_is_huge(name: str) -> None:
    text = drawable(HUGE[name](4_000))

    assert all(cell_len(line) <= 60 for line in lines(text, 60))
