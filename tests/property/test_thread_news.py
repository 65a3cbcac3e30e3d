"""What is new in followed threads is asked for again whenever it can be another number: the real store, the reducer.

Events of a conversation come in batches, and those of an account between them, before or behind: a device that was slow
hears of its account first, and of everything that was said meanwhile at once.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from chat_core.base.clock import SystemClock
from chat_core.client.state import inputs
from chat_core.client.state.model import ClientState, ThreadNews
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import AccountEvent, ConversationEvent
from chat_core.protocol.values import ThreadCount
from chat_core.server.store.base import Committed, Op, Refused
from chat_core.server.store.conversations import JoinChannel
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore
from chat_core.server.store.threading import MoveThreadMarker, SetFollowing
from tests.property.test_fold import ANN, BOB, WHERE, Step, joined, op_of
from tests.support.examples import examples

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [*("post", "reply", "reply", "reply", "also", "edit", "delete", "react"), *("follow", "unfollow", "read")]
        ),
        st.sampled_from([ANN, BOB, BOB]),
        st.integers(1, 9),
        st.sampled_from(["one", "two", "hello @ann"]),
    ),
    min_size=1,
    max_size=20,
)
BEGUN: Sequence[Step] = [("post", ANN, 1, "one"), ("post", BOB, 1, "two"), ("reply", BOB, 1, "hello @ann")]


class Done(NamedTuple):
    """What one step came to."""

    events: tuple[ConversationEvent, ...]
    """Of the conversation."""
    own: tuple[AccountEvent, ...]
    """Of ann's account."""
    counts: tuple[ThreadCount, ...]
    """What is new in the threads that she follows, behind it."""


def _op(step: Step, cids: Iterator[int]) -> Op:
    kind, who, seq, _ = step
    match kind:
        case "follow" | "unfollow":
            return SetFollowing(who, WHERE, seq, following=kind == "follow")
        case "read":
            return MoveThreadMarker(who, WHERE, 1, seq)
        case _:
            return op_of(step, cids)


async def done(steps: Sequence[Step]) -> list[Done]:
    """Carry steps out on a real store."""
    commits: list[Committed] = []
    came: list[Done] = []
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "chat.db", clock=SystemClock(), readers=1)
        await store.open(commits.extend)
        try:
            for name in ("ann", "bob"):
                await store.write(SignInByName(name, 1))
            for account in (ANN, BOB):
                await store.write(JoinChannel(account, "room", True, 1))
            cids = count(1)
            for step in steps:
                commits.clear()
                try:
                    await store.write(_op(step, cids))
                except Refused:
                    continue
                counts, _ = await store.read(lambda reader: reader.thread_counts(ANN, WHERE, 50))
                events = tuple(event for commit in commits for event in commit.events)
                own = tuple(event for commit in commits for who, event in commit.account_events if who == ANN)
                came.append(Done(events, own, tuple(counts)))
        finally:
            await store.close()
    return came


def news(counts: Sequence[ThreadCount]) -> Mapping[int, ThreadNews]:
    """Return what a client makes of the server's numbers."""
    return {each.thread: ThreadNews(read=each.read, unread=each.unread, mentions=each.mentions) for each in counts}


def counted(came: Sequence[Done], upto: int) -> ClientState:
    """Return the state of ann, who has heard of the first steps one by one, and asked for the numbers then."""
    state = joined(0)
    for each in came[:upto]:
        state = heard(state, each.own, each.events)
    told = inputs.ThreadsCounted(conversation=None, counts=came[upto - 1].counts if upto else ())
    return apply(state, told)[0]


def heard(state: ClientState, own: Sequence[AccountEvent], events: Sequence[ConversationEvent]) -> ClientState:
    """Return the state after events of the account, then of the conversation, all of these at once."""
    for event in own:
        state = apply(state, inputs.AccountEventArrived(event=event))[0]
    if events:
        state = apply(state, inputs.EventsArrived(conversation=WHERE, events=tuple(events), live=True))[0]
    return state


def unheard(came: Sequence[Done], data: st.DataObject) -> Iterator[tuple[list[AccountEvent], list[ConversationEvent]]]:
    """Yield what came in some batches: the account's log runs ahead of the conversation's, or not."""
    waiting: list[ConversationEvent] = []
    own: list[AccountEvent] = []
    for each in came:
        own += each.own
        waiting += each.events
        if data.draw(st.booleans(), "a batch ends here"):
            yield own, waiting
            own, waiting = [], []
    yield own, waiting


@given(steps=STEPS, data=st.data())
@settings(max_examples=examples(15))
def test_numbers_are_asked_for_again_or_are_those_of_the_server_however_events_came(
    steps: list[Step], data: st.DataObject
) -> None:
    came = asyncio.run(done([*BEGUN, *steps]))
    upto = data.draw(st.integers(0, len(came)), "steps before the numbers were asked for")
    state = counted(came, upto)
    asked = state.conversations[WHERE].recounts

    for own, events in unheard(came[upto:], data):
        state = heard(state, own, events)

    known = state.conversations[WHERE]
    fresh = news(came[-1].counts)
    assert known.recounts > asked or dict(known.followed) == fresh
    assert known.followed.keys() == fresh.keys(), "which threads one follows the account's own log says"
