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
from chat_core.protocol.events import ConversationEvent
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.requests.threads import ThreadPage
from chat_core.protocol.values import Account, Conversation, Message, ThreadSummary
from chat_core.server.store.base import (
    AppendMessage,
    Committed,
    DeleteMessage,
    EditMessage,
    JoinChannel,
    Op,
    Refused,
    SetChannelTopic,
    SignInByName,
)
from chat_core.server.store.bounds import EVERYTHING
from chat_core.server.store.marks import PinMessage, ReactTo
from chat_core.server.store.sqlite import SqliteStore

WHERE = ConversationId(3)
"""A channel of its own, of which ann is an operator."""
ANN, BOB = AccountId(1), AccountId(2)

EMOJI = {"one": "👍", "two": "🎉", "hello @ann": "❤️", "three\nlines": "👍"}

Step = tuple[str, AccountId, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("post", "post", "edit", "edit", "delete", "topic", "reply", "reply", "also"),
                *("react", "react", "unreact", "pin", "unpin"),
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
            for step in steps:
                try:
                    await store.write(op_of(step, cids))
                except Refused:
                    continue
                if commits[-1].events:
                    page = await store.read(lambda reader: reader.history(WHERE, "latest", 0, 200, EVERYTHING, ANN))
                    pages.append(tuple(page.messages))
            kept = await store.read(lambda reader: reader.events(WHERE, 0, 2**32, 200))
        finally:
            await store.close()
    return Told([event for commit in commits for event in commit.events], list(kept), pages)


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
@settings(max_examples=25)
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
@settings(max_examples=25)
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


THREAD = [("post", ANN, 1, "one"), ("reply", BOB, 1, "two"), ("edit", ANN, 1, "one!"), ("also", ANN, 2, "three")]


@given(steps=STEPS, data=st.data())
@settings(max_examples=25)
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
