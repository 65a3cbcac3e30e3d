"""Items become lines: what stands in the gutter, on the text's edge, and between messages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest
from msgspec.structs import replace as replace_fields
from rich.cells import cell_len

from chat_core.client.state.model import Notice, Unsent
from chat_core.protocol.reactions import Reaction
from chat_tui.views.columns import columns
from chat_tui.views.drawing import MAX_CHARS, MAX_LINES, Reader, clipped, draw, estimated
from chat_tui.views.emoji_kinds import ALL
from chat_tui.views.items import DayItem, Item, MessageItem, NoticeItem, OlderItem, UnreadItem, UnsentItem, WelcomeItem
from chat_tui.views.lines import Line
from tests.support.hostile import HUGE, PAYLOADS, is_safe
from tests.tui.support.states import ME, ZONE, at, said

NARROW = columns(60, 80, 6)
TINY = columns(39, 40, 6)
READER = Reader(ME.id, ME.name, ZONE, frozenset({"dev"}))


def texts(item: Item, where: Any = NARROW, reader: Reader = READER) -> list[str]:
    return [line.text.rstrip() for line in draw(item, where, reader)]


def message(body: str, *, head: bool = True, who: str = "ann", **more: Any) -> MessageItem:
    made = said(1, "12:53", who, body, **more)
    return MessageItem(made, head, made.ts)


def unsent(status: Literal["queued", "sending", "failed"], *, fresh: bool = False, **more: Any) -> UnsentItem:
    waiting = Unsent(cid=b"c" * 16, conversation=1, body="hi", ts=at("12:53"), status=status, **more)
    return UnsentItem(waiting, True, fresh)


def roles(lines: tuple[Line, ...], text: str) -> list[str]:
    return [span.role for line in lines for span in line.spans if text in span.text]


def test_message_has_time_and_name_in_the_gutter_and_its_text_on_one_edge() -> None:
    assert texts(message("works here\nalso fixed the crash")) == [
        " 12:53     ann  works here",
        "                also fixed the crash",
    ]


def test_message_says_in_words_what_was_put_on_it() -> None:
    reader = replace_fields(READER, bookmarks=frozenset({1}))

    assert texts(message("hi", head=False), reader=reader) == ["                hi (bookmarked)"]
    assert texts(message("hi", head=False, pinned=True, edits=1), reader=reader) == [
        "                hi (edited) (pinned) (bookmarked)"
    ]
    assert "(bookmarked)" not in texts(message("", deleted=True), reader=reader)[0]


def test_message_has_an_empty_gutter_when_it_goes_on() -> None:
    assert texts(message("one more", head=False)) == ["                one more"]


def test_long_lines_hang_on_the_same_edge() -> None:
    lines = texts(message("word " * 20))

    assert len(lines) == 3
    assert {line[:16] for line in lines[1:]} == {" " * 16}


def test_long_name_is_elided() -> None:
    assert texts(message("x", who="christopherus")) == [" 12:53 christ…  x"]


def test_name_stands_above_when_the_terminal_is_tiny() -> None:
    assert texts(message("hello"), TINY) == [" ann  12:53", "   hello"]
    assert texts(message("hello", head=False), TINY) == ["   hello"]


def test_own_name_is_one_s_own_and_others_have_theirs() -> None:
    assert roles(draw(message("x", who="you"), NARROW, READER), "you") == ["own"]
    assert roles(draw(message("x", who="ann"), NARROW, READER), "ann") == ["name-1"]


def test_action_is_marked_in_the_gutter_where_no_text_can_be() -> None:
    assert texts(message("waves at @you", style="action")) == [" 12:53       ·  ann waves at @you"]
    assert texts(message("waves", style="action"), TINY) == [" · ann waves"]
    lines = draw(message("waves at @you", style="action"), NARROW, READER)
    assert roles(lines, "@you") == ["mention"] and roles(lines, "ann") == ["name-1"]


def test_mention_channel_and_link_are_marked_in_a_text() -> None:
    lines = draw(message("@you see #dev and https://example.org"), NARROW, READER)

    assert roles(lines, "@you") == ["mention"]
    assert roles(lines, "#dev") == ["channel"]
    assert [span.link for line in lines for span in line.spans if span.link] == ["https://example.org"]


def test_own_name_in_one_s_own_message_is_no_mention() -> None:
    assert roles(draw(message("I am @you", who="you"), NARROW, READER), "@you") == ["text"]


@pytest.mark.parametrize(
    ("item", "expected", "role"),
    [
        (unsent("queued"), " 12:53     you  hi ◌ queued", "notice"),
        (unsent("sending"), " 12:53     you  hi ◌ sending", "notice"),
        (unsent("sending", fresh=True), " 12:53     you  hi", ""),
        (
            unsent("queued", code="store_full", text="The disk is full."),
            " 12:53     you  hi ◌ queued: The disk is full",
            "notice",
        ),
        (
            unsent("failed", text="No."),
            " 12:53     you  hi ✕ failed: No · /retry or /discard",
            "error",
        ),
        (unsent("failed", code="x"), " 12:53     you  hi ✕ failed: x · /retry or /discard", "error"),
    ],
)
def test_fate_of_an_unsent_message_stands_behind_its_text(item: UnsentItem, expected: str, role: str) -> None:
    lines = draw(item, NARROW, READER)

    assert [line.text.rstrip() for line in lines] == [expected]
    assert not role or roles(lines, expected.split("hi ")[1])[-1] == role


def test_lines_between_messages_fill_the_width() -> None:
    assert texts(DayItem(date(2023, 11, 21), 1, 2023)) == [
        " ─────────────────── Tuesday 21 November ───────────────────"
    ]
    assert texts(UnreadItem(4, "12:55")) == [" ──────────────────── 4 new since 12:55 ────────────────────"]
    assert texts(UnreadItem(4, "")) == [" ────────────────────────── 4 new ──────────────────────────"]
    assert texts(OlderItem(True)) == [" ─────────────── fetching earlier messages… ────────────────"]
    assert {span.role for span in draw(UnreadItem(4, ""), NARROW, READER)[0].spans if span.text.strip()} == {"accent"}


def notices(*parts: tuple[str, tuple[str, ...], str]) -> NoticeItem:
    return NoticeItem(tuple(Notice(after=1, ts=0, kind=kind, names=names, text=text) for kind, names, text in parts))  # type: ignore[arg-type]


def test_notices_are_one_faint_line_with_a_mark_in_the_gutter() -> None:
    told = notices(("joined", ("ann",), ""), ("left", ("bob",), ""))

    assert texts(told) == ["             –  ann joined · bob left"]
    assert texts(told, TINY) == [" – ann joined · bob left"]
    assert roles(draw(told, NARROW, READER), "ann joined") == ["notice"]


def test_notices_tell_the_first_ones_and_count_the_rest_when_there_are_many() -> None:
    told = notices(("joined", ("ann", "carl", "dora"), ""), ("left", ("bob", "emil"), ""))

    assert texts(told) == ["             –  ann joined · carl joined · 3 more"]
    assert texts(told, columns(40, 80, 6)) == ["             –  ann joined · 4 more"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (("topic", ("ann",), "Release"), "ann set the topic: Release"),
        (("topic", ("ann",), ""), "ann cleared the topic"),
        (("renamed", ("ann", "anna"), ""), "ann is now anna"),
        (("reset", (), "The server was restored from a backup."), "The server was restored from a backup."),
        (("joined", (), ""), ""),
    ],
)
def test_notice_is_told_in_words(part: tuple[str, tuple[str, ...], str], expected: str) -> None:
    assert " ".join(line[14:].strip() for line in texts(notices(part))) == expected or not expected


def test_welcome_names_the_conversation_and_the_keys_in_rows_that_fit() -> None:
    hints = ("Enter sends", "Alt+Up/Down switch conversation", "PgUp reads back", "F1 help, Ctrl+Q quits")

    assert texts(WelcomeItem("channel", "#general", hints), columns(79, 80, 6)) == [
        "                #general",
        "                This is the very beginning of #general.",
        "                Enter sends · Alt+Up/Down switch conversation · PgUp reads back",
        "                F1 help, Ctrl+Q quits",
        "",
    ]
    assert "conversation with ann." in texts(WelcomeItem("direct", "@ann", ()))[1]


def test_message_is_clipped_when_it_has_too_many_lines() -> None:
    lines = texts(message("\n".join(f"line {n}" for n in range(100))))

    assert len(lines) == MAX_LINES + 1
    assert lines[-2:] == ["                line 59", "                … +40 lines, v to view"]


def test_message_is_clipped_when_it_has_too_many_characters() -> None:
    lines = texts(message("x" * 5_000))

    assert sum(line.count("x") for line in lines) == MAX_CHARS
    assert lines[-1].strip() == "… +1,000 characters, v to view"


def test_clipped_counts_what_is_missing() -> None:
    assert clipped("\n".join("abc")) == ("a\nb\nc", "")
    shown, words = clipped("x\n" * 61)
    assert (shown.count("\n"), words) == (59, "… +2 lines, v to view")


@pytest.mark.parametrize("name", HUGE)
def test_huge_message_is_drawn_in_a_bounded_number_of_lines(name: str) -> None:
    lines = draw(message(HUGE[name](1_000_000)), NARROW, READER)

    assert len(lines) <= MAX_CHARS // NARROW.text + MAX_LINES + 60


@pytest.mark.parametrize("where", [NARROW, TINY, columns(96, 120, 6)], ids=["narrow", "tiny", "mid"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_text_is_drawn_safely_and_within_its_width(name: str, where: Any) -> None:
    text = PAYLOADS[name]
    items: list[Item] = [
        message(text, who=text[:40]),
        message(text, who=text[:40], style="action"),
        UnsentItem(Unsent(cid=b"c" * 16, conversation=1, body=text, ts=0, status="failed", text=text), True, False),
        notices(
            ("joined", (text, text), ""), ("topic", (text,), text), ("reset", (), text), ("renamed", (text, text), "")
        ),
        WelcomeItem("channel", f"#{text}", ("Enter sends",)),
        WelcomeItem("direct", f"@{text}", ()),
    ]

    for item in items:
        for line in draw(item, where, Reader(2, text, ZONE, frozenset())):
            assert is_safe(line.text) and "\n" not in line.text
            assert not set(line.text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
            assert line.width <= where.width


def test_gutter_is_counted_in_characters_when_names_are_wide() -> None:
    (line,) = draw(message("text", who="中文"), NARROW, READER)

    assert line.text[line.gutter :] == "text"
    assert cell_len(line.text[: line.gutter]) == NARROW.text_at


def test_lines_know_how_they_joined_and_where_they_began() -> None:
    lines = draw(message("one two three four five six seven eight nine ten\nnew " + "x" * 50), NARROW, READER)

    assert [line.joint for line in lines] == ["\n", " ", "\n", " ", ""]
    assert [line.offset for line in lines] == sorted(line.offset for line in lines)


@pytest.mark.parametrize("body", ["short", "word " * 40, "x" * 500, "a\nb\nc", "", "y" * 100_000])
def test_estimate_is_near_what_is_drawn(body: str) -> None:
    drawn = len(draw(message(body), NARROW, READER))

    assert abs(estimated(body, NARROW.text) - drawn) <= max(2, drawn // 3)


def test_edited_message_says_so_behind_its_text() -> None:
    lines = draw(message("works here", edits=2), NARROW, READER)

    assert [line.text for line in lines] == [" 12:53     ann  works here (edited)"]
    assert roles(lines, "(edited)") == ["quiet"]
    assert lines[0].tail == len(" (edited)")
    assert texts(message("waves", style="action", edits=1)) == [" 12:53       ·  ann waves (edited)"]


def test_edited_message_that_is_clipped_says_so_behind_what_is_missing() -> None:
    assert texts(message("x\n" * 100, edits=1))[-1].endswith("lines, v to view (edited)")


def test_deleted_message_has_words_of_ours_in_the_place_of_its_text() -> None:
    item = message("", deleted=True, edits=1)

    assert texts(item) == [" 12:53     ann  message deleted"]
    assert roles(draw(item, NARROW, READER), "message deleted") == ["quiet"]
    assert texts(message("", deleted=True, style="action")) == [" 12:53     ann  message deleted"]
    assert texts(message("", deleted=True, head=False)) == ["                message deleted"]
    assert texts(message("")) == [" 12:53     ann  message deleted"], "its deletion is still to come"


def test_line_is_free_above_each_message_with_a_name_when_it_is_roomy() -> None:
    roomy = replace_fields(READER, roomy=True)
    assert texts(message("hi"), reader=roomy) == ["", *texts(message("hi"))]
    assert texts(unsent("queued"), reader=roomy) == ["", *texts(unsent("queued"))]
    assert texts(message("hi", head=False), reader=roomy) == texts(message("hi", head=False))


def test_emoji_are_drawn_by_name_when_they_are_to_be() -> None:
    (line,) = texts(message("done \U0001f389"), reader=replace_fields(READER, emoji_names=ALL))
    assert line.endswith("done :tada:")
    liked = message("done", reactions=(Reaction(emoji="\U0001f44d", count=3),))
    assert texts(liked, reader=replace_fields(READER, emoji_names=ALL))[-1].split() == [":thumbsup:", "3"]
