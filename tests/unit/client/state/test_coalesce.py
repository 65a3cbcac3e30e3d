"""What a batch says of many changes."""

from __future__ import annotations

from chat_core.client.state.changes import (
    Change,
    Delivered,
    LinkChanged,
    ListChanged,
    LoadingChanged,
    MessageChanged,
    MessagesAppended,
    MessagesPrepended,
    NoticeAdded,
    TimelineReset,
    UnreadChanged,
    UnsentChanged,
)
from chat_core.client.state.coalesce import coalesce
from chat_core.client.state.model import Notice
from tests.unit.client.state.events import message, posted


def appended(*seqs: int, conversation: int = 1, live: bool = True) -> MessagesAppended:
    messages = tuple(message(seq) for seq in seqs)
    return MessagesAppended(conversation=conversation, messages=messages, live=live)


def test_coalesce_leaves_one_change_as_it_is() -> None:
    assert coalesce([LinkChanged()]) == (LinkChanged(),)
    assert coalesce([]) == ()


def test_coalesce_tells_once_what_only_says_where_to_look() -> None:
    unread, unsent = UnreadChanged(conversation=1), UnsentChanged(conversation=1)
    elsewhere = UnreadChanged(conversation=2)

    told = coalesce([unread, LinkChanged(), unsent, unread, elsewhere, LinkChanged(), unsent])

    assert told == (unread, LinkChanged(), unsent, elsewhere)


def test_coalesce_joins_messages_of_one_conversation() -> None:
    told = coalesce([appended(1), appended(7, conversation=2), appended(2, 3)])

    assert told == (appended(1, 2, 3), appended(7, conversation=2))


def test_coalesce_keeps_live_messages_apart_from_those_of_a_catch_up() -> None:
    told = coalesce([appended(1, live=False), appended(2), appended(3)])

    assert told == (appended(1, live=False), appended(2, 3))


def test_coalesce_adds_up_older_messages() -> None:
    told = coalesce([MessagesPrepended(conversation=1, count=50), MessagesPrepended(conversation=1, count=20)])

    assert told == (MessagesPrepended(conversation=1, count=70),)


def test_coalesce_lets_a_reset_stand_for_everything_around_it() -> None:
    changes: list[Change] = [
        appended(1),
        MessagesPrepended(conversation=1, count=3),
        appended(1, conversation=2),
        TimelineReset(conversation=1, reason="epoch"),
        appended(5),
        TimelineReset(conversation=1),
        MessagesPrepended(conversation=1, count=3),
    ]

    assert coalesce(changes) == (appended(1, conversation=2), TimelineReset(conversation=1, reason="epoch"))


def test_coalesce_tells_the_reason_when_it_comes_behind_a_first_page() -> None:
    told = coalesce([TimelineReset(conversation=1), TimelineReset(conversation=1, reason="rewound")])

    assert told == (TimelineReset(conversation=1, reason="rewound"),)


def test_coalesce_keeps_every_event_and_notice() -> None:
    notice = NoticeAdded(conversation=1, notice=Notice(after=1, ts=1, kind="topic"))
    changes: list[Change] = [Delivered(event=posted(1)), notice, Delivered(event=posted(1)), notice]

    assert coalesce(changes) == tuple(changes)


def test_coalesce_joins_changes_of_the_list() -> None:
    told = coalesce([ListChanged(added=(1,)), ListChanged(changed=(1, 2)), ListChanged(removed=(3,), changed=(2,))])

    assert told == (ListChanged(added=(1,), removed=(3,), changed=(2,)),)


def test_coalesce_says_nothing_of_a_conversation_that_came_and_went() -> None:
    assert coalesce([ListChanged(added=(1,)), ListChanged(removed=(1,))]) == ()


def test_coalesce_tells_both_when_a_conversation_went_and_came() -> None:
    told = coalesce([ListChanged(removed=(1,)), LoadingChanged(conversation=1), ListChanged(added=(1,))])

    assert told == (ListChanged(added=(1,), removed=(1,)), LoadingChanged(conversation=1))


def test_coalesce_tells_that_a_conversation_is_gone_behind_what_was_handed_over_of_it() -> None:
    event = Delivered(event=posted(7))
    changes: list[Change] = [ListChanged(changed=(1, 2)), event, ListChanged(removed=(1,)), ListChanged(added=(3,))]

    assert coalesce(changes) == (ListChanged(changed=(1, 2)), event, ListChanged(added=(3,), removed=(1,)))


def test_coalesce_tells_of_a_conversation_that_came_and_went_when_something_was_handed_over_in_between() -> None:
    event = Delivered(event=posted(1))
    changes: list[Change] = [ListChanged(added=(1,)), event, ListChanged(removed=(1,))]

    assert coalesce(changes) == tuple(changes)


def test_coalesce_starts_a_new_word_when_the_list_was_back_where_it_had_been() -> None:
    told = coalesce([ListChanged(added=(1,)), ListChanged(removed=(1,)), ListChanged(changed=(2,))])

    assert told == (ListChanged(changed=(2,)),)


def test_coalesce_tells_once_of_each_message_that_was_changed() -> None:
    one, two, elsewhere = (MessageChanged(conversation=at, seq=seq) for at, seq in ((1, 1), (1, 2), (2, 1)))

    assert coalesce([one, two, elsewhere, one, two]) == (one, two, elsewhere)


def test_coalesce_lets_a_reset_stand_for_changed_messages_around_it() -> None:
    before, after, elsewhere = (MessageChanged(conversation=at, seq=seq) for at, seq in ((1, 1), (1, 2), (2, 1)))
    reset = TimelineReset(conversation=1, reason="epoch")

    assert coalesce([before, elsewhere, reset, after]) == (elsewhere, reset)
