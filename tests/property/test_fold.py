"""A page and the events behind it make the messages that a fresh page shows: the real store, the client's reducer.

Every way is tried of how a page and pushes can follow each other, also the page that was read before a push and comes
after it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.client.state import inputs
from chat_core.client.state.model import ClientState
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import AccountEvent, ConversationEvent
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.requests.threads import ThreadPage
from chat_core.protocol.values import Account, Conversation, FileInfo, Message, ThreadSummary
from chat_core.server.store.base import Committed, Op, Refused
from chat_core.server.store.bounds import EVERYTHING
from chat_core.server.store.conversations import JoinChannel, SetChannelTopic
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore
from tests.support.examples import examples

WHERE = ConversationId(3)
"""A channel of its own, of which ann is an operator."""
ANN, BOB = AccountId(1), AccountId(2)

EMOJI = {"one": "👍", "two": "🎉", "hello @ann": "❤️", "three\nlines": "👍"}

FILES = (
    FileInfo(name="report.pdf", size=1_000, type="application/pdf", sha256=b"r" * 32),
    FileInfo(name="two", size=0, type="text/plain", sha256=b"2" * 32),
)

Step = tuple[str, AccountId, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("post", "post", "edit", "edit", "delete", "topic", "reply", "reply", "also"),
                *("react", "react", "unreact", "pin", "unpin"),
                *("file", "keep", "keep", "unkeep"),
            ]
        ),
        st.sampled_from([ANN, BOB]),
        st.integers(1, 12),
        st.sampled_from(["one", "two", "hello @ann", "three\nlines"]),
    ),
    min_size=1,
    max_size=24,
)


class Told(NamedTuple):
    """What a store said while it was written to."""

    pushed: list[ConversationEvent]
    """As they were handed out."""
    kept: list[ConversationEvent]
    """As the log has them at the end."""
    pages: list[tuple[Message, ...]]
    """All messages as of each seq, from 0 on."""
    counts: list[tuple[int, int, int]]
    """As of each seq, from 0 on: how far ann has read, what is unread by her, and what of it mentions her."""
    bookmarks: list[tuple[int, frozenset[int], frozenset[int]]]
    """After each change of bookmarks: whose, which messages they are at, and at which by the events so far."""
    bookmarks_kept: dict[int, frozenset[int]]
    """At the end, by the log of each account."""


def op_of(step: Step, cids: Iterator[int]) -> Op:
    kind, who, seq, text = step
    match kind:
        case "post":
            return AppendMessage(who, WHERE, Cid(next(cids).to_bytes(16, "big")), None, text, text, "text", None, 1)
        case "reply" | "also":
            cid = Cid(next(cids).to_bytes(16, "big"))
            return AppendMessage(
                who, WHERE, cid, None, text, text, "text", None, 5, thread=seq, in_channel=kind == "also"
            )
        case "file":
            cid = Cid(next(cids).to_bytes(16, "big"))
            return AppendMessage(who, WHERE, cid, None, text, text, "text", None, 5, file=FILES[seq % 2])
        case "keep" | "unkeep":
            return SetBookmark(who, WHERE, seq, kind == "keep", 7)
        case "edit":
            return EditMessage(who, WHERE, seq, text, 2)
        case "delete":
            return DeleteMessage(who, WHERE, seq, 3)
        case "react" | "unreact":
            return ReactTo(who, WHERE, seq, EMOJI[text], kind == "react", 5)
        case "pin" | "unpin":
            return PinMessage(ANN, WHERE, seq, kind == "pin", 6)
        case _:
            return SetChannelTopic(who, WHERE, f"{text} {seq}", 4)


async def told(steps: Sequence[Step]) -> Told:
    """Write to a real store, and look at it after each event."""
    commits: list[Committed] = []
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "chat.db", clock=SystemClock(), readers=1)
        await store.open(commits.extend)
        try:
            for name in ("ann", "bob"):
                await store.write(SignInByName(name, 1))
            for account in (ANN, BOB):
                await store.write(JoinChannel(account, "room", True, 1))
            cids = count(1)
            pages: list[tuple[Message, ...]] = [()]
            counts = [(0, 0, 0)]
            bookmarks: list[tuple[int, frozenset[int], frozenset[int]]] = []
            for step in steps:
                try:
                    await store.write(op_of(step, cids))
                except Refused:
                    continue
                if step[0] in ("keep", "unkeep"):
                    events = [event for commit in commits for who, event in commit.account_events if who == step[1]]
                    bookmarks.append((step[1], await bookmarks_of(store, step[1]), bookmarked(events)))
                if commits[-1].events:
                    page = await store.read(lambda reader: reader.history(WHERE, "latest", 0, 200, EVERYTHING, ANN))
                    pages.append(tuple(page.messages))
                    listed = await store.read(lambda reader: reader.conversation(ANN, WHERE))
                    counts.append((listed.read, listed.unread, listed.mentions))
            kept = await store.read(lambda reader: reader.events(WHERE, 0, 2**32, 200))
            logs = await store.read(lambda reader: {who: reader.account_events(who, 0) for who in (ANN, BOB)})
        finally:
            await store.close()
    pushed = [event for commit in commits for event in commit.events]
    kept_by = {int(who): bookmarked(events) for who, events in logs.items()}
    return Told(pushed, list(kept), pages, counts, bookmarks, kept_by)


async def bookmarks_of(store: SqliteStore, account: AccountId) -> frozenset[int]:
    """Return the messages at which an account has a bookmark, fetched fresh."""
    listed, _ = await store.read(lambda reader: reader.bookmarks(account, None, 200))
    told = await store.read(lambda reader: reader.bookmarked_seqs(account))
    found = {each.conversation: each.messages for each in told}.get(WHERE, ())
    assert sorted(each.message.seq for each in listed) == list(found)
    return frozenset(found)


def bookmarked(events: Sequence[AccountEvent]) -> frozenset[int]:
    """Return the messages at which there is a bookmark, as a client has them after the events of its account."""
    state = ClientState()
    for event in events:
        state = apply(state, inputs.AccountEventArrived(event=event))[0]
    return state.bookmarks.get(WHERE, frozenset())


def joined(head: int) -> ClientState:
    """Return the state of somebody who follows from a head on, and knows nothing before it."""
    info = Conversation(id=WHERE, kind="channel", name="general", head=head, read=head)
    resumed = Resumed(epoch="one", seq=0, conversations=(info,), catch_ups=())
    return apply(ClientState(me=Account(id=ANN, name="ann")), inputs.WasResumed(resumed=resumed))[0]


def with_events(state: ClientState, events: Sequence[ConversationEvent]) -> ClientState:
    if not events:
        return state
    return apply(state, inputs.EventsArrived(conversation=WHERE, events=tuple(events), live=True))[0]


def with_page(state: ClientState, told: Told, head: int) -> ClientState:
    """Return the state with everything before what it knows, as a page showed it when the log stood at `head`."""
    known_from = state.conversations[WHERE].timeline.known_from
    messages = tuple(message for message in told.pages[head] if message.seq < known_from)
    page = Page(conversation=WHERE, messages=messages, head=head, at_start=True, at_end=False)
    return apply(state, inputs.PageRead(page=page))[0]


def with_thread(state: ClientState, said: Told, root: int, head: int) -> ClientState:
    """Return the state with a thread opened, as a page showed it when the log stood at `head`."""
    hung_on, inside = thread_at(said, root, head)
    summary = ThreadSummary(conversation=WHERE, root=hung_on)
    page = ThreadPage(thread=summary, messages=inside, head=head, at_start=True, at_end=True)
    return apply(state, inputs.ThreadRead(page=page))[0]


def thread_at(said: Told, root: int, head: int) -> tuple[Message, tuple[Message, ...]]:
    """Return what a thread hangs on and what is in it, when the log stood at `head`."""
    everything = said.pages[head]
    hung_on = next(message for message in everything if message.seq == root)
    return hung_on, tuple(message for message in everything if message.thread == root)


def shown(state: ClientState) -> tuple[Message, ...]:
    return tuple(state.conversations[WHERE].timeline)


@given(steps=STEPS, data=st.data())
@settings(max_examples=examples(25))
def test_messages_are_the_same_whichever_way_they_came(steps: list[Step], data: st.DataObject) -> None:
    said = asyncio.run(told(steps))
    newest = len(said.pushed)
    assert [event.seq for event in said.pushed] == list(range(1, newest + 1))
    start = data.draw(st.integers(0, newest), "head when it joined")

    for position in range(start, newest + 1):
        for read_at in range(start, newest + 1):
            state = with_events(joined(start), said.pushed[start:position])
            state = with_page(state, said, read_at)
            if position >= read_at:
                assert shown(state) == said.pages[position], (start, position, read_at)
            state = with_events(state, said.pushed[position:])
            assert shown(state) == said.pages[newest], (start, position, read_at)


@given(steps=STEPS)
@example(steps=[("post", ANN, 1, "one"), ("edit", ANN, 1, "two"), ("delete", ANN, 1, ""), ("post", BOB, 1, "one")])
@example(
    steps=[
        ("post", ANN, 1, "one"),
        ("react", ANN, 1, "one"),
        ("react", BOB, 1, "two"),
        ("react", BOB, 1, "one"),
        ("unreact", ANN, 1, "one"),
        ("pin", ANN, 1, ""),
        ("react", ANN, 1, "two"),
        ("delete", ANN, 1, ""),
    ]
)
@example(
    steps=[
        ("file", ANN, 1, "one"),
        ("file", BOB, 2, "two"),
        ("react", ANN, 1, "one"),
        ("edit", ANN, 1, "two"),
        ("delete", BOB, 2, ""),
        ("delete", ANN, 1, ""),
    ]
)
@settings(max_examples=examples(25))
def test_page_and_the_events_behind_it_are_a_fresh_page_at_every_point(steps: list[Step]) -> None:
    said = asyncio.run(told(steps))
    newest = len(said.pushed)

    for earlier in range(newest + 1):
        state = with_page(joined(earlier), said, earlier)
        assert shown(state) == said.pages[earlier]
        for later in range(earlier, newest):
            state = with_events(state, said.pushed[later : later + 1])
            assert shown(state) == said.pages[later + 1], (earlier, later)
        caught_up = with_events(with_page(joined(earlier), said, earlier), said.kept[earlier:])
        assert shown(caught_up) == said.pages[newest], "from the log, where deleted texts are gone"


@given(steps=STEPS, data=st.data())
@example(
    steps=[("post", BOB, 1, "one"), ("delete", BOB, 1, ""), ("post", ANN, 1, "one"), ("post", BOB, 1, "one")],
    data=None,  # all in one, as somebody gets it whose connection was slow
)
@settings(max_examples=examples(40))
def test_counts_are_those_of_the_store_however_many_events_come_at_once(
    steps: list[Step], data: st.DataObject | None
) -> None:
    said = asyncio.run(told(steps))
    newest = len(said.pushed)
    ends = {newest}
    if data is not None:
        ends |= data.draw(st.sets(st.integers(1, newest)) if newest else st.just(set()), "heads at which a batch ends")

    state, begin = joined(0), 0
    for end in sorted(ends):
        state = with_events(state, said.pushed[begin:end])
        known = state.conversations[WHERE]
        assert (known.read, known.unread, known.mentions) == said.counts[end], (begin, end)
        assert shown(state) == said.pages[end], (begin, end)
        begin = end


KEEPING = st.lists(
    st.tuples(
        st.sampled_from(["post", "file", "delete", "keep", "keep", "unkeep"]),
        st.sampled_from([ANN, BOB]),
        st.integers(1, 4),
        st.just("one"),
    ),
    min_size=3,
    max_size=16,
)


@given(steps=KEEPING)
@example(
    steps=[
        ("file", ANN, 1, "one"),
        ("keep", BOB, 1, "one"),
        ("keep", ANN, 1, "one"),
        ("delete", ANN, 1, ""),
        ("unkeep", BOB, 1, "one"),
    ]
)
@settings(max_examples=examples(10))
def test_bookmarks_are_those_that_the_events_of_their_account_tell(steps: list[Step]) -> None:
    said = asyncio.run(told(steps))

    last = {ANN: frozenset[int](), BOB: frozenset[int]()}
    for who, fresh, by_events in said.bookmarks:
        assert fresh == by_events
        last[AccountId(who)] = fresh
    assert said.bookmarks_kept == last, "from the log, as somebody reads it who comes later"


THREAD = [("post", ANN, 1, "one"), ("reply", BOB, 1, "two"), ("edit", ANN, 1, "one!"), ("also", ANN, 2, "three")]


@given(steps=STEPS, data=st.data())
@settings(max_examples=examples(25))
def test_open_thread_is_a_fresh_one_whichever_way_it_came(steps: list[Step], data: st.DataObject) -> None:
    said = asyncio.run(told([*THREAD, *steps]))
    newest = len(said.pushed)
    start = data.draw(st.integers(0, newest), "head when it joined")
    roots = [message.seq for message in said.pages[newest] if message.replies]
    assert roots, "the first message has a thread"

    for root in roots:
        for read_at in range(max(start, root), newest + 1):
            for position in range(start, newest + 1):
                state = with_events(joined(start), said.pushed[start:position])
                state = with_thread(state, said, root, read_at)
                state = with_events(state, said.pushed[position:])
                thread = state.conversations[WHERE].threads[root]
                assert (thread.root, thread.messages) == thread_at(said, root, newest), (start, read_at, position)
