"""Lines and spans: what fits where."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chat_tui.views.lines import Line, Span, cropped, elide, right, rule, spread, width
from chat_tui.views.newer import newer_line

WORDS = st.text(alphabet="abc 中👍", max_size=20)


def plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def test_elide_keeps_what_fits_and_marks_what_does_not() -> None:
    assert elide("christopher", 11) == "christopher"
    assert elide("christopher", 6) == "chris…"
    assert elide("christopher", 1) == "…"
    assert elide("christopher", 0) == ""


@given(WORDS, st.integers(0, 20))
def test_elide_never_takes_more_cells_than_it_may(text: str, cells: int) -> None:
    assert cell_len(elide(text, cells)) <= cells


@given(WORDS, st.integers(1, 20))
def test_right_takes_exactly_its_cells(text: str, cells: int) -> None:
    assert cell_len(right(text, cells)) == cells


def test_spread_puts_one_end_at_the_right_and_elides_the_other() -> None:
    left, end = [Span(" #general  "), Span("a long topic")], [Span("12 online")]

    assert plain(spread(left, end, 36)) == " #general  a long topic    12 online"
    assert plain(spread(left, end, 26)) == " #general  a l…  12 online"
    assert plain(spread(left, end, 9)) == "12 online"
    assert plain(spread(left, (), 36)) == " #general  a long topic"


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4), st.integers(1, 40))
def test_spread_never_takes_more_cells_than_it_may(left: list[str], end: list[str], cells: int) -> None:
    assert width(spread(map(Span, left), map(Span, end), cells)) <= cells


def test_cropped_drops_whole_spans_behind_the_one_it_elides() -> None:
    assert cropped([Span("one "), Span("two "), Span("three")], 6) == (Span("one "), Span("t…"))


def test_rule_fills_its_line_around_the_words() -> None:
    spans = rule("Tuesday", 21, "rule", "muted")

    assert plain(spans) == "────── Tuesday ──────"
    assert [span.role for span in spans] == ["rule", "muted", "rule"]
    assert width(rule("a word that is too long", 14, "rule", "muted")) == 14


def test_line_knows_its_text_and_its_cells() -> None:
    line = Line((Span("中"), Span("x")))

    assert (line.text, line.width) == ("中x", 3)


def test_newer_line_names_the_number_and_the_key_and_fits() -> None:
    assert newer_line(1_234, 30, "End").text.strip() == "↓ 1,234 newer · End"
    assert newer_line(0, 30, "Alt+End").text.strip() == "↓ · Alt+End"
    assert newer_line(5, 10, "End").width <= 10
