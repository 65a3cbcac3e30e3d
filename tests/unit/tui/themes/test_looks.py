"""The default looks: text that must be read can be read, in true colour and with 256 colours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from chat_tui.themes import DEFAULTS, LOOKS, theme_of, themes
from chat_tui.themes.contrast import READABLE, contrast, luminance, raised
from chat_tui.themes.own import Look, own_looks
from chat_tui.themes.palette import as_shown, as_shown_apart, as_spelled
from chat_tui.themes.tokens import DARK, with_readable

EACH = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())


def with_256_colours(colour: str) -> str:
    red, green, blue = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return f"#{red:02x}{green:02x}{blue:02x}"


def texts(look: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in with_readable(look).items() if name.startswith("read-") and name != "read-hint"
    }


@EACH
def test_text_can_be_read_on_its_grounds(look: Mapping[str, str]) -> None:
    poor = {
        (name, ground): contrast(colour, look[ground])
        for name, colour in texts(look).items()
        for ground in ("background", "surface")
        if contrast(colour, look[ground]) < READABLE
    }

    assert len(texts(look)) == 14
    assert not poor


def with_few(look: Mapping[str, str]) -> dict[str, str]:
    """Return what the toolkit shows of a look where there are 256 colours, by its variables."""
    theme = theme_of(Look("few", look), "256")
    return {name: with_256_colours(colour) for name, colour in theme.variables.items() if colour.startswith("#")}


@EACH
def test_text_can_be_read_with_256_colours(look: Mapping[str, str]) -> None:
    few = with_few(look)
    poor = {
        (name, ground): contrast(few[name], few[ground])
        for name in texts(look)
        for ground in ("background", "surface")
        if contrast(few[name], few[ground]) < READABLE
    }

    assert not poor
    assert contrast(few["background"], few["accent"]) >= READABLE
    assert contrast(few["read-hint"], few["panel"]) >= READABLE


@EACH
def test_grounds_are_told_apart_with_256_colours(look: Mapping[str, str]) -> None:
    few = with_few(look)

    assert len({few[ground] for ground in ("background", "surface", "panel", "line")}) == 4


def test_colours_of_the_palette_are_shown_as_they_are() -> None:
    there = {"#000000", "#ffffff", "#121212", "#eeeeee", "#5f87af", "#d7d7ff", "#808080", "#9e9e9e", "#e4e4e4"}

    for colour in there:
        assert with_256_colours(as_spelled(colour)) == as_shown(colour) == colour
    assert as_shown("#12141b") == "#121212"
    assert as_shown("#f2a0a8") == "#ffafaf"
    assert as_shown("#fefefe") == "#ffffff"
    assert as_shown_apart({"a": "#ffffff", "b": "#fdfdfd", "foreground": "#000000"}, ("a", "b"))["b"] == "#eeeeee"


@EACH
def test_plain_text_badge_and_hint_can_be_read_on_what_they_stand_on(look: Mapping[str, str]) -> None:
    full = with_readable(look)

    assert all(contrast(look["foreground"], look[ground]) > 7 for ground in ("background", "surface", "panel"))
    assert contrast(look["background"], look["accent"]) >= READABLE
    assert contrast(full["read-hint"], look["panel"]) >= READABLE


@pytest.mark.parametrize("look", [LOOKS["chat-dark"], LOOKS["chat-light"]], ids=["dark", "light"])
def test_readable_form_is_the_token_itself_when_that_can_be_read(look: Mapping[str, str]) -> None:
    full = with_readable(look)

    assert full["read-link"] == look["link"]
    assert full["read-faint"] != look["faint"]


@EACH
def test_look_has_every_token_and_tells_names_apart(look: Mapping[str, str]) -> None:
    assert list(look) == list(DARK)
    assert len({look[f"name-{number}"] for number in range(1, 7)}) == 6


def test_contrast_agrees_with_the_standard_when_given_its_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1
    assert luminance("#ffffff") == pytest.approx(1)


def test_raised_ends_at_its_goal_when_nothing_on_the_way_will_do() -> None:
    assert raised("#777777", "#888888", ("#808080",)) == "#888888"


@pytest.mark.parametrize(("theme", "look"), list(zip(themes(), LOOKS.values(), strict=True)), ids=LOOKS.keys())
def test_theme_has_exactly_the_colours_of_its_look(theme: Theme, look: Mapping[str, str]) -> None:
    variables = {**theme.to_color_system().generate(), **theme.variables}

    assert {name: variables[name].lower() for name in look} == look


def test_defaults_name_every_variable_that_is_ours() -> None:
    ours = set(with_readable(DARK)) - {"background", "surface", "panel", "foreground", "accent", "error"}

    assert set(DEFAULTS) == ours


def write(folder: Path, name: str, text: str) -> None:
    (folder / "themes").mkdir(exist_ok=True)
    (folder / "themes" / name).write_text(text)


def test_own_look_takes_what_it_leaves_out_from_its_base(tmp_path: Path) -> None:
    write(tmp_path, "sea.toml", 'base = "paper"\naccent = "#104080"\n')

    looks, faults = own_looks(tmp_path, LOOKS)

    assert not faults
    assert looks == (Look("sea", {**LOOKS["paper"], "accent": "#104080"}),)
    assert not looks[0].dark


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sea.toml", 'accnt = "#104080"', "there is no colour accnt"),
        ("sea.toml", 'accent = "blue"', 'expected a colour like "#f0b35e"'),
        ("sea.toml", "accent = 3", 'expected a colour like "#f0b35e"'),
        ("sea.toml", 'base = "mud"', "expected one of chat-dark"),
        ("sea.toml", "accent = ", "is no TOML"),
        ("paper.toml", 'accent = "#104080"', "the name paper is taken"),
        ("My \x1b[2J sea.toml", 'accent = "#104080"', "small letters"),
    ],
)
def test_own_look_is_left_out_and_said_to_be_wrong(tmp_path: Path, name: str, text: str, said: str) -> None:
    write(tmp_path, name, text)

    looks, faults = own_looks(tmp_path, LOOKS)

    assert not looks
    assert said in faults[0]
    assert "\x1b" not in faults[0]


def test_there_are_no_own_looks_without_a_folder(tmp_path: Path) -> None:
    assert own_looks(tmp_path / "none", LOOKS) == ((), ())
