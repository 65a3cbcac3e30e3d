"""Whatever a stranger writes: what we store and draw of it is safe, settled, and no longer than it may be."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.errors import UsageFault
from chat_core.base.names import MAX_ACCOUNT, check_account_name, name_key, parse_target, suggest_account_name
from chat_core.base.text import (
    MAX_BLANK,
    MAX_COMBINING,
    MAX_LINES,
    clean_body,
    clean_line,
    for_terminal,
    line_for_terminal,
)
from tests.support.hostile import PAYLOADS, WEIRD, is_safe

HOSTILE = st.one_of(
    st.text(st.characters()),
    st.text(st.sampled_from(WEIRD)),
    st.lists(st.sampled_from(list(PAYLOADS.values())) | st.text(max_size=3), max_size=6).map("".join),
)


@given(text=HOSTILE)
def test_for_terminal_returns_printable_text_and_newlines_only(text: str) -> None:
    assert is_safe(for_terminal(text))
    assert is_safe(line_for_terminal(text))
    assert "\n" not in line_for_terminal(text)


@given(text=HOSTILE)
def test_for_terminal_of_a_stored_body_changes_nothing_but_tabs(text: str) -> None:
    body = clean_body(text)

    assert for_terminal(body) == body.expandtabs(4)


@given(text=HOSTILE)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (clean_body, clean_line, for_terminal, line_for_terminal):
        assert clean(clean(text)) == clean(text)


@given(text=HOSTILE)
def test_cleaned_text_is_composed(text: str) -> None:
    for clean in (clean_body, clean_line, for_terminal):
        assert unicodedata.is_normalized("NFC", clean(text))


@given(text=st.lists(HOSTILE | st.sampled_from(["", " ", "\u2066x", "\u0301"]), max_size=12), times=st.integers(1, 200))
def test_a_cleaned_body_is_no_flood_and_settled(text: list[str], times: int) -> None:
    body = clean_body("\n".join(text * times))

    assert body.count("\n") < MAX_LINES
    assert "\n" * (MAX_BLANK + 2) not in body
    assert clean_body(body) == body
    assert is_safe(body.replace("\t", ""))


@given(text=HOSTILE)
def test_cleaned_text_can_travel(text: str) -> None:
    assert clean_body(text).encode().decode() == clean_body(text)


@given(text=HOSTILE)
def test_a_cleaned_body_is_at_most_three_times_as_long_in_bytes(text: str) -> None:
    # The server bounds what it receives; that bounds what it stores.
    assert len(clean_body(text).encode()) <= 3 * len(text.encode("utf-8", "surrogatepass"))


@given(text=HOSTILE)
def test_no_letter_carries_more_marks_than_allowed(text: str) -> None:
    run = 0
    for char in clean_body(text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me", "Mc") and char not in "\ufe0e\ufe0f" else 0
        assert run <= MAX_COMBINING


@given(text=HOSTILE)
def test_no_line_begins_with_a_mark_that_would_land_on_the_gutter(text: str) -> None:
    for line in for_terminal(text).split("\n"):
        assert not line or not unicodedata.category(line[0]).startswith("M")


@given(text=HOSTILE)
def test_a_cleaned_line_is_one_line_without_spaces_around(text: str) -> None:
    line = clean_line(text)

    assert line == " ".join(line.split())


@given(before=HOSTILE, after=HOSTILE)
def test_a_line_owes_nothing_to_the_line_before(before: str, after: str) -> None:
    before = before.rstrip("\r")  # which would be one line end together with ours
    assert for_terminal(f"{before}\n{after}") == f"{for_terminal(before)}\n{for_terminal(after)}"


@given(name=HOSTILE)
def test_a_checked_name_is_safe_settled_and_bounded_or_refused_with_a_safe_sentence(name: str) -> None:
    try:
        checked = check_account_name(name)
    except UsageFault as fault:
        assert is_safe(str(fault))
        assert "\n" not in str(fault)
    else:
        assert check_account_name(checked) == checked
        assert clean_line(checked) == checked
        assert 0 < len(checked) <= MAX_ACCOUNT
        assert name_key(name_key(checked)) == name_key(checked)


@given(raw=HOSTILE)
def test_a_suggested_name_is_allowed(raw: str) -> None:
    assert check_account_name(suggest_account_name(raw)) == suggest_account_name(raw)


@given(text=HOSTILE)
def test_parse_target_returns_a_target_that_parses_again_or_says_why_not(text: str) -> None:
    try:
        sigil, name = parse_target(text)
    except UsageFault as fault:
        assert is_safe(str(fault))
    else:
        assert parse_target(sigil + name) == (sigil, name)
