"""A message as it was sent: its marks stand out, what nobody would see is told, and so is all that is known of it."""

from __future__ import annotations

from chat_core.client.state.model import Unsent
from chat_tui.views.source import Source, seen, source_lines, source_of
from tests.tui.support.states import said


def pieces(body: str, width: int = 60) -> list[list[tuple[str, str]]]:
    lines = source_lines(Source("#dev:1", body, ()), width)
    return [[(span.text, span.role) for span in line.spans] for line in lines]


def test_marks_stand_out_where_they_are() -> None:
    assert pieces("a **b** _c") == [
        [("a ", "text"), ("**", "accent"), ("b", "text"), ("**", "accent"), (" _c", "text")]
    ]
    assert pieces("> said\n- one") == [[(">", "accent"), (" said", "text")], [("-", "accent"), (" one", "text")]]


def test_what_nobody_would_see_is_told_by_its_number() -> None:
    assert seen("pay\u200bpal\t\u202e\u00a0x") == "pay⟨U+200B⟩pal⟨U+0009⟩⟨U+202E⟩⟨U+00A0⟩x"
    assert pieces("a\u200bb") == [[("a", "text"), ("⟨U+200B⟩", "attention"), ("b", "text")]]


def test_source_keeps_its_lines_and_is_broken_where_it_is_too_long() -> None:
    assert ["".join(text for text, _ in line) for line in pieces("one two three\nfour", 8)] == [
        "one two",
        "three",
        "four",
    ]
    assert pieces("") == [[("Its text is gone.", "muted")]]


def test_source_has_all_that_is_known_of_the_message() -> None:
    message = said(17, "12:59", "ann", "@you yes", reply_to=3, edits=2, replies=1, last_reply=0, via="Grafana")
    source = source_of("#dev", message)

    terms = dict(source.pairs)
    assert source.address == "#dev:17"
    assert source.body == "@you yes"
    assert terms["From"] == "ann (account 5)"
    assert (terms["Answers"], terms["Edited"], terms["By way of"]) == ("#dev:3", "2 times", "Grafana")
    assert terms["Names"] == "account 2"
    assert terms["Numbers"].startswith("event 17, ")


def test_source_of_a_message_that_is_not_sent_says_so() -> None:
    source = source_of("#dev", Unsent(cid=b"c" * 16, conversation=1, body="later", ts=0))

    assert source.address == "#dev"
    assert dict(source.pairs)["State"] == "waits for the connection"
