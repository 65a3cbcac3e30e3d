"""Hits as lines: what is seen of a message, safely."""

from __future__ import annotations

from datetime import UTC

import pytest

from chat_core.protocol.values import Message, SearchHit
from chat_tui.views.found import hit_lines, snippet, title_line
from tests.support.hostile import PAYLOADS, is_safe


def hit(body: str, *spans: tuple[int, int]) -> SearchHit:
    message = Message(seq=7, changed=7, ts=1_700_000_000_000, author=3, name="ann", body=body)
    return SearchHit(conversation=1, target="#ops", message=message, spans=spans)


def shown(body: str, *spans: tuple[int, int], cells: int = 40) -> str:
    return "".join(f"[{span.text}]" if span.role == "mention" else span.text for span in snippet(body, spans, cells))


def test_hit_tells_where_who_and_when_and_what() -> None:
    head, text = hit_lines(hit("the disk is full", (4, 8)), 60, chosen=False, me=None, zone=UTC)

    assert head.text == "  #ops  ann" + " " * 32 + "2023-11-14 22:13 "
    assert text.text == "  the disk is full"
    assert [span.text for span in text.spans if span.role == "mention"] == ["disk"]


def test_hit_of_somebody_whom_one_ignores_tells_no_words() -> None:
    head, text = hit_lines(hit("the disk is full", (4, 8)), 60, chosen=False, me=None, zone=UTC, ignored={3})

    assert head.text.startswith("  #ops  ann ")
    assert text.text == "  a message of ann, whom you ignore"


def test_chosen_hit_is_marked_and_moves_no_text() -> None:
    plain = hit_lines(hit("text"), 60, chosen=False, me=None, zone=UTC)
    chosen = hit_lines(hit("text"), 60, chosen=True, me=None, zone=UTC)

    assert all(line.text.startswith("▌ ") and line.ground == "surface" for line in chosen)
    assert [line.text[2:] for line in chosen] == [line.text[2:] for line in plain]


@pytest.mark.parametrize(
    ("body", "spans", "expected"),
    [
        ("a b", [], "a b"),
        ("a b c", [(2, 3)], "a [b] c"),
        ("one\ntwo", [(4, 7)], "one⏎[two]"),
        ("see one:\n```python\ndef two():\n```\n~~~\nx", [(4, 7)], "see [one]:⏎def two():⏎x"),
        ("a ``` b ~~~", [(0, 1)], "[a] ``` b ~~~"),
        ("x" * 50 + " far away", [(51, 54)], "…[far] away"),
        ("some words here " * 5 + "and the disk", [(88, 92)], "…and the [disk]"),
        ("disk", [(0, 4), (90, 95)], "[disk]"),
    ],
)
def test_snippet_has_the_first_span_in_it(body: str, spans: list[tuple[int, int]], expected: str) -> None:
    assert shown(body, *spans) == expected


def test_hit_without_spans_is_drawn_like_all_that_is_one_line() -> None:
    assert shown("the end: ||he dies||, *really*") == "the end: ▒▒▒▒▒▒▒, really"
    assert "he dies" not in shown("the end: ||he dies||", (0, 3))


@pytest.mark.parametrize("name", PAYLOADS)
def test_hit_is_safe_to_draw_whatever_was_written(name: str) -> None:
    body = PAYLOADS[name]
    middle = len(body) // 2
    lines = hit_lines(hit(body, (0, middle), (middle, len(body))), 50, chosen=True, me=3, zone=UTC)

    for line in (*lines, title_line(body, "1 found", 50)):
        assert line.width <= 50
        assert is_safe(line.text) and "\n" not in line.text
