"""What the simulation compares in two clients of one account: everything that an account's actions change."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from chat_core.check.simulation.looks import difference
from chat_core.client.state.model import ClientState, ConversationState, ThreadNews, ThreadState
from chat_core.client.state.timeline import append, begin
from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values import Account, Conversation, Message, Position

ROOT = Message(seq=1, changed=2, ts=0, author=2, name="bob", body="question", replies=1)
REPLY = Message(seq=2, changed=2, ts=0, author=2, name="bob", body="answer", thread=1)


def state(change: Callable[[ConversationState], ConversationState] = lambda known: known) -> ClientState:
    timeline, _ = append(begin(0), [ROOT, REPLY])
    known = ConversationState(
        info=Conversation(id=1, kind="channel", name="general"),
        position=Position(conversation=1, seq=2),
        timeline=timeline,
        threads=MappingProxyType({1: ThreadState(root=ROOT, messages=(REPLY,), following=True, read=2)}),
        followed=MappingProxyType({1: ThreadNews(read=2)}),
    )
    return ClientState(me=Account(id=1, name="ann"), conversations=MappingProxyType({1: change(known)}))


def with_thread(**more: object) -> ClientState:
    return state(lambda known: replace(known, threads=MappingProxyType({1: replace(known.threads[1], **more)})))


def with_reply(**more: object) -> ClientState:
    timeline, _ = append(begin(0), [ROOT, replace(REPLY, **more)])
    return state(lambda known: replace(known, timeline=timeline))


THUMB = (Reaction(emoji="👍"),)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (replace(state(), ignored=frozenset({3})), "ignores"),
        (replace(state(), bookmarks=MappingProxyType({1: frozenset({2})})), "bookmarks"),
        (state(lambda known: replace(known, followed=MappingProxyType({1: ThreadNews(unread=1)}))), "followed"),
        (with_thread(following=False), "following"),
        (with_thread(read=1), "read marker"),
        (with_thread(root=replace(ROOT, replies=2)), "root"),
        (with_thread(messages=()), "messages"),
        (with_thread(messages=(replace(REPLY, reactions=THUMB),)), "messages"),
        (with_reply(reactions=THUMB), "messages"),
        (with_reply(pinned=True), "messages"),
    ],
)
def test_difference_is_told_in_whatever_it_is(other: ClientState, named: str) -> None:
    (told,) = difference(other, state(), members=True)
    assert named in told


def test_no_difference_is_told_where_there_is_none_but_in_names() -> None:
    assert not list(difference(state(), state(), members=True))
    assert not list(difference(with_reply(name="bobby", display="Bob"), state(), members=True))
