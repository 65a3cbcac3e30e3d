"""The whole reducer: every input has its step, a page and events agree, and a long history comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state import inputs, reducer
from chat_core.client.state.changes import (
    LinkChanged,
    ListChanged,
    LoadingChanged,
    MessagesPrepended,
    TimelineReset,
    UnsentChanged,
)
from chat_core.client.state.model import ClientState, LinkState, LinkStatus, Unsent
from chat_core.client.state.timeline import message_of
from chat_core.protocol.events import AccountEvent, ConversationEvent, MessagePosted, Signal, TopicChanged
from chat_core.protocol.requests.messages import Page
from tests.unit.client.state.events import (
    ANN,
    BOB,
    EVE,
    after,
    conversation,
    events,
    general,
    message,
    page,
    posted,
    resumed,
    seqs,
    then,
    topic,
)


def test_reducer_has_a_step_for_every_kind_of_input() -> None:
    assert set(reducer._STEPS) == set(inputs.Input.__subclasses__())


def test_link_is_told_when_it_moves() -> None:
    link = LinkState(status=LinkStatus.CONNECTING)

    state, changes = then(after(), inputs.LinkMoved(link=link))

    assert (state.link, changes) == (link, [LinkChanged()])
    assert then(state, inputs.LinkMoved(link=link)) == (state, [])


def test_sign_in_says_who_one_is() -> None:
    state, changes = then(ClientState(), inputs.SignedInAs(me=ANN, server="chat 1"))

    assert (state.me, state.server, changes) == (ANN, "chat 1", [LinkChanged()])
    assert then(state, inputs.SignedInAs(me=ANN, server="chat 1")) == (state, [])
    newer, changes = then(state, inputs.SignedInAs(me=ANN, server="chat 2"))
    assert (newer.server, changes) == ("chat 2", [LinkChanged()])


def test_sign_in_as_another_account_keeps_nothing_of_the_old_one() -> None:
    state = after(resumed(conversation(), seq=8))

    state, changes = then(state, inputs.SignedInAs(me=EVE, server="x"))

    assert state == ClientState(me=EVE, server="x")
    assert changes == [LinkChanged(), ListChanged(removed=(1,))]
    assert then(after(), inputs.SignedInAs(me=EVE, server="x"))[1] == [LinkChanged()]


def test_epoch_is_known_without_a_resume() -> None:
    state, changes = then(after(), inputs.EpochBegan(epoch="two"))

    assert (state.epoch, changes) == ("two", [])
    assert then(state, inputs.EpochBegan(epoch="two"))[0] is state


@pytest.mark.parametrize("kind", [AccountEvent, Signal])
def test_event_of_a_newer_server_is_only_handed_over(kind: type[AccountEvent | Signal]) -> None:
    state = after(resumed(conversation()))

    if issubclass(kind, AccountEvent):
        newer, changes = then(state, inputs.AccountEventArrived(event=kind(seq=1)))
        assert newer.account_seq == 1
    else:
        newer, changes = then(state, inputs.SignalArrived(event=kind(), now=1.0, wall_ms=1))
        assert newer == state
    assert len(changes) == 1


def test_loading_is_told_when_it_begins_and_ends() -> None:
    state = after(resumed(conversation()))

    state, changes = then(state, inputs.LoadingMoved(conversation=1, loading=True))

    assert (general(state).loading, changes) == (True, [LoadingChanged(conversation=1)])
    assert then(state, inputs.LoadingMoved(conversation=1, loading=True)) == (state, [])
    assert then(state, inputs.LoadingMoved(conversation=9, loading=True)) == (state, [])


def test_unsent_messages_are_shown_in_their_conversation() -> None:
    unsent = (Unsent(cid=bytes(16), conversation=1, body="x", ts=1),)
    state, changes = then(after(resumed(conversation())), inputs.UnsentMoved(conversation=1, unsent=unsent))

    assert (general(state).unsent, changes) == (unsent, [UnsentChanged(conversation=1)])
    assert then(state, inputs.UnsentMoved(conversation=1, unsent=unsent)) == (state, [])
    assert then(state, inputs.UnsentMoved(conversation=9, unsent=unsent)) == (state, [])


def test_first_page_replaces_an_empty_timeline_and_later_ones_are_put_before() -> None:
    state = after(resumed(conversation(head=9, read=9)))

    state, changes = then(state, page(message(8), message(9)))
    assert changes == [TimelineReset(conversation=1)]

    state, changes = then(state, page(message(5), message(6), at_start=True))
    assert changes == [MessagesPrepended(conversation=1, count=2)]
    assert seqs(state) == [5, 6, 8, 9]

    assert then(state, page(message(1), at_start=True))[1] == [], "nothing lies before the start"


def test_page_of_nothing_says_that_the_start_is_reached() -> None:
    state = after(resumed(conversation(head=9)), events(posted(10)))

    state, changes = then(state, page(at_start=True))

    assert changes == [MessagesPrepended(conversation=1, count=0)]
    assert general(state).timeline.at_start


def test_page_of_an_unknown_conversation_changes_nothing() -> None:
    state = after()

    assert then(state, page(message(1))) == (state, [])


# --- a page and the events behind it never count twice (docs/protocol.md, "History") ------------------------------


@st.composite
def logs(draw: st.DrawFn) -> list[ConversationEvent]:
    """Draw a log of messages and topics by three people."""
    kinds = draw(st.lists(st.tuples(st.sampled_from("mmmt"), st.sampled_from((ANN, BOB, EVE))), max_size=40))
    return [
        topic(seq, f"topic {seq}", author)
        if kind == "t"
        else posted(seq, f"@ann {seq}" if seq % 3 == 0 else f"text {seq}", author)
        for seq, (kind, author) in enumerate(kinds, 1)
    ]


def as_page(log: list[ConversationEvent], before: int, limit: int) -> Page:
    messages = [message_of(event) for event in log if isinstance(event, MessagePosted) and event.seq < before]
    return Page(
        conversation=1,
        messages=tuple(messages[-limit:]),
        head=len(log),
        at_start=len(messages) <= limit,
        at_end=False,
    )


def seen_by_ann(log: list[ConversationEvent], head: int, read: int) -> tuple[int, int]:
    """Return read marker and unread count after a log, counted as the server does."""
    for event in log[head:]:
        others = [
            each for each in log[read : event.seq - 1] if isinstance(each, MessagePosted) and each.author != ANN.id
        ]
        if isinstance(event, MessagePosted) and event.author == ANN.id and not others:
            read = event.seq
    unread = [each for each in log[read:] if isinstance(each, MessagePosted) and each.author != ANN.id]
    return read, len(unread)


@given(logs(), st.data())
def test_state_is_the_same_whether_it_came_as_events_or_as_a_page_and_later_events(
    log: list[ConversationEvent], data: st.DataObject
) -> None:
    joined = data.draw(st.integers(0, len(log)), "head when the list came")
    paged = data.draw(st.integers(joined, len(log)), "position when the pages came")
    limit = data.draw(st.integers(1, 10), "page size")
    read = data.draw(st.integers(0, joined), "read marker")
    _, unread = seen_by_ann(log, len(log), read) if joined == len(log) else seen_by_ann(log[:joined], joined, read)
    subject = next((event.topic for event in reversed(log[:joined]) if isinstance(event, TopicChanged)), "")

    by_events = after(resumed(conversation()))
    for event in log:
        by_events, _ = then(by_events, events(event))

    info = conversation(head=joined, read=read, unread=unread, subject=subject)
    by_pages = after(resumed(info))
    for event in log[joined:paged]:
        by_pages, _ = then(by_pages, events(event))
    while not general(by_pages).timeline.at_start:
        known_from = general(by_pages).timeline.known_from
        by_pages, _ = then(by_pages, inputs.PageRead(page=as_page(log, known_from, limit)))
    if log[paged:]:
        by_pages, _ = then(by_pages, events(*log[paged:]))

    mine, theirs = general(by_pages), general(by_events)
    assert list(mine.timeline) == list(theirs.timeline)
    assert mine.position == theirs.position
    assert mine.info.topic == theirs.info.topic
    assert (mine.read, mine.unread) == seen_by_ann(log, joined, read)
    behind = [each for each in mine.timeline if each.seq > mine.read and each.author != ANN.id and not each.deleted]
    assert mine.unread == len(behind)
    assert mine.mentions == sum("@ann" in each.body for each in behind)


# --- size (how long it takes, `python -m tests.bench.client` says) ---------------------------------------------------

HISTORY = 50_000


def test_fifty_thousand_messages_of_history_come_in_by_pages() -> None:
    newest = HISTORY
    everything = [message(seq, f"message {seq} by somebody, of a usual length", BOB) for seq in range(1, newest + 1)]
    pages = [page(*everything[start : start + 200], at_start=start == 0) for start in range(newest - 200, -1, -200)]
    state = after(resumed(conversation(head=newest, read=newest)))

    for each in pages:
        state, _ = reducer.apply(state, each)

    assert general(state).timeline.count == newest
    assert general(state).timeline.at_start


def test_live_message_copies_no_more_than_the_newest_block_however_long_the_timeline_is() -> None:
    state = after(resumed(conversation()))
    state, _ = then(state, events(*(posted(seq) for seq in range(1, 5001))))
    before = general(state).timeline.blocks

    state, _ = then(state, events(posted(5001)))

    now = general(state).timeline.blocks
    assert len(now) > 10
    assert all(old is new for old, new in zip(before[:-1], now, strict=False))
