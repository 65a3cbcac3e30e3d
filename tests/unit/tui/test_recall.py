"""The lines that were sent, to be had again."""

from __future__ import annotations

from chat_tui.widgets.recall import Recall


def test_recall_walks_back_and_forth_and_keeps_the_draft() -> None:
    recall = Recall()
    for line in ("one", "two"):
        recall.add(line)

    assert [recall.go(-1, "draft"), recall.go(-1, "two"), recall.go(-1, "one")] == ["two", "one", None]
    assert [recall.go(1, "one"), recall.go(1, "two"), recall.go(1, "draft")] == ["two", "draft", None]


def test_recall_has_no_blank_lines_and_none_twice_in_a_row() -> None:
    recall = Recall()
    for line in ("one", " ", "one", "two"):
        recall.add(line)

    assert [recall.go(-1, ""), recall.go(-1, ""), recall.go(-1, "")] == ["two", "one", None]


def test_recall_forgets_the_oldest_when_there_are_many() -> None:
    recall = Recall()
    for number in range(250):
        recall.add(str(number))

    assert recall.go(-200, "") == "50"
    assert recall.go(-1, "") is None


def test_recall_begins_behind_the_last_line_after_another_was_sent() -> None:
    recall = Recall()
    recall.add("one")
    recall.go(-1, "")
    recall.add("two")

    assert recall.go(-1, "") == "two"


def test_recall_finds_the_newest_line_with_some_letters_and_then_older_ones() -> None:
    recall = Recall()
    for line in ("Apple one", "pear", "apple two", "pear", "apple two"):
        recall.add(line)

    assert recall.find("APPLE") == "apple two"
    assert recall.find("apple", "apple two") == "Apple one"
    assert recall.find("apple", "Apple one") is None
    assert recall.find("plum") is None
