"""Simple forms of emoji: as wide as these count, and only where they are disputed."""

from __future__ import annotations

import emoji
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chat_tui.views.emoji_kinds import ALL, DISPUTED, SAMPLES, Kind, differing, kinds_of, simple

EVERY = [char for char, about in emoji.EMOJI_DATA.items() if about["status"] == emoji.STATUS["fully_qualified"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("love \u2764\ufe0f!", "love \u2764 !"),
        ("\U0001f44d\U0001f3fd ok", "\U0001f44d ok"),
        ("\u261d\U0001f3fd", "\u261d"),
        ("from \U0001f1e9\U0001f1ea", "from DE"),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467|", "\U0001f469|"),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb|", "\U0001f469|"),
        ("\u2764\ufe0f\u200d\U0001f525|", "\u2764 |"),
        ("1\ufe0f\u20e3 first", "1  first"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f|", "\U0001f3f4|"),
        ("\U0001fae8\U0001fae9\U0001faea", "[][][]"),
        (
            "\U0001f389 caf\u00e9 \u5b57 \u2713 \u0915\u094d\u200d\u0937",
            "\U0001f389 caf\u00e9 \u5b57 \u2713 \u0915\u094d\u200d\u0937",
        ),
    ],
)
def test_emoji_of_disputed_kinds_are_drawn_simpler_and_nothing_else_is(text: str, shown: str) -> None:
    assert simple(text, DISPUTED) == shown


def test_emoji_stay_as_they_are_when_their_kind_is_not_disputed_here() -> None:
    flags: frozenset[Kind] = frozenset({"flag"})

    assert (
        simple("\u2764\ufe0f \U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd", flags)
        == "\u2764\ufe0f DE \U0001f44d\U0001f3fd"
    )


def test_whatever_is_joined_of_something_disputed_is_drawn_simpler() -> None:
    toned: frozenset[Kind] = frozenset({"skin"})

    assert simple("\U0001f469\U0001f3fd\u200d\U0001f4bb", toned) == "\U0001f469"


def test_every_emoji_is_of_a_kind_and_its_simple_form_is_of_none() -> None:
    assert [each for each in EVERY if not kinds_of(each)] == []
    forms = {each: simple(each, ALL) for each in EVERY}

    assert [each for each, form in forms.items() if any(kinds_of(letter) for letter in form)] == []
    assert [each for each, form in forms.items() if cell_len(form) != cell_len(each)] == []


def test_emoji_are_new_since_the_version_that_the_table_says() -> None:
    since = {
        char: f"unicode {about['E']}" for char, about in emoji.EMOJI_DATA.items() if len(char) == 1 and about["E"] >= 15
    }

    known = {char: kind.replace("17", "18") for char in since for kind in kinds_of(char) if kind.startswith("unicode")}
    assert known == {char: version.replace("17", "18") for char, version in since.items()}


@given(
    st.lists(st.one_of(st.sampled_from(EVERY), st.text(max_size=3)), max_size=8), st.sets(st.sampled_from(sorted(ALL)))
)
def test_a_text_is_as_wide_as_it_was_whatever_is_drawn_simpler(parts: list[str], kinds: set[Kind]) -> None:
    text = "".join(parts)

    assert cell_len(simple(text, frozenset(kinds))) == cell_len(text)


def test_a_terminal_differs_in_those_kinds_whose_samples_it_draws_in_other_widths() -> None:
    widths: dict[Kind, int] = {kind: cell_len(sample) for kind, sample in SAMPLES.items()}
    assert differing(widths) == frozenset()

    assert differing({**widths, "flag": 4, "picture": 1}) == {"flag", "picture"}
