"""Which message of a timeline is pointed at, and which one comes next."""

from __future__ import annotations

from chat_core.protocol.values import Message
from chat_tui.views.history import History
from chat_tui.views.items import MessageItem
from chat_tui.views.pointing import has_words, index_of, is_message, message_of, names_me, nearest
from tests.tui.support.states import ME, ZONE, at, conversation, said

HISTORY = History(
    conversation(
        1,
        "dev",
        [
            said(1, "12:00", "ann", "Apple pie", day=20),
            said(2, "12:01", "bob", "@you look"),
            said(3, "12:02", "you", "apple juice, @you"),
            said(4, "12:03", "ann", "pear"),
        ],
        at_start=True,
    ),
    me=ME.id,
    zone=ZONE,
    now_ms=at("13:00"),
)
ITEMS = HISTORY.view.items


def seqs(test: object) -> list[int]:
    found, index = [], nearest(ITEMS, len(ITEMS), -1, test)  # type: ignore[arg-type]
    while index is not None:
        message = message_of(ITEMS[index])
        found.append(getattr(message, "seq", 0))
        index = nearest(ITEMS, index, -1, test)  # type: ignore[arg-type]
    return found


def test_nearest_passes_over_what_is_no_message() -> None:
    assert len(ITEMS) > 4
    assert seqs(is_message) == [4, 3, 2, 1]
    assert nearest(ITEMS, len(ITEMS) - 1, 1, is_message) is None


def test_mentions_of_oneself_are_those_of_others() -> None:
    assert seqs(names_me(ME)) == [2]
    assert seqs(names_me(None)) == []
    bob = next(each.author for each in map(message_of, ITEMS) if isinstance(each, Message) and each.name == "bob")
    assert seqs(names_me(ME, "pear", {bob})) == [4], "what is folded away is no mention"


def test_words_are_found_in_any_case_and_order_and_in_names() -> None:
    assert seqs(has_words("APPLE")) == [3, 1]
    assert seqs(has_words("pie apple")) == [1]
    assert seqs(has_words("ann pear")) == [4]
    assert seqs(has_words(" ")) == []


def test_index_of_finds_an_item_again() -> None:
    index = index_of(ITEMS, 3)
    assert index is not None
    item = ITEMS[index]
    assert isinstance(item, MessageItem) and item.message.seq == 3
    assert index_of(ITEMS, 99) is None
