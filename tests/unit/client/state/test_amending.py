"""Edits and deletions in a client's state: once each, whichever way they come."""

from __future__ import annotations

import pytest

from chat_core.client.state.amending import STRAYS, about
from chat_core.client.state.changes import Delivered, MessageChanged, MessagesAppended, MessagesPrepended, UnreadChanged
from chat_core.client.state.inputs import MarkedRead, PageRead
from chat_core.client.state.model import BLOCK, ClientState
from chat_core.protocol.events import ConversationEvent
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.values import Message
from tests.unit.client.state.events import (
    ANN,
    BOB,
    after,
    conversation,
    deleted,
    edited,
    events,
    general,
    message,
    page,
    posted,
    resumed,
    seqs,
    then,
)


def shown(state: ClientState, seq: int) -> tuple[str, int, bool, int]:
    """Return text, number of edits, whether it was deleted, and what was folded in last."""
    found = general(state).timeline.find(seq)
    assert found is not None
    return found.body, found.edits, found.deleted, found.changed


def amended(seq: int, changed: int, body: str = "", *, edits: int = 0, gone: bool = False) -> Message:
    """Return a message as a page shows it."""
    return Message(
        seq=seq,
        changed=changed,
        ts=1000 * seq,
        author=BOB.id,
        name=BOB.name,
        body="" if gone else body,
        edits=edits,
        deleted=gone,
    )


# --- known messages -------------------------------------------------------------------------------------------


def test_edit_replaces_the_text_and_is_told() -> None:
    state = after(resumed(conversation()), events(posted(1), posted(2)))

    state, changes = then(state, events(edited(3, 1, "new")))

    assert shown(state, 1) == ("new", 1, False, 3)
    assert shown(state, 2)[0] == "message 2"
    assert changes == [MessageChanged(conversation=1, seq=1), Delivered(event=edited(3, 1, "new"))]
    assert general(state).position.seq == 3


def test_deletion_empties_the_text_and_is_told() -> None:
    state = after(resumed(conversation()), events(posted(1)), events(edited(2, 1, "new")))

    state, changes = then(state, events(deleted(3, 1)))

    assert shown(state, 1) == ("", 1, True, 3)
    assert changes[0] == MessageChanged(conversation=1, seq=1)


def test_events_of_one_batch_are_folded_in_their_order() -> None:
    batch = events(posted(1), edited(2, 1, "two"), posted(3), edited(4, 3, "four"), edited(5, 1, "five"), deleted(6, 3))

    state, changes = then(after(resumed(conversation())), batch)

    assert (shown(state, 1), shown(state, 3)) == (("five", 2, False, 5), ("", 1, True, 6))
    told = [change for change in changes if not isinstance(change, Delivered | UnreadChanged)]
    assert told[1:] == [MessageChanged(conversation=1, seq=1), MessageChanged(conversation=1, seq=3)]
    assert isinstance(told[0], MessagesAppended)
    assert tuple(change.event for change in changes if isinstance(change, Delivered)) == batch.events


def test_change_that_a_page_has_folded_in_is_not_counted_again() -> None:
    state = after(resumed(conversation(head=4)), page(amended(1, 9, "as of 9", edits=3), head=9, at_start=True))

    state, changes = then(state, events(posted(5), edited(6, 1, "old"), edited(9, 1, "as of 9")))

    assert shown(state, 1) == ("as of 9", 3, False, 9)
    assert not any(isinstance(change, MessageChanged) for change in changes)
    state, _ = then(state, events(edited(10, 1, "newer")))
    assert shown(state, 1) == ("newer", 4, False, 10)


def test_change_copies_no_block_but_that_of_its_message() -> None:
    state = after(resumed(conversation()), events(*map(posted, range(1, 4 * BLOCK + 1))))
    before = general(state).timeline

    state, _ = then(state, events(edited(4 * BLOCK + 1, BLOCK + 1, "new")))

    now = general(state).timeline
    same = [old is new for old, new in zip(before.blocks, now.blocks, strict=True)]
    assert same == [True, False, True, True]
    assert (now.count, seqs(state)) == (before.count, list(range(1, 4 * BLOCK + 1)))


@pytest.mark.parametrize("seq", [1, BLOCK, BLOCK + 1, 2 * BLOCK])
def test_change_finds_its_message_at_the_edge_of_a_block(seq: int) -> None:
    state = after(resumed(conversation()), events(*map(posted, range(1, 2 * BLOCK + 1))))

    state, _ = then(state, events(deleted(2 * BLOCK + 1, seq)))

    assert [each.seq for each in general(state).timeline if each.deleted] == [seq]


# --- what counts ----------------------------------------------------------------------------------------------


def test_edit_makes_nothing_unread_and_what_was_deleted_is_not_unread_any_more() -> None:
    state = after(resumed(conversation()), events(posted(1), posted(2), posted(3)), MarkedRead(conversation=1, seq=1))

    state, changes = then(state, events(edited(4, 1, "new"), edited(5, 2, "new"), deleted(6, 1)))
    assert (general(state).unread, general(state).read) == (2, 1)
    assert not any(isinstance(change, UnreadChanged) for change in changes)

    state, changes = then(state, events(deleted(7, 3)))
    assert (general(state).unread, general(state).read) == (1, 1)
    assert UnreadChanged(conversation=1) in changes


@pytest.mark.parametrize(
    ("first", "change", "mentions"),
    [
        ("hi", edited(2, 1, "hi @ann"), 1),
        ("hi @ann", edited(2, 1, "hello @ann"), 1),
        ("hi @ann", edited(2, 1, "hi"), 0),
        ("hi @ann", deleted(2, 1), 0),
    ],
)
def test_mentions_follow_the_text_of_unread_messages(first: str, change: ConversationEvent, mentions: int) -> None:
    apart = after(resumed(conversation()), events(posted(1, first)), events(change))
    at_once = after(resumed(conversation()), events(posted(1, first), change))
    read = after(resumed(conversation()), events(posted(1, first)), MarkedRead(conversation=1, seq=1), events(change))

    assert (general(apart).mentions, general(at_once).mentions, general(read).mentions) == (mentions, mentions, 0)


def test_own_words_are_no_mention_of_oneself() -> None:
    state = after(resumed(conversation()), events(posted(1), posted(2, "x", ANN), edited(3, 2, "@ann", ANN)))

    assert general(state).mentions == 0


# --- messages that a page brings later --------------------------------------------------------------------------


def test_change_of_an_unknown_message_is_folded_into_a_page_that_was_read_before_it() -> None:
    state = after(resumed(conversation(head=9, read=9)))

    state, changes = then(state, events(edited(10, 5, "new"), edited(11, 6, "x"), deleted(12, 6)))
    assert [type(change) for change in changes] == [Delivered] * 3
    state, changes = then(state, page(message(5), message(6), message(7), head=9))

    assert (shown(state, 5), shown(state, 6)) == (("new", 1, False, 10), ("", 1, True, 12))
    assert shown(state, 7) == ("message 7", 0, False, 7)
    assert general(state).timeline.strays == ()


def test_change_of_an_unknown_message_is_not_counted_again_when_the_page_has_it() -> None:
    state = after(resumed(conversation(head=9, read=9)), events(edited(10, 5, "new"), edited(11, 5, "newer")))

    state, _ = then(state, page(amended(5, 10, "new", edits=1), head=10))

    assert shown(state, 5) == ("newer", 2, False, 11)
    state, _ = then(state, events(edited(12, 5, "newest")))
    assert shown(state, 5) == ("newest", 3, False, 12)


def test_change_of_a_message_that_is_still_unknown_is_kept() -> None:
    state = after(resumed(conversation(head=9, read=9)), events(edited(10, 2, "two"), edited(11, 8, "eight")))

    state, _ = then(state, page(message(8), head=9))
    assert [about(each) for each in general(state).timeline.strays] == [2]
    state, changes = then(state, page(message(2), at_start=True, head=9))

    assert (shown(state, 2)[0], shown(state, 8)[0]) == ("two", "eight")
    assert changes == [MessagesPrepended(conversation=1, count=1)]


def test_page_that_was_read_before_forgotten_changes_is_refused() -> None:
    storm = [edited(10 + number, 1 + number % 9, f"{number}") for number in range(STRAYS + 3)]
    state = after(resumed(conversation(head=9, read=9)), events(*storm))

    assert len(general(state).timeline.strays) == STRAYS
    assert then(state, page(message(9), head=11)) == (state, [])
    state, _ = then(state, page(message(9), head=12))
    assert seqs(state) == [9]


def test_nothing_is_kept_for_a_timeline_that_has_everything() -> None:
    state = after(resumed(conversation()), events(posted(1), edited(2, 99, "of nothing")))

    assert general(state).timeline.strays == ()


def test_client_that_keeps_few_messages_takes_changes_of_forgotten_ones() -> None:
    many = [posted(seq) for seq in range(1, 3 * BLOCK + 1)]
    state = after(resumed(conversation()), events(*many, keep=BLOCK), events(edited(3 * BLOCK + 1, 1, "x"), keep=BLOCK))

    assert general(state).timeline.find(1) is None
    assert general(state).position.seq == 3 * BLOCK + 1


def test_page_of_a_deleted_message_is_taken_as_it_is() -> None:
    read = Page(conversation=1, messages=(amended(1, 3, gone=True),), head=3, at_start=True, at_end=True)

    state = after(resumed(conversation(head=3, read=3)), PageRead(page=read))

    assert shown(state, 1) == ("", 0, True, 3)
