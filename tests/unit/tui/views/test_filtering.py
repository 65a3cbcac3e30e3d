"""What filters hide, and that what they hide is neither lost nor looked at twice."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from chat_core.client.state.model import ConversationState, Notice
from chat_tui import filter_rules
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import Place
from chat_tui.views.filtered import Filtered
from chat_tui.views.filtering import Hiding, hiding, in_words, note
from tests.tui.support.states import ME, at, conversation, said, timeline

BOT = Filter("from", "Ann", "#dev")
MESSAGES = [
    said(1, "12:00", "ann", "build passed"),
    said(2, "12:01", "joe", "thanks"),
    said(3, "12:02", "ann", "@you your build passed"),
    said(4, "12:03", "you", "build passed indeed"),
    said(5, "12:04", "joe", "Build PASSED again"),
    said(6, "12:05", "ann", "deploy done"),
]
JOINED = Notice(after=2, ts=at("12:01"), kind="joined", names=("bob",))
TOPIC = Notice(after=4, ts=at("12:03"), kind="topic", names=("ann",), text="x")
DEV = replace(conversation(1, "dev"), timeline=timeline(MESSAGES, at_start=True), notices=(JOINED, TOPIC))


def of(*filters: Filter, target: str = "#dev", words: str = "") -> Hiding | None:
    return hiding(filters, Place(target), ME, words)


def seen(seen_through: ConversationState) -> list[int]:
    return [message.seq for message in seen_through.timeline]


def test_filters_hide_an_author_a_text_and_comings_but_never_what_names_one_or_is_ones_own() -> None:
    author, text, joins = of(BOT), of(Filter("text", "BUILD passed")), of(Filter("joins"))
    assert author is not None and text is not None and joins is not None

    assert [each.seq for each in MESSAGES if author.hides(each)] == [1, 6]
    assert [each.seq for each in MESSAGES if text.hides(each)] == [1, 5]
    assert not any(joins.hides(each) for each in MESSAGES)
    assert joins.hides_notice(JOINED) and not joins.hides_notice(TOPIC)


def test_filter_never_hides_what_has_a_highlight_word() -> None:
    hidden = of(BOT, words="deploy")
    assert hidden is not None
    assert [each.seq for each in MESSAGES if hidden.hides(each)] == [1]


def test_filter_holds_in_its_conversation_or_everywhere() -> None:
    assert of(BOT, target="#ops") is None
    assert of(replace(BOT, where=""), target="#ops") is not None
    assert of(BOT, target="#DEV") is not None
    assert of() is None


def test_conversation_is_seen_without_what_is_hidden_and_says_how_much_that_is() -> None:
    filtered = Filtered()
    shown = filtered.of(DEV, of(BOT, Filter("joins")), on=True)

    assert seen(shown) == [2, 3, 4, 5]
    assert shown.timeline.count == 4
    assert shown.notices == (TOPIC,)
    assert (filtered.hidden, filtered.last_seq) == (3, 6)

    assert filtered.of(DEV, of(BOT, Filter("joins")), on=False) is DEV
    assert filtered.hidden == 3
    assert filtered.of(DEV, None, on=True) is DEV
    assert filtered.hidden == 0


def test_conversation_is_the_very_same_when_nothing_of_it_is_hidden() -> None:
    assert Filtered().of(DEV, of(Filter("from", "nobody")), on=True) is DEV


def test_line_above_the_composer_says_what_is_hidden_and_how_it_is_seen() -> None:
    assert note(0, on=True, key="Alt+=") == ""
    assert note(1, on=True, key="Alt+=") == "1 line hidden · Alt+="
    assert note(1200, on=False, key="—") == "1,200 lines shown that filters hide"


def test_filters_are_told_in_words() -> None:
    assert in_words(BOT) == "what @Ann says in #dev"
    assert in_words(Filter("joins")) == "comings and goings everywhere"
    assert in_words(Filter("text", "build\x1b passed", "#dev")) == "messages with “build␛ passed” in #dev"


def test_filters_are_kept_in_a_file_and_none_are_there_when_it_is_broken(tmp_path: Path) -> None:
    filter_rules.save(tmp_path, [], [BOT, Filter("joins")])
    assert filter_rules.load(tmp_path) == (BOT, Filter("joins"))

    (tmp_path / "filters.json").write_text("{")
    assert filter_rules.load(tmp_path) == ()


def test_filters_of_two_windows_stand_beside_each_other(tmp_path: Path) -> None:
    noise = Filter("text", "noise")
    filter_rules.save(tmp_path, [], [BOT])

    assert filter_rules.save(tmp_path, [], [noise]) == (BOT, noise), "the other window knew of none"
    assert filter_rules.save(tmp_path, [BOT], []) == (noise,)
    assert filter_rules.load(tmp_path) == (noise,)
