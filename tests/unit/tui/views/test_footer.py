"""The line of keys with what they do, and the letters and words around the composer."""

from __future__ import annotations

import pytest

from chat_tui.drafts import Draft
from chat_tui.views.banner import about, banner, looking
from chat_tui.views.footer import MORE, Chip, clicked, clicked_in, fitting_count, footer, footer_rows
from chat_tui.views.letters import Letters
from tests.tui.support.states import conversation, said

CHIPS = [Chip("reply", "r", "reply"), Chip("quote", ">", "quote"), Chip("edit", "e", "edit")]
LAST = [Chip("leave", "Esc", "back")]


def test_footer_shows_as_many_as_fit_and_the_last_in_any_case() -> None:
    assert footer(CHIPS, LAST, 50).text == " r reply  > quote  e edit               Esc back  "
    assert footer(CHIPS, LAST, 30).text == " r reply  …         Esc back  "


def test_footer_of_two_lines_shows_below_what_has_no_room_above() -> None:
    chips = [*CHIPS, Chip("delete", "d", "delete"), Chip("thread", "t", "thread")]

    assert [line.text for line in footer_rows(chips, LAST, 30, 2)] == [
        " r reply  > quote  e edit  ",
        " d delete  …        Esc back  ",
    ]
    assert [line.text for line in footer_rows(chips, [each.short for each in LAST], 30, 1)] == [
        " r reply  > quote  …     Esc  "
    ]


def test_click_on_a_footer_of_two_lines_is_found_where_it_is_drawn() -> None:
    chips = [*CHIPS, Chip("delete", "d", "delete"), Chip("thread", "t", "thread"), Chip("copy", "", "copy")]
    for cells in range(16, 60):
        for row, line in enumerate(footer_rows(chips, LAST, cells, 2)):
            for chip in (*chips, *LAST):
                at = line.text.find(f"{chip.key} {chip.label}".strip())
                if at >= 0:
                    assert clicked_in(chips, LAST, cells, 2, (at, row)) == chip.name
            if "…" in line.text:
                assert clicked_in(chips, LAST, cells, 2, (line.text.index("…"), row)) == MORE
            assert line.width <= cells


@pytest.mark.parametrize("width", [30, 50, 80])
def test_click_on_a_chip_is_told_from_a_click_beside_it(width: int) -> None:
    line = footer(CHIPS, LAST, width).text

    for chip in (*CHIPS, *LAST):
        at = line.find(f"{chip.key} {chip.label}")
        if at >= 0:
            inside = {clicked(CHIPS, LAST, width, cell) for cell in range(at, at + len(f"{chip.key} {chip.label}"))}
            assert inside == {chip.name}
    assert clicked(CHIPS, LAST, width, 0) == ""
    assert clicked(CHIPS, LAST, width, width - 1) == ""


def test_ellipsis_is_clicked_for_the_chips_without_room() -> None:
    chips = [Chip(name, "", name) for name in ("reply", "quote", "thread", "react", "bookmark")]
    last = [Chip("leave", "", "back")]
    for cells in range(12, 60):
        line = footer(chips, last, cells).text
        at = line.find("…")
        assert (at >= 0) == (fitting_count(chips, last, cells) < len(chips))
        if at >= 0:
            assert clicked(chips, last, cells, at) == MORE
        shown = [chip for chip in (*chips, *last) if chip.label in line]
        assert [clicked(chips, last, cells, line.index(chip.label)) for chip in shown] == [chip.name for chip in shown]


def test_letters_take_text_and_give_it_back_letter_by_letter_word_by_word_or_all() -> None:
    letters = Letters()
    for char in "one two":
        assert letters.press(char if char != " " else "space", char)
    letters.press("backspace", None)
    assert letters.text == "one tw"
    letters.press("ctrl+w", None)
    assert letters.text == "one"
    assert not letters.press("enter", "\r") and not letters.press("alt+a", "a") and not letters.press("up", None)
    letters.press("ctrl+u", None)
    assert letters.text == ""


def test_letters_take_the_first_line_of_a_paste_and_draw_nothing_harmful() -> None:
    letters = Letters()
    letters.add("\n\nfirst \x1b[31m\nsecond")

    assert letters.text == "first \x1b[31m"
    assert "\x1b" not in letters.shown


def test_banner_says_what_is_written() -> None:
    here = conversation(1, "dev", [said(3, "12:58", "marija", "can you [/b]\nreview?")])

    assert about(Draft("x"), here) == ()
    assert (
        "".join(span.text for span in about(Draft("x", replies_to=3), here)) == "Answering marija  can you [/b] review?"
    )
    assert "older message" in about(Draft("x", replies_to=9), here)[0].text
    assert about(Draft("x", edits=3), None)[0].text == "Editing your message"
    assert banner(looking("foo", True), "Esc", 40).text == " Looking in what you sent: foo      Esc "
    assert looking("foo", False)[0].role == "error"
