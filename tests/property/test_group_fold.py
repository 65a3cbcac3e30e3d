"""Who is in a group, as events make it of any earlier state, is what is fetched fresh: the real store, the reducer."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId
from chat_core.client.state import inputs
from chat_core.client.state.model import ClientState
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import AccountEvent, AccountRenamed, ConversationEvent, ConversationJoined
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.values import Account, Conversation
from chat_core.server.store.acts import InviteToChannel
from chat_core.server.store.base import Committed, Op, Refused
from chat_core.server.store.conversations import LeaveConversation
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.people import RenameAccount, SetDisplayName, SignInByName
from chat_core.server.store.sqlite import SqliteStore
from tests.support.examples import examples

NAMES = ("ann", "bob", "cid", "dan", "eve")
ANN = AccountId(1)
GROUP = 3

Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "leave", "back", "rename", "display"]), st.integers(2, 5), st.integers(1, 5)
    ),
    min_size=1,
    max_size=12,
)


class Told(NamedTuple):
    """What a store said while it was written to, one entry a step that did something."""

    done: list[Committed]
    shown: list[Conversation]
    """The group as ann would fetch it, behind each of them; the first one behind that which made it."""


def op_of(step: Step, number: int, ann: str, group: Conversation) -> Op:
    """Return what a step does; who comes back names those who are in the group by then."""
    kind, whom, other = step
    match kind:
        case "back":
            return MakeGroup(AccountId(2 + other % 2), (ann, *(each.name for each in group.people)), number)
        case "add":
            return InviteToChannel(ANN, GROUP, AccountId(whom), number)
        case "leave":
            return LeaveConversation(AccountId(whom), GROUP, number)
        case "rename":
            return RenameAccount(AccountId(other), f"{NAMES[other - 1]}{number}", 1)
        case _:
            return SetDisplayName(AccountId(whom), "", f"Name {number}" if other % 2 else "", number)


async def told(steps: Sequence[Step]) -> Told:
    commits: list[Committed] = []
    said = Told([], [])
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "chat.db", clock=SystemClock(), readers=1)
        await store.open(commits.extend)
        try:
            for name in NAMES:
                await store.write(SignInByName(name, 1))
            ann = NAMES[0]
            for at, step in enumerate((("begin", 0, 0), *steps), 1):
                op = op_of(step, at, ann, said.shown[-1]) if said.shown else MakeGroup(ANN, ("bob", "cid"), 1)
                try:
                    await store.write(op)
                except Refused:
                    continue
                if isinstance(op, RenameAccount) and op.account == ANN:
                    ann = op.name
                said.done.append(commits[-1])
                said.shown.append(await store.read(lambda reader: reader.conversation(ANN, GROUP)))  # type: ignore[arg-type]
        finally:
            await store.close()
    return said


def at(shown: Conversation) -> ClientState:
    """Return the state of ann's client that has just resumed."""
    resumed = Resumed(epoch="one", seq=0, conversations=(shown,), catch_ups=())
    return apply(ClientState(me=Account(id=ANN, name="ann")), inputs.WasResumed(resumed=resumed))[0]


def followed(state: ClientState, done: Committed) -> ClientState:
    """Return the state after what the server pushes of an op."""
    if done.renamed is not None:
        who = done.renamed
        event = AccountRenamed(account=who.id, name=who.name, display=who.display)
        state = apply(state, inputs.SignalArrived(event=event, now=0.0, wall_ms=1))[0]
    events: Sequence[ConversationEvent] = done.events
    if events:
        state = apply(state, inputs.EventsArrived(conversation=GROUP, events=tuple(events), live=True))[0]
    return state


def people_of(group: Conversation) -> tuple[object, ...]:
    return group.people, group.members, group.name, group.display


@given(steps=STEPS)
@example(steps=[("add", 4, 1), ("leave", 2, 1), ("display", 4, 1), ("rename", 2, 3), ("back", 2, 2), ("leave", 3, 1)])
@example(steps=[("add", 4, 1), ("rename", 2, 1), ("leave", 3, 1), ("display", 3, 1), ("back", 2, 1)])
@settings(max_examples=examples(10))
def test_people_of_a_group_are_the_fetched_ones_wherever_one_began_to_follow(steps: list[Step]) -> None:
    said = asyncio.run(told(steps))

    for began in range(len(said.done)):
        state = at(said.shown[began])
        for step in range(began + 1, len(said.done)):
            state = followed(state, said.done[step])
            info = state.conversations[GROUP].info
            assert people_of(info) == people_of(said.shown[step]), (began, step)


@given(steps=STEPS)
@settings(max_examples=examples(5))
def test_who_is_brought_in_has_the_group_as_it_is_from_the_first_moment(steps: list[Step]) -> None:
    said = asyncio.run(told([("add", 4, 1), *steps]))

    joined: list[AccountEvent] = [event for _, event in said.done[1].account_events]
    (event,) = joined
    assert isinstance(event, ConversationJoined)
    state = apply(ClientState(me=Account(id=4, name="dan"), epoch="one"), inputs.AccountEventArrived(event=event))[0]
    # What brought it in is pushed to it, too, and changes nothing any more.
    state = followed(state, said.done[1])
    info = state.conversations[GROUP].info
    assert ([each.name for each in info.people], info.members) == (["ann", "bob", "cid"], 4)
