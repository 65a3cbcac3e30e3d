"""The text boundary: what is kept, what goes, and that nothing takes long."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest

from chat_core.base import text
from chat_core.base.text import clean_body, clean_line, for_terminal, line_for_terminal
from tests.support.hostile import HUGE, PAYLOADS, VS15, VS16, WIDTHS, ZWJ, ZWNJ, is_safe

MEBIBYTE = 1 << 20


def every_character() -> list[str]:
    """Return the characters of all planes that hold different kinds: the others are ideographs or private."""
    planes = (
        range(0x20000),
        range(0x2F000, 0x30000),
        range(0xE0000, 0xE2000),
        range(sys.maxunicode - 9, sys.maxunicode + 1),
    )
    return [chr(number) for plane in planes for number in plane]


# --- what terminals must never get ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAYLOADS)
def test_every_function_returns_safe_text_for_each_payload(name: str) -> None:
    payload = PAYLOADS[name]

    assert is_safe(for_terminal(payload))
    assert is_safe(line_for_terminal(payload))
    assert "\n" not in line_for_terminal(payload)
    assert is_safe(clean_body(payload).replace("\t", ""))
    assert is_safe(clean_line(payload))
    assert not set("\n\t") & set(clean_line(payload))


@pytest.mark.parametrize("name", PAYLOADS)
def test_every_function_changes_nothing_more_when_it_runs_again(name: str) -> None:
    for clean in (clean_body, clean_line, for_terminal, line_for_terminal):
        once = clean(PAYLOADS[name])

        assert clean(once) == once


def test_for_terminal_returns_safe_text_for_every_character_there_is() -> None:
    unsafe = [f"U+{ord(char):04X}" for char in every_character() if not is_safe(for_terminal(f"a{char}b"))]

    assert not unsafe


@pytest.mark.parametrize("name", HUGE)
def test_cleaning_takes_time_in_proportion_to_the_length(name: str) -> None:
    payload = HUGE[name](MEBIBYTE // 4)

    started = time.process_time()
    body, line, terminal = clean_body(payload), clean_line(payload), for_terminal(payload)
    took_s = time.process_time() - started

    # A quadratic step takes minutes for this; the bound leaves a slow machine room.
    assert took_s < 10
    assert is_safe(terminal[:4096])
    assert max(len(body), len(line)) <= 2 * len(payload) + text.MAX_DIRECTIONS


def test_cleaning_a_mebibyte_of_everything_takes_a_moment() -> None:
    payload = "".join(make(MEBIBYTE // len(HUGE)) for make in HUGE.values())

    started = time.process_time()
    terminal = for_terminal(payload)

    assert time.process_time() - started < 10
    assert is_safe(terminal)


# --- controls and line ends -------------------------------------------------------------------------------------------


def test_clean_body_shows_an_escape_as_a_visible_mark() -> None:
    assert clean_body("\x1b[31mred\x1b[0m") == "␛[31mred␛[0m"


def test_clean_body_drops_other_controls_but_keeps_tab_and_newline() -> None:
    assert clean_body("a\x00\x07\x08b\tc\nd\x7f\x9be") == "ab\tc\nde"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_clean_body_makes_one_newline_of_every_line_end(end: str) -> None:
    assert clean_body(f"a{end}b") == "a\nb"


def test_clean_body_takes_an_empty_line_of_two_line_ends_as_one() -> None:
    assert clean_body("a\r\n\r\nb\n\rc") == "a\n\nb\n\nc"


def test_clean_body_keeps_indentation_and_drops_blank_lines_around() -> None:
    assert clean_body("\n \t \n\n    at line 3\n\tfoo  \n\n  ") == "    at line 3\n\tfoo"


def test_clean_body_keeps_ascii_as_it_is() -> None:
    ascii_text = "".join(map(chr, range(0x21, 0x7F)))

    assert clean_body(ascii_text) == ascii_text


@pytest.mark.parametrize(
    "unseen", ["", " \n\t", "\u200e", "\u2800\u2800", "\u3164\uffa0", "\u2066\u2069", "\ufeff", ZWJ]
)
def test_clean_body_and_clean_line_are_empty_when_nothing_can_be_seen(unseen: str) -> None:
    assert clean_body(unseen) == ""
    assert clean_line(unseen) == ""


def test_clean_body_keeps_so_many_blank_lines_in_a_row() -> None:
    assert clean_body("a" + "\n" * 30 + "b\n\n\n\nc") == "a\n\n\n\nb\n\n\n\nc"
    assert clean_body("a" + "\n\u200b \u2800" * 30 + "\nb").count("\n") == text.MAX_BLANK + 1


def test_clean_body_keeps_every_word_of_ten_thousand_lines_in_so_many() -> None:
    cleaned = clean_body("\n".join(f"line{number}" for number in range(10_000)))

    assert cleaned.count("\n") == text.MAX_LINES - 1
    assert cleaned.replace("⏎", "\n").split("\n") == [f"line{number}" for number in range(10_000)]


def test_clean_body_of_as_many_lines_as_may_be_is_left_alone() -> None:
    honest = "\n".join(f"line {number}" for number in range(text.MAX_LINES))

    assert clean_body(honest) == honest


def test_clean_body_bounds_directions_in_the_line_that_takes_all_others() -> None:
    cleaned = clean_body("\u2066x\n" * 10_000)

    assert clean_body(cleaned) == cleaned
    assert cleaned.rpartition("\n")[2].count("\u2066") == text.MAX_DIRECTIONS


def test_clean_line_makes_one_line_with_single_spaces() -> None:
    assert clean_line("  a \n\n b\tc\u00a0\u3000d\r\n") == "a b c d"


def test_for_terminal_expands_tabs_and_strips_nothing() -> None:
    assert for_terminal(" a\tb\n\tc ") == " a  b\n    c "
    assert for_terminal("a\tb", tab=8) == "a       b"


def test_line_for_terminal_shows_newlines_as_a_mark() -> None:
    assert line_for_terminal("a\nb\u2028c") == "a⏎b⏎c"


# --- Unicode ----------------------------------------------------------------------------------------------------------


def test_clean_body_composes() -> None:
    assert clean_body("e\u0301") == "é"
    assert clean_body("\u1112\u1161\u11ab") == "한"


def test_clean_body_joins_split_surrogate_pairs_and_replaces_lone_ones() -> None:
    assert clean_body("\ud83d\ude00") == "😀"
    assert clean_body("a\ud800b\udfffc\udc00") == "a\ufffdb\ufffdc\ufffd"


def test_clean_body_replaces_noncharacters() -> None:
    assert clean_body("a\ufffe\uffff\ufdd0\U0001fffe\U0010ffffb") == "a" + "\ufffd" * 5 + "b"


def test_clean_body_keeps_private_use_and_unassigned_characters() -> None:
    kept = "\ue0b0\U000f0001\U0001fae9"

    assert clean_body(kept) == kept


@pytest.mark.parametrize(
    "name", ["family", "couple", "head_shaking", "tone", "tone_alone", "flag", "keycap", "heart_text_and_emoji"]
)
def test_clean_body_keeps_an_honest_emoji(name: str) -> None:
    assert clean_body(WIDTHS[name]) == WIDTHS[name]
    assert for_terminal(WIDTHS[name]) == WIDTHS[name]


@pytest.mark.parametrize("name", ["persian", "sinhala", "thai", "mongolian", "ligature", "private_use"])
def test_clean_body_keeps_honest_words(name: str) -> None:
    assert clean_body(WIDTHS[name]) == WIDTHS[name]


def test_clean_body_keeps_joiners_in_a_long_persian_text() -> None:
    sentence = " ".join([WIDTHS["persian"]] * 50)

    assert clean_body(sentence) == sentence


def test_clean_body_keeps_the_joiners_of_many_words_without_spaces() -> None:
    text_without_spaces = WIDTHS["sinhala"] * 20

    assert clean_body(text_without_spaces) == text_without_spaces


def test_clean_body_keeps_the_flag_but_drops_its_tags() -> None:
    assert clean_body(WIDTHS["flag_of_tags"]) == "\U0001f3f4"


@pytest.mark.parametrize(
    ("hidden", "left"),
    [
        (f"s{ZWJ}e{ZWNJ}cret", "secret"),
        (f"é{ZWJ}é", "éé"),
        (f"{ZWJ}क", "क"),
        (f"क{ZWJ}", "क"),
        (f"क{ZWJ} ष", "क ष"),
        (f"क{ZWJ}\nष", "क\nष"),
        (f"क{ZWJ}{ZWNJ}{ZWJ}ष", f"क{ZWJ}ष"),
        (f"क{ZWJ}\u200fष", "क\u200fष"),
        (f"\u2066क{ZWJ}\u2069ष", "\u2066क\u2069ष"),
    ],
)
def test_clean_body_keeps_one_joiner_only_between_characters_that_join(hidden: str, left: str) -> None:
    assert clean_body(hidden) == left


def test_clean_body_keeps_a_joiner_before_a_mark() -> None:
    assert clean_body(f"ර{ZWJ}්ය") == f"ර{ZWJ}්ය"


def test_clean_body_joins_at_most_so_many_characters_in_a_row() -> None:
    nine = ZWJ.join(["\U0001f468"] * 9)

    assert text.MAX_JOINED == 8
    assert clean_body(WIDTHS["family_without_end"]) == nine * 4 + ZWJ.join(["\U0001f468"] * 4)


def test_clean_body_counts_joined_characters_on_when_they_have_tones() -> None:
    chain = f"\U0001f468\U0001f3fd{ZWJ}"

    assert chain * 8 in clean_body(WIDTHS["tones_joined_without_end"])
    assert chain * 9 not in clean_body(WIDTHS["tones_joined_without_end"])


@pytest.mark.parametrize(
    ("selected", "left"),
    [
        (f"❤{VS16}{VS16}{VS15}", f"❤{VS16}"),
        (f"é{VS16}", "é"),
        (f"a{VS16}", "a"),
        (f"{VS16}a", "a"),
        ("☺\ufe00\U000e0100", "☺"),
        ("ᠠ\u180b\u180b", "ᠠ\u180b"),
        ("a\u180b", "a"),
    ],
)
def test_clean_body_keeps_one_selector_where_it_selects_something(selected: str, left: str) -> None:
    assert clean_body(selected) == left


def test_clean_body_keeps_signs_that_are_drawn_though_unicode_calls_them_formats() -> None:
    assert clean_body("\u06dd\u0661") == "\u06dd\u0661"


def test_clean_body_drops_invisible_formats_that_no_rule_names() -> None:
    assert clean_body("a\U00013430b") == "ab"


# --- combining marks --------------------------------------------------------------------------------------------------


def test_clean_body_keeps_no_more_than_so_many_marks_on_a_base() -> None:
    assert clean_body("h" + "\u0316" * 30 + "i") == "h" + "\u0316" * text.MAX_COMBINING + "i"


@pytest.mark.parametrize("between", ["\x00", "\u200b", ZWJ, "\ufe00", "\u200e"])
def test_clean_body_counts_marks_on_when_something_unseen_lies_between(between: str) -> None:
    cleaned = clean_body("क" + ("\u0316" * 3 + between) * 10)

    assert cleaned.count("\u0316") == text.MAX_COMBINING


def test_clean_body_counts_marks_again_when_composing_made_more_of_them() -> None:
    # U+0958 is one character that NFC takes apart, into a letter and a mark.
    assert clean_body("\u0958" + "\u0316" * 8) == "क\u093c" + "\u0316" * 7


@pytest.mark.parametrize("before", ["", "a\n", "a ", "a\t", "a\u00a0"])
def test_clean_body_gives_a_base_to_a_mark_that_has_none(before: str) -> None:
    assert clean_body(f"{before}\u0489x") == f"{before}◌\u0489x"


def test_clean_body_treats_vowel_and_final_jamo_as_marks() -> None:
    assert len(clean_body("\u1112" + "\u1175" * 60)) == text.MAX_COMBINING
    assert clean_body("\u11ab") == "◌\u11ab"
    assert clean_body("\ud7cb") == "◌\ud7cb"


# --- direction --------------------------------------------------------------------------------------------------------


def test_clean_body_drops_overrides() -> None:
    assert clean_body("photo_\u202egpj.exe\u202c \u202dabc\u202c") == "photo_gpj.exe abc"


def test_clean_body_closes_what_a_line_leaves_open() -> None:
    assert clean_body("\u2067a\u202bb\nc") == "\u2067a\u202bb\u202c\u2069\nc"


def test_clean_body_keeps_pairs_and_drops_closers_of_nothing() -> None:
    assert clean_body("\u2067a\u2069b\u2069\u202cc") == "\u2067a\u2069bc"
    assert clean_body("\u2067a\u202c\u2069") == "\u2067a\u2069"


def test_clean_body_keeps_so_many_directions_in_a_line() -> None:
    cleaned = clean_body("a" + "\u2066" * 1000 + "b\n\u200ec")

    assert cleaned == "a" + "\u2066" * 16 + "b" + "\u2069" * 16 + "\n\u200ec"


def test_clean_line_drops_every_direction() -> None:
    assert clean_line("\u202ea\u2067b\u2069\u200e\u200f\u061cc") == "abc"


# --- the short cut ----------------------------------------------------------------------------------------------------


def test_plain_characters_are_kept_by_the_long_way_too() -> None:
    plain = [char for char in every_character() if text._suspect().search(char) is None and char != "\n"]

    assert len(plain) > 30_000
    for char in plain:
        assert unicodedata.normalize("NFC", char) == char
        assert text._Tamer().tame(f"x{char}x") == f"x{char}x"
        assert is_safe(char.replace("\t", ""))


def test_no_two_plain_characters_compose_to_one() -> None:
    composing = []
    for char in every_character():
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            second = chr(int(parts[1], 16))
            if text._suspect().search(second) is None:
                composing.append(f"U+{ord(char):04X}")

    assert not composing
