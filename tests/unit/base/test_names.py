"""What accounts and channels may be called."""

from __future__ import annotations

import pytest

from chat_core.base import names
from chat_core.base.errors import UsageFault
from chat_core.base.names import (
    MAX_ACCOUNT,
    MAX_CHANNEL,
    MAX_DISPLAY,
    MAX_MARKS,
    check_account_name,
    check_channel_name,
    check_display_name,
    name_key,
    parse_message,
    parse_target,
    spell_account_name,
    suggest_account_name,
)
from chat_core.base.reserved import RESERVED
from tests.support.hostile import PAYLOADS, is_safe


@pytest.mark.parametrize(
    "name", ["ann", "x", "Ann-Marie_2.0", "7of9", "Zoë", "Łukasz", "дима", "محمد", "太郎", "सीता", "ก้อย"]
)
def test_check_account_name_takes_names_of_many_scripts(name: str) -> None:
    assert check_account_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "σίσυφος",
        "한국",
        "น้ำ",
        "อำนาจ",
        "ꭰ",
        "straße",
        "Ｗｉｄｅ",
        "יוסי",
        "יוסי-2",
        "محمد٣",
    ],
)
def test_check_account_name_takes_honest_names_that_precis_alone_would_not_all_take(name: str) -> None:
    assert check_account_name(name) == name


@pytest.mark.parametrize("name", ["אa", "annא", "a1א", "٣٤", "ann٣", "1א"])
def test_check_account_name_refuses_one_that_is_drawn_in_two_directions(name: str) -> None:
    with pytest.raises(UsageFault, match="is written in one direction") as caught:
        check_account_name(name)

    assert is_safe(str(caught.value))


@pytest.mark.parametrize("name", ["aـb", "〱", "ᄀᄀ", "ﷺ"])
def test_check_account_name_refuses_letters_that_precis_disallows(name: str) -> None:
    with pytest.raises(UsageFault):
        check_account_name(name)
    with pytest.raises(UsageFault, match="A channel's name"):
        check_channel_name(name)


def test_names_that_precis_takes_for_one_are_one_for_every_allowed_character() -> None:
    profile = names._profile()
    seen: dict[str, str] = {}
    for number in range(0x20000):
        char = chr(number)
        if not names._allowed(char) or not names._begins(char):
            continue
        try:
            mapped = profile.enforce(char)
        except UnicodeEncodeError:
            continue
        assert seen.setdefault(mapped, name_key(char)) == name_key(char), hex(number)

    assert len(seen) > 40_000


@pytest.mark.parametrize(
    "name", ["admin", "Admin", "ADMIN", "ad-min", "a.d.m.i.n_", "ａｄｍｉｎ", "server", "everyone", "here"]
)
def test_check_account_name_refuses_a_reserved_one_and_says_why(name: str) -> None:
    with pytest.raises(UsageFault, match=r"is kept, because .*; take another one\."):
        check_account_name(name)


@pytest.mark.parametrize("name", ["admina", "serverus", "ali", "robot", "guest", "root", "there", "general"])
def test_check_account_name_takes_names_near_reserved_ones(name: str) -> None:
    assert check_account_name(name) == name


def test_reserved_words_are_in_the_form_they_are_looked_up_in() -> None:
    assert all(names.without_punctuation(name_key(word)) == word for word in RESERVED)
    assert all(len(reason) > 20 for reason in RESERVED.values())


def test_suggest_account_name_suggests_no_reserved_one() -> None:
    assert suggest_account_name("Admin") == "guest"


def test_check_display_name_makes_one_safe_line_of_anything() -> None:
    assert check_display_name("  Ann\x1b[31m \n of  the\u202e North ") == "Ann␛[31m of the North"
    assert check_display_name(" \u200b ") == ""
    for payload in PAYLOADS.values():
        try:
            shown = check_display_name(payload)
        except UsageFault as fault:
            assert is_safe(str(fault))
        else:
            assert is_safe(shown) and "\n" not in shown and len(shown) <= MAX_DISPLAY


def test_check_display_name_refuses_one_that_is_too_long_or_kept() -> None:
    with pytest.raises(UsageFault, match=f"at most {MAX_DISPLAY} characters, this one has {MAX_DISPLAY + 1}"):
        check_display_name("n" * (MAX_DISPLAY + 1))
    with pytest.raises(UsageFault, match="is kept, because"):
        check_display_name("Admin.")


def test_check_account_name_composes() -> None:
    assert check_account_name("Zoe\u0308") == "Zoë"


def test_check_account_name_refuses_an_empty_one() -> None:
    with pytest.raises(UsageFault, match=r"A name must not be empty\."):
        check_account_name("")


def test_check_account_name_refuses_one_that_is_too_long_and_says_how_long_it_may_be() -> None:
    assert check_account_name("n" * MAX_ACCOUNT)
    with pytest.raises(UsageFault, match=f"at most {MAX_ACCOUNT} characters, this one has {MAX_ACCOUNT + 1}"):
        check_account_name("n" * (MAX_ACCOUNT + 1))


def test_names_are_as_long_as_the_protocol_says() -> None:
    assert (MAX_ACCOUNT, MAX_CHANNEL) == (32, 48)


def test_check_account_name_refuses_a_monster_without_composing_it() -> None:
    with pytest.raises(UsageFault, match="this one has 1000001"):
        check_account_name("a" + "\u0301\u0316" * 500_000)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("an n", "; a space is none of them."),
        ("a\tb", "; a tab is none of them."),
        ("ann!", "'!'"),
        ("a/b", "'/'"),
        ("a\x1b[31m", "; U+001B (a control character) is none of them."),
        ("a\nb", "; a line break is none of them."),
        ("a\u202eb", "; U+202E (right-to-left override) is none of them."),
        ("a\u200db", "U+200D"),
        ("\U0001f600", "'\U0001f600'"),
        ("a\u20dd", "U+20DD"),
        ("\u3164", "U+3164"),
        ("ann\ufe0f", "U+FE0F"),
        ("1\ufe0f", "U+FE0F"),
        ("a\u034fb", "U+034F"),
        ("a\U000e0100", "U+E0100"),
        ("a\ud800", "; U+D800 (no character) is none of them."),
        ("\ue000", "'\ue000'"),
        ("#a", "'#'"),
        ("@a", "'@'"),
    ],
)
def test_check_account_name_names_the_character_it_refuses(name: str, shown: str) -> None:
    with pytest.raises(UsageFault) as caught:
        check_account_name(name)

    assert shown in str(caught.value)
    assert is_safe(str(caught.value))


@pytest.mark.parametrize("name", ["-rf", "_x", ".hidden", "\u0301a", "\u1175a", "..."])
def test_check_account_name_refuses_one_that_begins_with_no_letter_or_digit(name: str) -> None:
    with pytest.raises(UsageFault, match="begins with a letter or a digit"):
        check_account_name(name)


def test_check_account_name_refuses_stacked_marks() -> None:
    assert check_account_name("q" + "\u0316" * MAX_MARKS)
    with pytest.raises(UsageFault, match="at most 4 accents or vowel signs on one letter"):
        check_account_name("q" + "\u0316" * (MAX_MARKS + 1))


def test_check_account_name_refuses_stacked_jamo() -> None:
    with pytest.raises(UsageFault, match="on one letter"):
        check_account_name("\u1112" + "\u1175" * 20)


def test_check_channel_name_takes_it_with_and_without_its_sign() -> None:
    assert check_channel_name("#general") == "general"
    assert check_channel_name("general") == "general"
    with pytest.raises(UsageFault, match="A channel's name is made of letters"):
        check_channel_name("##general")


def test_check_channel_name_has_a_bound_of_its_own() -> None:
    assert check_channel_name("#" + "n" * MAX_CHANNEL)
    with pytest.raises(UsageFault, match=f"at most {MAX_CHANNEL} characters"):
        check_channel_name("n" * (MAX_CHANNEL + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ann"), ("STRASSE", "straße"), ("Zoë", "ZOE\u0308"), ("ｗｉｄｅ", "wide"), ("ﬁn", "FIN"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("x²", "x2"), ("\u03b1\u0345\u0301", "\u03b1\u0301\u0345"),
    ],
)  # fmt: skip
def test_name_key_is_the_same_for_names_that_differ_in_case_or_form_only(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("ann", "anne"), ("zoe", "zoë"), ("a_b", "a-b"), ("a", "а")])
def test_name_key_differs_for_other_letters(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_name_key_of_a_key_is_the_key_for_every_allowed_character() -> None:
    wrong = [
        hex(number)
        for number in range(0x20000)
        if names._allowed(chr(number)) and name_key(name_key(chr(number))) != name_key(chr(number))
    ]

    assert not wrong


@pytest.mark.parametrize(
    ("raw", "suggested"),
    [
        ("ann", "ann"),
        ("ann smith", "annsmith"),
        ("DOMAIN\\ann", "DOMAINann"),
        ("_www", "www"),
        ("..-ann", "ann"),
        ("\u0301ann", "ann"),
        ("n" * 100, "n" * MAX_ACCOUNT),
        ("", "guest"),
        ("!!!", "guest"),
        ("q" + "\u0316" * 20, "guest"),
    ],
)
def test_suggest_account_name_makes_an_allowed_name(raw: str, suggested: str) -> None:
    assert suggest_account_name(raw) == suggested
    assert check_account_name(suggested) == suggested


@pytest.mark.parametrize("name", PAYLOADS)
def test_suggest_account_name_makes_an_allowed_name_of_each_payload(name: str) -> None:
    suggested = suggest_account_name(PAYLOADS[name])

    assert check_account_name(suggested) == suggested


def test_parse_target_takes_a_reserved_name_which_is_nobody_s() -> None:
    assert parse_target("@Admin") == ("@", "Admin")
    assert spell_account_name("nobody") == "nobody"


def test_parse_target_splits_sigil_and_name() -> None:
    assert parse_target("#general") == ("#", "general")
    assert parse_target("@Ann") == ("@", "Ann")


@pytest.mark.parametrize("text", ["", "general", "!x", "\x1b]0;pwned\x07", "x" * 1000])
def test_parse_target_says_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageFault, match="is no target: write #channel or @user") as caught:
        parse_target(text)

    assert is_safe(str(caught.value))
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("text", ["#", "@", "##x", "#a b", "@@a", "#@a", "@#a"])
def test_parse_target_refuses_ill_formed_names(text: str) -> None:
    with pytest.raises(UsageFault, match="name"):
        parse_target(text)


def test_parse_message_splits_its_address() -> None:
    assert parse_message("#ops:17") == ("#ops", 17)
    assert parse_message("@ann:1") == ("@ann", 1)
    assert parse_message("#ops:999999999999999") == ("#ops", 999999999999999)


@pytest.mark.parametrize(
    "address", ["", "17", ":17", "#ops", "#ops:", "#ops:0", "#ops:x", "#ops:-1", "#ops:1e3", "#ops:²", f"#ops:{10**15}"]
)
def test_parse_message_refuses_what_is_no_address_with_a_sentence(address: str) -> None:
    with pytest.raises(UsageFault, match=r"\.$"):
        parse_message(address)
