"""Links, mentions and channels in a text."""

from __future__ import annotations

import pytest

from chat_tui.views.inline import MAX_LINK, Mark, is_link, laid_over, marks
from tests.support.hostile import LINKS


def found(text: str, me: str = "ann", channels: tuple[str, ...] = ("dev",)) -> list[tuple[str, str]]:
    return [(text[mark.start : mark.end], mark.role) for mark in marks(text, me, channels)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("see http://example.org.", "http://example.org"),
        ("(see https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("<https://example.org>, really", "https://example.org"),
        ("write to mailto:ann@example.org!", "mailto:ann@example.org"),
        ("HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"),
    ],
)
def test_links_end_where_a_reader_would_end_them(text: str, expected: str) -> None:
    assert marks(text, "")[0] == Mark(text.index(expected), text.index(expected) + len(expected), "link", expected)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "mailto:",
        "https://exämple.org/",
        "ftp://a.b",
        "xhttp://a",
    ],
)
def test_text_is_no_link_when_its_address_is_not_harmless(text: str) -> None:
    assert marks(text, "") == []


def test_link_is_drawn_as_text_when_it_is_too_long() -> None:
    assert marks("https://example.org/" + "x" * MAX_LINK, "") == []


@pytest.mark.parametrize("name", ["javascript", "file", "newline", "option"])
def test_hostile_address_is_never_given_to_a_terminal(name: str) -> None:
    assert not is_link(LINKS[name])


@pytest.mark.parametrize("text", ["@ann", "hi @Ann!", "(@ann)", "@ann.", "a\n@ANN:"])
def test_mention_is_found_when_oneself_is_named(text: str) -> None:
    assert [role for _, role in found(text)] == ["mention"]


@pytest.mark.parametrize(
    "text", ["@anna", "@ann-marie", "@ann.b", "ann", "mail@ann", "日本@ann", "@bob", "https://x.org/@ann"]
)
def test_mention_is_not_found_when_it_is_somebody_else(text: str) -> None:
    assert "mention" not in [role for _, role in found(text)]


def test_mention_is_found_when_the_name_has_combining_marks() -> None:
    assert found("ask @नमस्ते now", me="नमस्ते") == [("@नमस्ते", "mention")]


def test_nothing_is_a_mention_when_nobody_is_signed_in() -> None:
    assert marks("@ and @ann", "") == []


def test_only_known_channels_are_marked() -> None:
    assert found("#dev, #DEV and #ops, issue #1, a#dev") == [("#dev", "channel"), ("#DEV", "channel")]


def test_marks_are_in_order_when_kinds_are_mixed() -> None:
    text = "@ann see https://a.b in #dev, @ann"

    assert [role for _, role in found(text)] == ["mention", "link", "channel", "mention"]


def test_laid_over_cuts_a_mark_at_the_ends_of_a_line() -> None:
    text = "go https://example.org now"
    marked = marks(text, "")

    first, second = laid_over(text, 0, 8, marked, "text"), laid_over(text, 8, 26, marked, "text")

    assert [(span.text, span.role) for span in first] == [("go ", "text"), ("https", "link")]
    assert [(span.text, span.role) for span in second] == [("://example.org", "link"), (" now", "text")]
    assert first[1].link == second[0].link == "https://example.org"
