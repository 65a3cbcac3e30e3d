"""Lines become strips in the colours of a theme."""

from __future__ import annotations

import pytest
from rich.style import Style

from chat_tui.themes import themes
from chat_tui.themes.tokens import DARK, with_readable
from chat_tui.views.lines import Line, Span
from chat_tui.widgets.paint import Painter

BASE = Style(bgcolor="#000000")
OURS = with_readable(DARK)


def test_strip_is_as_wide_as_it_should_be_whatever_the_line_is() -> None:
    painter = Painter(OURS)

    for text in ("", "abc", "中文" * 10):
        strip = painter.paint(Line((Span(text),)), 7, BASE)
        assert strip.cell_length == 7 == sum(segment.cell_length for segment in strip)


def test_span_without_a_ground_has_the_line_s_or_the_widget_s() -> None:
    painter = Painter(OURS)
    line = Line((Span("a"), Span(" 1 ", "badge")))

    on_base = [
        segment.style.bgcolor.name
        for segment in painter.paint(line, 6, BASE)
        if segment.style and segment.style.bgcolor
    ]
    on_panel = [
        segment.style.bgcolor.name
        for segment in painter.paint(line._replace(ground="panel"), 6, BASE)
        if segment.style and segment.style.bgcolor
    ]

    assert on_base == ["#000000", DARK["accent"], "#000000"]
    assert on_panel == [DARK["panel"], DARK["accent"], DARK["panel"]]


def test_link_is_put_into_the_style_of_its_span_only() -> None:
    strip = Painter(OURS).paint(Line((Span("see "), Span("x", "link", "https://example.org"))), 8, BASE)

    assert [segment.style.link for segment in strip if segment.style] == [None, "https://example.org", None]


@pytest.mark.parametrize("role", ["attention", "mention", "badge", "strong", "selected"])
def test_what_needs_the_eye_is_not_told_by_colour_alone(role: str) -> None:
    assert Painter(OURS).style(role).bold  # type: ignore[arg-type]


def test_link_is_underlined_and_notice_italic_without_colours() -> None:
    painter = Painter(OURS)

    assert painter.style("link").underline and painter.style("notice").italic


def test_colours_are_ours_when_a_theme_lacks_them_or_has_none_of_a_plain_kind() -> None:
    painter = Painter({"foreground": "ansi_default", "line": "#123456 50%", "accent": "#00ff00"})

    assert painter.style("text").color == Style(color=DARK["foreground"]).color
    assert painter.style("separator").color == Style(color=DARK["line"]).color
    assert painter.style("badge").bgcolor == Style(bgcolor="#00ff00").bgcolor


def test_every_look_can_be_painted_with() -> None:
    for theme in themes():
        variables = theme.to_color_system().generate() | theme.variables
        assert Painter(variables).style("text").color == Style(color=variables["foreground"]).color
