"""Queries as people write them, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest

from chat_core.server.store.search.alternatives import BadQuery
from chat_core.server.store.search.query import MAX_PARTS, parse
from chat_core.server.store.searching import Phrase

DAY_MS = 24 * 3600 * 1000
JANUARY_31 = 1_769_817_600_000  # 2026-01-31T00:00Z


def test_query_of_words_wants_each_of_them() -> None:
    assert parse("Deploy  FAILED", 0).phrases == [Phrase(("deploy",)), Phrase(("failed",))]


def test_query_in_quotes_wants_the_words_beside_each_other() -> None:
    wanted = parse('"disk is full" now', 0)

    assert wanted.phrases == [Phrase(("disk", "is", "full")), Phrase(("now",))]


def test_query_with_a_star_wants_the_beginning_of_a_word() -> None:
    assert parse("deploy*", 0).phrases == [Phrase(("deploy",), prefix=True)]


def test_query_word_of_several_parts_wants_them_beside_each_other() -> None:
    assert parse("web-01.example", 0).phrases == [Phrase(("web", "01", "example"))]


def test_query_passes_over_what_is_no_word_beside_others() -> None:
    assert parse("disk - full !", 0).phrases == [Phrase(("disk",)), Phrase(("full",))]


def test_query_takes_every_filter_in_any_case() -> None:
    wanted = parse("From:Ann from:@bob in:#ops IN:@cid has:link mentions:me x", 0)

    assert wanted.authors == ["Ann", "bob"]
    assert wanted.places == ["#ops", "@cid"]
    assert wanted.link and wanted.mentions_me
    assert wanted.phrases == [Phrase(("x",))]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("before:2026-01-31", None, JANUARY_31),
        ("after:2026-01-31", JANUARY_31 + DAY_MS, None),
        ("on:2026-01-31", JANUARY_31, JANUARY_31 + DAY_MS),
        ("after:2026-01-30 after:2026-01-29 before:2026-02-02 before:2026-02-01", JANUARY_31, JANUARY_31 + DAY_MS),
    ],
)
def test_query_days_bound_the_time_without_the_day_itself_but_for_on(
    text: str, since: int | None, until: int | None
) -> None:
    wanted = parse(text, 0)

    assert (wanted.since_ms, wanted.until_ms) == (since, until)


def test_query_days_are_those_of_the_asker() -> None:
    assert parse("before:2026-01-31", 60).until_ms == JANUARY_31 - 3600 * 1000
    assert parse("before:2026-01-31", -90).until_ms == JANUARY_31 + 5400 * 1000


def test_query_takes_what_is_no_filter_for_words() -> None:
    assert parse("https://example.org note:this", 0).phrases == [
        Phrase(("https", "example", "org")),
        Phrase(("note", "this")),
    ]


RED, BLUE, GREEN, FULL = Phrase(("red",)), Phrase(("blue",)), Phrase(("green",)), Phrase(("disk", "full"))


@pytest.mark.parametrize(
    ("text", "phrases", "either"),
    [
        ("red OR blue", [], [(RED, BLUE)]),
        ("red OR blue OR red", [], [(RED, BLUE)]),
        ("green red OR blue", [GREEN], [(RED, BLUE)]),
        ("red or blue", [RED, Phrase(("or",)), BLUE], []),
        ('red "OR" blue', [RED, Phrase(("or",)), BLUE], []),
        ('"disk full" OR gre*', [], [(FULL, Phrase(("gre",), prefix=True))]),
        ("(red blue)", [RED, BLUE], []),
        ("(red blue) OR green", [], [(RED, GREEN), (BLUE, GREEN)]),
        ("(red OR blue) green", [GREEN], [(RED, BLUE)]),
        ("((red) OR ( blue ))", [], [(RED, BLUE)]),
        ('("disk full" OR red)', [], [(FULL, RED)]),
        ("mentions:me OR red", [], [("me", RED)]),
        ("main() f(x) :) :-(", [Phrase(("main",)), Phrase(("f", "x"))], []),
        ("(red() OR blue)", [], [(RED, BLUE)]),
        ("f(x, y(z)) red", [Phrase(("f", "x")), Phrase(("y", "z")), RED], []),
        ("(f(x, red) OR blue)", [Phrase(("f", "x"))], [(RED, BLUE)]),
    ],
)
def test_query_with_or_and_brackets_wants_one_of_each(
    text: str, phrases: list[Phrase], either: list[tuple[object, ...]]
) -> None:
    wanted = parse(text, 0)

    assert (wanted.phrases, wanted.either) == (phrases, either)


def test_query_takes_filters_beside_alternatives() -> None:
    wanted = parse("from:ann red OR blue in:#ops", 0)

    assert (wanted.authors, wanted.places, wanted.either) == (["ann"], ["#ops"], [(RED, BLUE)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ('a "b c', "quote at character 3"),
        ('a" b', "quote at character 2"),
        ("x before:yesterday", "before: at character 3"),
        ("before:2026-02-30", "before: at character 1"),
        ("after:26-1-1", "after: at character 1"),
        ("on:", "on: at character 1"),
        ("before:\u0662\u0660\u0662\u0666-01-01", "before: at character 1"),
        ("from:", "from: at character 1"),
        ("from:@", "from: at character 1"),
        ("in:ops", "in: at character 1"),
        ("in:#", "in: at character 1"),
        ("has:image", "has: at character 1"),
        ("mentions:bob", "mentions: at character 1"),
        (" ?! -", "character 2"),
        ('""', "character 1"),
        (" ".join("x" * (MAX_PARTS + 1)), "at most"),
        (f'"{"a " * 100}"', "too long"),
        ("OR", "OR at character 1 needs"),
        ("red OR", "OR at character 5 needs"),
        ("OR red", "OR at character 1 needs"),
        ("red OR OR blue", "OR at character 5 needs"),
        ("red OR - blue", "OR at character 5 needs"),
        ("(red OR) blue", "OR at character 6 needs"),
        ("() OR blue", "OR at character 4 needs"),
        ("(red", "( at character 1 is not closed"),
        ("red (blue OR (green)", "( at character 5 is not closed"),
        ("red) blue", ") at character 4 closes nothing"),
        (")", ") at character 1 closes nothing"),
        ("from:ann OR red", "from: at character 1 stands beside OR"),
        ("red OR before:2026-01-31", "before: at character 8 stands beside OR"),
        ("(in:#ops red)", "in: at character 2 stands"),
        ("(a b c d e f g h) OR (a b c d e f g h)", "too long"),
        (" OR ".join(["(mentions:me mentions:me mentions:me mentions:me mentions:me)"] * 7), "too long"),
        ("(" * 200, "at most"),
    ],
)
def test_query_that_means_nothing_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(BadQuery) as refused:
        parse(text, 0)

    assert says in str(refused.value)
    assert str(refused.value).endswith(".")


def test_query_refusal_shows_nothing_that_a_terminal_would_obey() -> None:
    with pytest.raises(BadQuery) as refused:
        parse("\x1b]\u202e", 0)

    assert "\x1b" not in str(refused.value) and "\u202e" not in str(refused.value)
