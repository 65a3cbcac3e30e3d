"""The default looks: text that must be read can be read, in true colour and with 256 colours."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from chat_tui.themes import DEFAULTS, THEMES
from chat_tui.themes.contrast import READABLE, contrast, luminance, raised
from chat_tui.themes.tokens import DARK, LIGHT, with_readable

LOOKS = pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])


def with_256_colours(colour: str) -> str:
    red, green, blue = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return f"#{red:02x}{green:02x}{blue:02x}"


def texts(look: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in with_readable(look).items() if name.startswith("read-") and name != "read-hint"
    }


@LOOKS
def test_text_can_be_read_on_its_grounds(look: Mapping[str, str]) -> None:
    poor = {
        (name, ground): contrast(colour, look[ground])
        for name, colour in texts(look).items()
        for ground in ("background", "surface")
        if contrast(colour, look[ground]) < READABLE
    }

    assert len(texts(look)) == 14
    assert not poor


@LOOKS
def test_text_can_be_read_with_256_colours(look: Mapping[str, str]) -> None:
    # The palette has no green between one that is a little too light for white and one that is olive;
    # "online" is told by its word and its dot as well.
    least = {"read-ok": 4.2}
    poor = {
        (name, ground)
        for name, colour in texts(look).items()
        for ground in ("background", "surface")
        if contrast(with_256_colours(colour), with_256_colours(look[ground])) < least.get(name, READABLE)
    }

    assert not poor


@LOOKS
def test_plain_text_badge_and_hint_can_be_read_on_what_they_stand_on(look: Mapping[str, str]) -> None:
    full = with_readable(look)

    assert all(contrast(look["foreground"], look[ground]) > 7 for ground in ("background", "surface", "panel"))
    assert contrast(look["background"], look["accent"]) >= READABLE
    assert contrast(full["read-hint"], look["panel"]) >= READABLE


@LOOKS
def test_readable_form_is_the_token_itself_when_that_can_be_read(look: Mapping[str, str]) -> None:
    full = with_readable(look)

    assert full["read-link"] == look["link"]
    assert full["read-faint"] != look["faint"]


def test_contrast_agrees_with_the_standard_when_given_its_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1
    assert luminance("#ffffff") == pytest.approx(1)


def test_raised_ends_at_its_goal_when_nothing_on_the_way_will_do() -> None:
    assert raised("#777777", "#888888", ("#808080",)) == "#888888"


@pytest.mark.parametrize(("theme", "look"), list(zip(THEMES, [DARK, LIGHT], strict=True)), ids=["dark", "light"])
def test_theme_has_exactly_the_colours_of_its_look(theme: Theme, look: Mapping[str, str]) -> None:
    variables = {**theme.to_color_system().generate(), **theme.variables}

    assert {name: variables[name].lower() for name in look} == look


def test_defaults_name_every_variable_that_is_ours() -> None:
    ours = set(with_readable(DARK)) - {"background", "surface", "panel", "foreground", "accent", "error"}

    assert set(DEFAULTS) == ours
