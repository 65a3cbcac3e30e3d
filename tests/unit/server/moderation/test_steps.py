"""Each step of moderation: what it objects to, and what it lets be."""

from __future__ import annotations

import fnmatch
import time
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.limits import BODY_BYTES
from chat_core.server.manners import STEPS, Manners
from chat_core.server.moderation.steps import ALL, flood, links, repeats, shouting, words
from chat_core.server.moderation.steps.base import Said
from chat_core.server.rules.judging import Draft

LONG_S = 0.25
"""Time that no step may need for any text, in seconds; they need a hundredth of it."""


def draft(body: str, ts: int = 0) -> Draft:
    return Draft(AccountId(1), ConversationId(1), body, ts, b"c" * 16)


def test_name_of_a_file_is_looked_at_for_words_and_alone_is_no_shouting() -> None:
    manners = Manners(words_list="spam", shouting_letters=1)
    sent = replace(draft("SPAM.JPG"), file="SPAM.JPG")

    assert not shouting.check(sent, manners, ())
    assert shouting.check(replace(sent, body="LOOK AT THIS"), manners, ())
    assert words.check(replace(sent, body="look"), manners, ())
    assert not words.check(replace(sent, body="look", file="ham.jpg"), manners, ())


def test_name_that_a_webhook_gives_itself_is_looked_at_for_words_and_links() -> None:
    sent = replace(draft("fine"), called="Buy at https://spam.example")

    assert words.check(sent, Manners(words_list="buy"), ())
    assert links.check(sent, Manners(), ())
    assert not links.check(sent, Manners(links_allowed="spam.example"), ())
    assert not words.check(replace(sent, called="Grafana"), Manners(words_list="buy"), ())


def shouts(body: str, letters: int = 12) -> bool:
    return bool(shouting.check(draft(body), Manners(shouting_letters=letters), ()))


@pytest.mark.parametrize(
    "body",
    [
        "WHY DOES NOBODY LISTEN",
        "WHY DOES NOBODY LISTEN?!?! 12",
        "ПОЧЕМУ НИКТО НЕ СЛУШАЕТ",
        "ΓΙΑΤΙ ΔΕΝ ΑΚΟΥΕΙ ΚΑΝΕΙΣ",
        "ՈՉ ՈՔ ՉԻ ԼՍՈՒՄ ԻՆՁ",
        "ＷＨＹ ＤＯＥＳ ＮＯＢＯＤＹ",
        "`ok` WHY DOES NOBODY LISTEN",
        "WHY DOES NOBODY `LISTEN",
    ],
)
def test_shouting_is_a_message_in_capitals_of_any_script(body: str) -> None:
    assert shouts(body)


@pytest.mark.parametrize(
    "body",
    [
        "OK",
        "NASA HTTP",
        "Why does NOBODY listen",
        "The HTTP and TLS of the NASA and the ESA",
        "`SELECT NAME FROM PEOPLE WHERE AGE`",
        "look: `MAX_CONNECTIONS_PER_ADDRESS`",
        "```\nSELECT NAME FROM PEOPLE\n```",
        "HTTP://EXAMPLE.ORG/ALL/IN/CAPITALS",
        "@SOMEBODY @SOMEBODYELSE",
        "为什么没有人听我说话为什么没有人听我说话",
        "12345678901234567890",
        "!!!!!!!!!!!!!!!!",
        "",
    ],
)
def test_shouting_is_no_short_word_no_acronym_no_code_and_no_script_without_capitals(body: str) -> None:
    assert not shouts(body)


@pytest.mark.parametrize(("body", "is_one"), [("HELLO", True), ("GO AWAY", True), ("OK", False), ("Hello", False)])
def test_shouting_can_be_of_any_length(body: str, is_one: bool) -> None:
    assert shouts(body, letters=1) is is_one


@given(st.text(max_size=200))
def test_shouting_is_never_what_somebody_wrote_small(body: str) -> None:
    assert not shouts(body.lower(), letters=1)


def test_flood_is_more_messages_than_are_taken_within_a_time() -> None:
    manners = Manners(flood_messages=3, flood_within_s=10)
    past = [Said(ts, 0) for ts in (0, 1000, 2000)]

    assert "more than 3 messages within 10 seconds" in flood.check(draft("x", 9_999), manners, past)
    assert flood.check(draft("x", 10_000), manners, past) == ""
    assert flood.check(draft("x", 3_000), manners, past[1:]) == ""


def test_what_was_said_before_the_clock_was_set_back_is_neither_flood_nor_a_repeat() -> None:
    manners = Manners(flood_messages=2, flood_within_s=10, repeats_messages=2, repeats_within_s=60)
    past = [Said(ts, repeats.digest("x")) for ts in (90_000_000, 90_000_001)]

    assert flood.check(draft("x", 5_000), manners, past) == ""
    assert repeats.check(draft("x", 5_000), manners, past) == ""
    assert flood.check(draft("x", 89_999_999), manners, past), "a moment back is no reason"
    assert repeats.check(draft("x", 89_999_999), manners, past)


def test_repeats_are_the_same_text_whatever_its_case_and_spaces() -> None:
    manners = Manners(repeats_messages=2, repeats_within_s=60)
    past = [Said(0, repeats.digest("Buy  now")), Said(1, repeats.digest("BUY NOW"))]

    assert repeats.check(draft("buy now", 2), manners, past)
    assert repeats.check(draft("buy later", 2), manners, past) == ""
    assert repeats.check(draft("buy now", 60_001), manners, past) == ""


@pytest.mark.parametrize(
    ("listed", "body", "found"),
    [
        ("spam", "this is SPAM!", True),
        ("spam", "this is s\u0301pam\u200b", True),
        ("spam", "a spammer", False),
        ("spam*", "a spammer", True),
        ("*ware", "mal-ware, malware", True),
        ("v*gra", "Viiagra", True),
        ("a*b*c", "abbbc", True),
        ("a*b*c", "acb", False),
        ("*", "anything", False),
        ("", "anything", False),
        ("aa*aa", "aaa", False),
    ],
)
def test_words_are_found_as_they_are_listed(listed: str, body: str, found: bool) -> None:
    assert bool(words.check(draft(body), Manners(words_list=listed), ())) is found


@given(st.text("ab", max_size=12), st.text("ab*", min_size=1, max_size=8).filter(lambda text: "*" in text))
def test_pattern_fits_what_a_shell_says_it_fits(word: str, pattern: str) -> None:
    assert words.fits(word, pattern.split("*")) == fnmatch.fnmatchcase(word, pattern)


@pytest.mark.parametrize(
    ("allowed", "body", "found"),
    [
        ("", "see https://example.org/x", True),
        ("", "see www.example.org", True),
        ("", "no link: example", False),
        ("example.org", "see https://docs.example.org:8080/x, or (HTTPS://EXAMPLE.ORG)", False),
        ("example.org", "see https://badexample.org", True),
        ("example.org", "see https://example.org@evil.net/", True),
        ("example.org", "see https://evil.net/?https://example.org", True),
        ("example.org", "https://example.org,https://evil.net", True),
    ],
)
def test_links_are_objected_to_but_to_the_hosts_that_are_allowed(allowed: str, body: str, found: bool) -> None:
    assert bool(links.check(draft(body), Manners(links_allowed=allowed), ())) is found


@pytest.mark.parametrize(
    "body", ["a" * BODY_BYTES, "a " * (BODY_BYTES // 2), "ab" * (BODY_BYTES // 2), "`" * BODY_BYTES, "://" * 5461]
)
def test_no_text_and_no_list_keeps_a_step_busy(body: str) -> None:
    manners = Manners(words_list=("*a*a*a*b " * 111)[:1000], links_allowed=("a.b " * 250)[:1000])
    for step in ALL:
        begun = time.process_time()
        step.check(draft(body), manners, [Said(0, 0)] * 100)
        assert time.process_time() - begun < LONG_S, step.name


def test_every_step_is_listed_once_and_has_the_setting_that_turns_it_on() -> None:
    assert sorted(step.name for step in ALL) == sorted(STEPS)
    assert {field.name for field in fields(ALL[0])} == {"name", "check", "edits", "spoils"}
    assert all(getattr(Manners(), name) == "off" for name in STEPS), "nothing is moderated by itself"
