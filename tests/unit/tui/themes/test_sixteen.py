"""The looks with sixteen colours: people are told apart by hues that a terminal has, as the toolkit arrives at them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from rich.color import Color, ColorSystem

from chat_tui.themes import LOOKS, theme_of
from chat_tui.themes.contrast import READABLE, contrast
from chat_tui.themes.own import Look
from chat_tui.themes.sixteen import ON_BLACK, ON_WHITE, PALETTE, nearest
from chat_tui.themes.tokens import DARK, LIGHT, with_readable

BRIGHT_BLUE = "#5555ff"
"""The one that is less readable on black than all others, which are too few to do without it: in bold it is meant."""
NAMES = [f"read-name-{number}" for number in range(1, 6)]


def seen(name: str, look: Mapping[str, str]) -> dict[str, str]:
    """Return what the toolkit shows of a look where there are sixteen colours, by its variables."""
    shown: dict[str, str] = {}
    for variable, colour in theme_of(Look(name, look), "16").variables.items():
        if colour.startswith("#"):
            number = Color.parse(colour).downgrade(ColorSystem.STANDARD).number
            assert number is not None
            shown[variable] = PALETTE[number]
    return shown


@pytest.mark.parametrize(("name", "look"), LOOKS.items(), ids=LOOKS.keys())
def test_text_can_be_read_with_sixteen_colours(name: str, look: Mapping[str, str]) -> None:
    shown = seen(name, look)
    texts = {each for each in shown if each.startswith(("read-", "code-"))}
    poor = {
        each: contrast(shown[each], shown["background"])
        for each in texts
        if contrast(shown[each], shown["background"]) < (4 if shown[each] == BRIGHT_BLUE else READABLE)
    }

    assert len(texts) == len(with_readable(look)) - len(look)
    assert not poor
    assert contrast(shown["background"], shown["accent"]) >= READABLE
    assert contrast(shown["foreground"], shown["background"]) > 7
    assert shown["line"] != shown["background"]


@pytest.mark.parametrize("name", sorted(LOOKS.keys() - {"mono"}))
def test_people_are_told_apart_with_sixteen_colours(name: str) -> None:
    shown = seen(name, LOOKS[name])
    names = {shown[each] for each in NAMES}

    assert len(names) == 5
    assert shown["read-own"] not in names
    if Look(name, LOOKS[name]).dark:
        assert shown["read-accent"] not in names


def test_look_without_hues_has_none_with_sixteen_colours() -> None:
    shown = seen("mono", LOOKS["mono"])

    assert {shown[each] for each in NAMES} <= {"#ffffff", "#aaaaaa"}


def test_tables_name_every_token_and_colours_that_there_are() -> None:
    for table, look in ((ON_BLACK, DARK), (ON_WHITE, LIGHT)):
        assert list(table) == list(look)
        assert set(table.values()) <= set(PALETTE)


def test_nearest_of_the_palette_is_each_colour_itself() -> None:
    assert len(set(PALETTE)) == 16
    assert [nearest(each) for each in PALETTE] == list(PALETTE)
    assert [Color.parse(each).downgrade(ColorSystem.STANDARD).number for each in PALETTE] == list(range(16))
