"""One conversation's log as a plain list, and a client's state that follows it, jumps and reads pages. No server.

What the server can do to messages while a client is away - change them, take them out - is done to the list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.client.state import inputs
from chat_core.client.state.amending import amended
from chat_core.client.state.changes import Change
from chat_core.client.state.model import ClientState, ConversationState, Timeline
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import (
    ConversationEvent,
    MembersChanged,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    TopicChanged,
)
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.values import Account, Conversation, Message, Position

ME = Account(id=1, name="ann")

Step = tuple[str, int, int]
"""What happens, how much of it, and at which place."""

steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 12), st.integers(0, 9)),
        st.tuples(st.just("topic"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("away"), st.integers(1, 30), st.integers(0, 9)),
        st.tuples(st.just("page"), st.integers(1, 9), st.just(0)),
        st.tuples(st.just("page"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("notice"), st.just(0), st.just(0)),
        st.tuples(st.just("edit"), st.integers(1, 3), st.integers(0, 9)),
        st.tuples(st.just("delete"), st.integers(1, 3), st.integers(0, 9)),
    ),
    max_size=30,
)
"""Many things that happen to a conversation and to somebody who follows it."""


@dataclass
class Followed:
    """See the module's head."""

    state: ClientState = field(default_factory=ClientState)
    """What the client knows."""
    messages: dict[int, Message] = field(default_factory=dict)
    """What the server has, as it stands now."""
    head: int = 0
    """seq of the newest event."""
    told: set[Message] = field(default_factory=set)
    """Every form in which the client ever got a message."""
    changes: list[Change] = field(default_factory=list)
    """What the last step changed."""

    def __post_init__(self) -> None:
        """Sign in to a conversation in which nothing was said."""
        self.state = ClientState(me=ME)
        self._take(inputs.WasResumed(resumed=Resumed(epoch="e", seq=0, conversations=(self._info(),), catch_ups=())))

    @property
    def here(self) -> ConversationState:
        """The conversation."""
        return self.state.conversations[1]

    @property
    def timeline(self) -> Timeline:
        """Its messages."""
        return self.here.timeline

    def step(self, step: Step) -> None:
        """Let something happen; see `steps`."""
        what, count, place = step
        self.changes = []
        match what:
            case "say":
                self._hear([self._post() for _ in range(count)])
            case "topic":
                self._hear([self._topic() for _ in range(count)])
            case "away":
                self.away(count, place)
            case "page":
                self.page(count)
            case "edit" | "delete":
                self._hear([self._amend(what, (place + number) % 10) for number in range(count) if self.messages])
            case _:
                self._take(
                    inputs.SignalArrived(
                        event=_joined(f"guest{self.head}", len(self.here.notices)), now=1.0, wall_ms=self.head * 60_000
                    )
                )

    def away(self, count: int, place: int = 0) -> None:
        """Let much be said, and some older message be changed and another be taken out, and jump over it."""
        for number in range(count):
            if number % 5 == 4:
                self._topic()
            else:
                self._post()
        seqs = sorted(self.messages)
        if place and seqs:
            self.head += 1
            changed = seqs[len(seqs) * place // 10]
            self.messages[changed] = replace(self.messages[changed], body=f"edited at {self.head}", changed=self.head)
        if place > 4 and len(seqs) > 1:
            self.head += 1
            del self.messages[seqs[len(seqs) * (place - 5) // 10]]
        unread = sum(
            1 for message in self.messages.values() if message.author != ME.id and message.seq > self.here.read
        )
        self._take(
            inputs.WasResumed(
                resumed=Resumed(epoch="e", seq=0, conversations=(self._info(unread=unread),), catch_ups=())
            ),
            inputs.WasReset(
                position=Position(conversation=1, seq=self.head, eid=self._eid()), reason="far_behind", wall_ms=1
            ),
        )

    def page(self, limit: int) -> None:
        """Read older messages, as the client does."""
        anchor = self.timeline.known_from
        if anchor <= 1:
            return
        older = [self.messages[seq] for seq in sorted(self.messages) if seq < anchor]
        page = tuple(older[-limit:])
        self.told.update(page)
        self._take(
            inputs.PageRead(
                page=Page(conversation=1, messages=page, head=self.head, at_start=len(page) == len(older), at_end=False)
            )
        )

    def read_all(self, limit: int) -> None:
        """Read pages up to the beginning."""
        while not self.timeline.at_start:
            self.page(limit)

    def _take(self, *them: inputs.Input) -> None:
        for one in them:
            self.state, changes = apply(self.state, one)
            self.changes += changes

    def _hear(self, events: list[ConversationEvent]) -> None:
        before = list(self.told)
        if events:
            self._take(inputs.EventsArrived(conversation=1, events=tuple(events), live=True))
        self.told.update(self.messages[event.seq] for event in events if event.seq in self.messages)
        for event in events:
            if isinstance(event, MessageEdited | MessageDeleted):
                self.told.update(amended(message, event) for message in before if message.seq == event.message)
                before = list(self.told)

    def _post(self) -> MessagePosted:
        self.head += 1
        seq, author = self.head, (2, 1, 3)[self.head // 3 % 3]
        ts = seq * 97_000
        name, body = ("ann", "bob", "carl")[author - 1], f"message {seq}"
        self.messages[seq] = Message(seq=seq, changed=seq, ts=ts, author=author, name=name, body=body)
        return MessagePosted(
            conversation=1,
            seq=seq,
            eid=self._eid(),
            ts=ts,
            author=author,
            name=name,
            cid=seq.to_bytes(16, "big"),
            body=body,
        )

    def _amend(self, what: str, place: int) -> MessageEdited | MessageDeleted:
        self.head += 1
        seqs = sorted(self.messages)
        message = self.messages[seqs[len(seqs) * place // 10]]
        more: dict[str, Any] = {
            "conversation": 1,
            "seq": self.head,
            "eid": self._eid(),
            "ts": self.head * 97_000,
            "author": message.author,
            "name": message.name,
            "message": message.seq,
        }
        event = MessageEdited(**more, body=f"edit {self.head}") if what == "edit" else MessageDeleted(**more)
        self.messages[message.seq] = amended(message, event)
        return event

    def _topic(self) -> TopicChanged:
        self.head += 1
        return TopicChanged(
            conversation=1, seq=self.head, eid=self._eid(), ts=self.head * 97_000, author=2, name="bob", topic="t"
        )

    def _eid(self) -> bytes:
        return self.head.to_bytes(8, "big")

    def _info(self, unread: int = 0) -> Conversation:
        return Conversation(id=1, kind="channel", name="general", head=self.head, eid=self._eid(), unread=unread)


def _joined(name: str, rev: int) -> MembersChanged:
    return MembersChanged(conversation=1, rev=rev, members=2, online=1, joined=(name,))
