"""Where things stand in a line, by the width of the terminal."""

from __future__ import annotations

import pytest

from chat_tui.views.columns import columns
from chat_tui.views.names import NAME_ROLES, name_role, shown_name, soft_role


def test_text_begins_where_the_drawings_have_it() -> None:
    assert columns(79, 80, 6).text_at == 16
    assert columns(96, 120, 6).text_at == 18


@pytest.mark.parametrize(("terminal", "expected"), [(60, 12), (99, 12), (100, 16), (200, 16)])
def test_gutter_gives_long_names_room_up_to_a_limit(terminal: int, expected: int) -> None:
    assert columns(terminal - 1, terminal, 30).name == expected


def test_names_stand_above_when_the_terminal_is_tiny() -> None:
    made = columns(39, 40, 30)

    assert made.stacked and made.text_at + made.text == 39


def test_text_column_is_capped_when_there_is_more_room_than_an_eye_takes() -> None:
    assert columns(170, 200, 6).text == 100
    assert columns(79, 80, 6).text == 63


def test_text_column_stays_usable_when_there_is_no_room() -> None:
    assert columns(1, 60, 30).text >= 2
    assert columns(1, 10, 30).text >= 2


def test_name_has_one_colour_for_ever_and_neighbours_have_different_ones() -> None:
    assert [name_role(number, None) for number in range(5)] == [name_role(number, None) for number in range(5, 10)]
    assert {name_role(number, None) for number in range(5)} == set(NAME_ROLES)
    assert name_role(7, 7) == "own" and soft_role(7, 7) == "soft-own"


def test_name_is_never_invisible() -> None:
    assert shown_name("\u200b\u202e") == "?"
