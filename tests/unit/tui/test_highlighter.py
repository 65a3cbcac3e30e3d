"""Unread messages with a highlight word count as mentions here, as long as they have it and are unread."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from chat_core.client.state import inputs
from chat_core.client.state.changes import Batch, Change
from chat_core.client.state.listing import fresh
from chat_core.client.state.model import ClientState
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import ConversationEvent, MessageDeleted, MessageEdited, MessagePosted
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.values import Account, Conversation, Message
from chat_tui.highlighter import Highlighter

ANN, BOB = 1, 2


class Seen:
    """A client's state, and what it is seen as."""

    def __init__(self, words: str = "deploy", *, head: int = 0, unread: int = 0) -> None:
        self.words = words
        self._highlighter = Highlighter(lambda: self.words)
        room = fresh(Conversation(id=3, kind="channel", name="ops", head=head, unread=unread))
        self._state = ClientState(me=Account(id=ANN, name="ann"), conversations=MappingProxyType({3: room}))
        self.look(())

    def give(self, input: inputs.Input) -> None:
        self._state, changes = apply(self._state, input)
        self.look(changes)

    def event(self, event: ConversationEvent) -> None:
        self.give(inputs.EventsArrived(conversation=3, events=(event,), live=True))

    def look(self, changes: tuple[Change, ...] | list[Change]) -> None:
        self.state = self._highlighter.seen(Batch(state=self._state, changes=tuple(changes))).state

    @property
    def mentions(self) -> int:
        return self.state.conversations[3].mentions


def posted(seq: int, body: str, *, author: int = BOB, mentions: tuple[int, ...] = ()) -> MessagePosted:
    return MessagePosted(
        conversation=3,
        seq=seq,
        eid=bytes(8),
        ts=0,
        author=author,
        name="bob",
        cid=seq.to_bytes(16, "big"),
        body=body,
        mentions=mentions,
    )


def test_words_count_once_beside_mentions_until_they_are_read() -> None:
    seen = Seen()
    for seq, body in enumerate(("the deploy", "nothing", "DEPLOY!", "@ann the deploy"), 1):
        seen.event(posted(seq, body, mentions=(ANN,) if "@ann" in body else ()))
    seen.event(posted(5, "my deploy", author=ANN))
    assert seen.mentions == 3

    seen.give(inputs.MarkedRead(conversation=3, seq=1))
    assert seen.mentions == 2
    seen.give(inputs.MarkedRead(conversation=3, seq=5))
    assert seen.mentions == 0


def test_edits_and_deletions_count_as_well() -> None:
    seen = Seen()
    seen.event(posted(1, "nothing"))
    seen.event(posted(2, "deploy"))
    head: dict[str, Any] = {"conversation": 3, "eid": bytes(8), "ts": 0, "author": BOB, "name": "bob"}
    seen.event(MessageEdited(**head, seq=3, message=1, body="deploy, too"))
    assert seen.mentions == 2
    seen.event(MessageDeleted(**head, seq=4, message=2))
    seen.event(MessageEdited(**head, seq=5, message=1, body="nothing after all"))
    assert seen.mentions == 0


def test_what_was_not_seen_counts_once_its_page_was_read() -> None:
    seen = Seen(head=2, unread=2)
    assert seen.mentions == 0
    messages = tuple(
        Message(seq=seq, changed=seq, ts=0, author=BOB, name="bob", body=body)
        for seq, body in ((1, "deploy"), (2, "nothing"))
    )
    seen.give(inputs.PageRead(page=Page(conversation=3, messages=messages, head=2, at_start=True, at_end=True)))
    assert seen.mentions == 1


def test_other_words_count_anew_and_without_any_the_state_is_as_it_came() -> None:
    seen = Seen()
    seen.event(posted(1, "deploy"))
    seen.event(posted(2, "release"))
    seen.words = "release, deploy"
    seen.look(())
    assert seen.mentions == 2
    seen.words = ""
    seen.look(())
    assert seen.mentions == 0
