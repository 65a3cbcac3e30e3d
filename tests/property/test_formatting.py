"""Whatever somebody writes: no character that can be seen is lost in formatting but the marks, none is added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat_tui.views.clean import drawable
from chat_tui.views.columns import columns
from chat_tui.views.drawing import whole
from chat_tui.views.edge import laid_out
from chat_tui.views.formatting import Looks, block, formatted
from tests.support.hostile import PAYLOADS, WEIRD, is_safe

MARKS = "*_~`|\\[]()"
TEXTS = st.lists(
    st.sampled_from(
        ["*", "**", "_", "~~", "`", "``", "||", "\\", "> ", "- ", "1. ", "```", "```py", "\n", " ", "a", "漢"]
    )
    | st.sampled_from(["[x](https://a.b/c)", "https://a.b/_c_", "@you", "#dev"])
    | st.sampled_from(list(PAYLOADS.values()))
    | st.text(max_size=4)
    | st.text(st.sampled_from(WEIRD), max_size=4),
    max_size=25,
).map("".join)
LOOKS = Looks("you", frozenset({"dev"}), revealed=True)


@given(text=TEXTS, width=st.integers(20, 120))
def test_lines_are_safe_and_no_wider_than_they_may_be(text: str, width: int) -> None:
    where = columns(width, 120, 6)
    for looks in (LOOKS, LOOKS._replace(revealed=False)):
        for line in whole(text, where, looks):
            assert is_safe(line.text) and "\n" not in line.text
            assert line.width <= where.text_at + where.text


@given(text=TEXTS)
def test_drawn_text_has_all_characters_but_marks_in_their_order(text: str) -> None:
    text = drawable(text)
    drawn = iter("".join(each.lead + each.text for each in formatted(text, LOOKS)).replace("•", "-"))
    lost = [char for char in text if not char.isspace() and char not in MARKS + ">-+*•~" and char not in drawn]

    # What stands behind a fence is the name of a language; a link with a label shows where it leads, not all of it.
    assert not lost or any(mark in text for mark in ("```", "~~~", "](http"))


@given(text=TEXTS)
def test_marks_are_in_order_and_apart(text: str) -> None:
    made = block("text", drawable(text), LOOKS)
    ends = [0, *(mark.end for mark in made.marks)]

    assert all(end <= mark.start <= mark.end <= len(made.text) for end, mark in zip(ends, made.marks, strict=False))


@given(text=st.text(st.characters(exclude_characters="*_~`|\\[>-+•0123456789")))
def test_text_without_marks_is_drawn_as_it_is(text: str) -> None:
    text = drawable(text)

    assert [each.text for each in formatted(text, LOOKS)] == [text]
    lines = laid_out(formatted(text, LOOKS), columns(100, 120, 6), ())
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.split())
