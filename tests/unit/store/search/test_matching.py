"""What is a hit, where in it, and how good it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.base.ids import AccountId
from chat_core.protocol.values import Message
from chat_core.server.handlers.search import _choice
from chat_core.server.store.search.facts import has_link, indexed_text
from chat_core.server.store.search.matching import among, finder, spans_in
from chat_core.server.store.search.query import parse
from chat_core.server.store.search.ranking import score
from chat_core.server.store.search.words import words
from chat_core.server.store.searching import Phrase, Search, Span


def message(body: str, *, deleted: bool = False, ts: int = 1000, author: int = 3) -> Message:
    return Message(seq=1, changed=1, ts=ts, author=author, name="ann", body=body, deleted=deleted)


def spans(query: str, body: str) -> tuple[Span, ...] | None:
    return spans_in(meant(query), message(body))


def meant(query: str) -> Search:
    wanted = parse(query, 0)
    return Search(
        phrases=tuple(wanted.phrases), either=tuple(_choice(clause, AccountId(1)) for clause in wanted.either)
    )


def shown(query: str, body: str) -> list[str]:
    return [body[start:end] for start, end in spans(query, body) or ()]


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        ("cafe", "Ein Café!", ["Café"]),
        ("a b", "b then a", ["b", "a"]),
        ('"a b"', "a b, a-b, ab", ["a b", "a-b"]),
        ("dep*", "deployed a depot", ["deployed", "depot"]),
        ("日", "毎日と日本", ["日", "日"]),
        ("東京都", "新東京都庁", ["東京都"]),
        ("python编", "用Python编程", ["Python编"]),
        ("aa", "aa aa", ["aa", "aa"]),
        ("👍", "so 👍🏽 it is", ["👍🏽"]),
        ("❤", "so ❤️ it is", ["❤️"]),
        ("👩", "a 👨‍👩‍👧 and a 👩", ["👨‍👩‍👧", "👩"]),
        ("cafe", "a cafe\u0301.", ["cafe\u0301"]),
        ("ว", "สวัสดี", ["วั"]),
        ("red OR blue", "blue and red", ["blue", "red"]),
        ("red OR blue", "blue only", ["blue"]),
        ('(red blue) OR "the disk"', "the disk", ["the disk"]),
        ("green red OR bl*", "green, black", ["green", "black"]),
    ],
)
def test_match_highlights_what_was_looked_for(query: str, body: str, expected: list[str]) -> None:
    assert shown(query, body) == expected


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("a b", "only a"),
        ('"a b"', "b a"),
        ("ab", "a b"),
        ("dep", "deployed"),
        ("日本", "日と本"),
        ("x", ""),
        ("red OR blue", "green"),
        ("(a b) OR c", "only a"),
    ],
)
def test_match_is_none_where_something_is_missing(query: str, body: str) -> None:
    assert spans(query, body) is None


def test_match_merges_spans_that_overlap() -> None:
    assert spans('"a b" "b c"', "a b c") == ((0, 5),)


def test_match_never_takes_a_deleted_message() -> None:
    assert spans_in(Search(), message("", deleted=True)) is None


@pytest.mark.parametrize(
    ("search", "fits"),
    [
        (Search(authors=(3, 4)), True),  # type: ignore[arg-type]  # plain numbers do
        (Search(authors=(4,)), False),  # type: ignore[arg-type]
        (Search(since_ms=1000, until_ms=1001), True),
        (Search(since_ms=1001), False),
        (Search(until_ms=1000), False),
        (Search(link=True), False),
        (Search(called=5), True),  # type: ignore[arg-type]
        (Search(called=3), False),  # type: ignore[arg-type]  # its own author
        (Search(called=6), False),  # type: ignore[arg-type]
    ],
)
def test_match_looks_at_all_that_is_known_of_a_message(search: Search, fits: bool) -> None:
    seen = replace(message("see @Bob."), mentions=(3, 5))
    assert (spans_in(search, seen) is not None) is fits


def test_match_of_a_call_to_everybody_is_for_all_but_its_author() -> None:
    call = replace(message("@channel look"), everyone="channel")
    assert spans_in(Search(called=6), call) == ()  # type: ignore[arg-type]
    assert spans_in(Search(called=3), call) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "there"),
    [("http://x", True), ("(HTTPS://x.y)", True), ("mailto:a@b", True), ("http:// x", False), ("xhttp://y", False)],
)
def test_has_link_sees_what_can_be_followed(body: str, there: bool) -> None:
    assert has_link(body) is there


def test_indexed_text_has_facts_that_no_word_can_pretend_to_be() -> None:
    found = indexed_text(7, "_a8 _m4 _everyone _link @bob http://x", "3 17", "here")
    assert found == "_a7 _link _m3 _m17 _everyone a8 m4 everyone link bob http x"


def test_score_prefers_more_occurrences_in_fewer_words() -> None:
    phrases = [Phrase(("disk",)), Phrase(("full",), prefix=True)]

    once = score("_a1 the disk is full", phrases)

    assert score("_a1 disk full disk fuller", phrases) > once > score("_a1 the disk is full" + " x" * 50, phrases) > 0
    assert score("_a1 diskette fu", phrases) == 0


@given(
    body=st.text(alphabet="aAb1 -_\n", max_size=30),
    terms=st.lists(st.sampled_from(["a", "b", "ab", "aa", "1", "a1", "é"]), min_size=1, max_size=3),
    prefix=st.booleans(),
)
def test_plain_text_is_searched_as_any_other(body: str, terms: list[str], prefix: bool) -> None:
    phrase = Phrase(tuple(terms), prefix)
    assert list(finder(body)(phrase)) == list(among(phrase, words(body)))
