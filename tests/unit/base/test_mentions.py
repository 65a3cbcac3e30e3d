"""Whom a text mentions: names wherever somebody is meant, and nobody in code, quotes and addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.mentions import MAX_NAMES, Mentions, mentions_in


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@ann", ("ann",)),
        ("hi @Ann, and (@bob)!", ("ann", "bob")),
        ("@ann @ann @ANN", ("ann",)),
        ("@ａｎｎ", ("ann",)),
        ("it was @ann.", ("ann.", "ann")),
        ("@ann-marie", ("ann-marie",)),
        ("@ann's and/@bob", ("ann", "bob")),
        ("@नमन ok", ("नमन",)),
        ("mail ann@example.org or a.b@c", ()),
        ("@ ann, @, @!", ()),
        ("`@ann` but @bob", ("bob",)),
        ("``a ` @ann`` @bob", ("bob",)),
        ("one ` alone @ann", ("ann",)),
        ("```\n@ann\n```\n@bob", ("bob",)),
        ("~~~\n@ann\n```\n@eve", ()),
        ("> @ann said\n@bob", ("bob",)),
        ("no one at all", ()),
    ],
)
def test_mentions_are_the_names_that_somebody_is_called_by(body: str, names: tuple[str, ...]) -> None:
    assert mentions_in(body).names == names


def test_mentions_of_everybody_are_no_names() -> None:
    assert mentions_in("@channel. And @here @ann") == Mentions(("channel.", "ann"), here=True, channel=True)
    assert mentions_in("`@channel` > @here") == Mentions(here=True)


def test_mentions_are_at_most_so_many() -> None:
    assert len(mentions_in(" ".join(f"@n{number}" for number in range(200))).names) == MAX_NAMES


def test_mention_that_is_longer_than_any_name_is_none_of_its_beginning() -> None:
    assert "a" * 32 not in mentions_in("@" + "a" * 40).names
    assert mentions_in("@" + "a" * 32).names == ("a" * 32,)


@given(st.text(alphabet="@ab.-`~>\n é\u0301"))
def test_mentions_never_hold_what_no_name_can(body: str) -> None:
    for name in mentions_in(body).names:
        assert name and not set(name) & set("@` \n~>")
