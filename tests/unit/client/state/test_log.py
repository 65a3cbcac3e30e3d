"""Conversation events: messages, topics, who has stopped typing."""

from __future__ import annotations

from chat_core.client.state import inputs
from chat_core.client.state.changes import (
    Delivered,
    ListChanged,
    MessagesAppended,
    NoticeAdded,
    TypingChanged,
    UnreadChanged,
)
from chat_core.client.state.model import BLOCK, Notice
from chat_core.client.state.notices import NOTICES
from chat_core.protocol.events import Typing, UnknownConversationEvent
from chat_core.protocol.values import Position
from tests.unit.client.state.events import (
    BOB,
    EVE,
    after,
    conversation,
    eid,
    events,
    general,
    message,
    posted,
    resumed,
    seqs,
    then,
    topic,
)


def test_events_append_messages_and_move_the_position() -> None:
    state = after(resumed(conversation(head=5, read=5)))

    state, changes = then(state, events(posted(6), posted(7)))

    assert general(state).timeline.newest(9) == (message(6), message(7))
    assert general(state).position == Position(conversation=1, seq=7, eid=eid(7))
    assert changes == [
        MessagesAppended(conversation=1, messages=(message(6), message(7))),
        UnreadChanged(conversation=1),
        Delivered(event=posted(6)),
        Delivered(event=posted(7)),
    ]


def test_events_of_a_catch_up_are_told_as_such() -> None:
    _, changes = then(after(resumed(conversation())), events(posted(1), live=False))

    assert changes[0] == MessagesAppended(conversation=1, messages=(message(1),), live=False)


def test_events_of_an_unknown_conversation_change_nothing() -> None:
    state = after(resumed(conversation()))

    assert then(state, events(posted(1, conversation=9))) == (state, [])


def test_event_of_a_newer_server_is_counted_and_handed_over() -> None:
    event = UnknownConversationEvent(conversation=1, seq=1, eid=eid(1), ts=1, author=2, name="bob")

    state, changes = then(after(resumed(conversation())), events(event))

    assert general(state).position.seq == 1
    assert (seqs(state), changes) == ([], [Delivered(event=event)])


def test_topic_is_shown_as_a_line_and_in_the_list() -> None:
    state = after(resumed(conversation(subject="old")))

    state, changes = then(state, events(posted(1), topic(2, "new")))

    notice = Notice(after=2, ts=2000, kind="topic", names=("bob",), text="new")
    assert general(state).info.topic == "new"
    assert general(state).notices == (notice,)
    assert changes[2:4] == [NoticeAdded(conversation=1, notice=notice), ListChanged(changed=(1,))]


def test_old_topic_does_not_replace_the_newest_when_catching_up() -> None:
    state = after(resumed(conversation(head=0)))
    state, _ = then(state, resumed(conversation(head=2, subject="newest")))

    state, changes = then(state, events(topic(1, "older"), live=False))

    assert general(state).info.topic == "newest"
    assert [notice.text for notice in general(state).notices] == ["older"]
    assert not any(isinstance(change, ListChanged) for change in changes)


def test_oldest_lines_go_when_there_are_too_many() -> None:
    state = after(resumed(conversation()))

    state, _ = then(state, events(*(topic(seq, f"topic {seq}") for seq in range(1, NOTICES + 3))))

    texts = [notice.text for notice in general(state).notices]
    assert (len(texts), texts[0], texts[-1]) == (NOTICES, "topic 3", f"topic {NOTICES + 2}")


def test_author_stops_typing_when_the_message_is_there() -> None:
    typing = [Typing(conversation=1, account=who.id, name=who.name) for who in (BOB, EVE)]
    state = after(resumed(conversation()), *(inputs.SignalArrived(event=event, now=1.0, wall_ms=1) for event in typing))

    state, changes = then(state, events(posted(1, author=BOB)))
    assert [typist.name for typist in general(state).typing] == ["eve"]
    assert TypingChanged(conversation=1) in changes

    _, changes = then(state, events(posted(2, author=BOB)))
    assert TypingChanged(conversation=1) not in changes


def test_client_that_shows_nothing_keeps_only_the_newest_messages() -> None:
    state = after(resumed(conversation()))

    for start in range(1, 5 * BLOCK, 50):
        state, _ = then(state, events(*(posted(seq) for seq in range(start, start + 50)), keep=BLOCK))

    assert BLOCK <= general(state).timeline.count < 3 * BLOCK
    assert general(state).timeline.last_seq == general(state).position.seq
