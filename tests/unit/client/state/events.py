"""Short ways to make what the protocol is made of, for the tests of the client's state."""

from __future__ import annotations

from chat_core.base.mentions import mentions_in
from chat_core.client.state import inputs
from chat_core.client.state.changes import Change
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import ConversationEvent, MessageDeleted, MessageEdited, MessagePosted, TopicChanged
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.values import Account, Conversation, ConversationKind, Message

ANN = Account(id=1, name="ann")
"""Oneself."""
BOB = Account(id=2, name="bob")
EVE = Account(id=3, name="eve")


def called(body: str, author: Account) -> tuple[int, ...]:
    """Return whom a text names, as the server would say it."""
    numbers = {account.name: account.id for account in (ANN, BOB, EVE) if account != author}
    return tuple(sorted(numbers[name] for name in mentions_in(body).names if name in numbers))


def eid(seq: int) -> bytes:
    return seq.to_bytes(8, "big")


def posted(seq: int, body: str = "", author: Account = BOB, conversation: int = 1) -> MessagePosted:
    return MessagePosted(
        conversation=conversation,
        seq=seq,
        eid=eid(seq),
        ts=1000 * seq,
        author=author.id,
        name=author.name,
        cid=seq.to_bytes(16, "big"),
        body=body or f"message {seq}",
        mentions=called(body, author),
    )


def edited(seq: int, target: int, body: str, author: Account = BOB) -> MessageEdited:
    return MessageEdited(
        conversation=1,
        seq=seq,
        eid=eid(seq),
        ts=1000 * seq,
        author=author.id,
        name=author.name,
        message=target,
        body=body,
        mentions=called(body, author),
    )


def deleted(seq: int, target: int, author: Account = BOB) -> MessageDeleted:
    return MessageDeleted(
        conversation=1, seq=seq, eid=eid(seq), ts=1000 * seq, author=author.id, name=author.name, message=target
    )


def topic(seq: int, text: str, author: Account = BOB) -> TopicChanged:
    return TopicChanged(
        conversation=1, seq=seq, eid=eid(seq), ts=1000 * seq, author=author.id, name=author.name, topic=text
    )


def message(seq: int, body: str = "", author: Account = BOB) -> Message:
    return Message(
        seq=seq,
        changed=seq,
        ts=1000 * seq,
        author=author.id,
        name=author.name,
        body=body or f"message {seq}",
        mentions=called(body, author),
    )


def conversation(
    number: int = 1,
    *,
    head: int = 0,
    read: int = 0,
    unread: int = 0,
    mentions: int = 0,
    name: str = "general",
    kind: ConversationKind = "channel",
    partner: int | None = None,
    members: int = 2,
    online: int = 1,
    subject: str = "",
) -> Conversation:
    return Conversation(
        id=number,
        kind=kind,
        name=name,
        topic=subject,
        head=head,
        eid=eid(head) if head else b"",
        read=read,
        unread=unread,
        mentions=mentions,
        members=members,
        online=online,
        partner=partner,
    )


def resumed(*conversations: Conversation, epoch: str = "one", seq: int = 0) -> inputs.WasResumed:
    return inputs.WasResumed(resumed=Resumed(epoch=epoch, seq=seq, conversations=conversations, catch_ups=()))


def events(*them: ConversationEvent, live: bool = True, keep: int | None = None) -> inputs.EventsArrived:
    return inputs.EventsArrived(conversation=them[0].conversation, events=them, live=live, keep=keep)


def page(*messages: Message, at_start: bool = False, head: int = 0) -> inputs.PageRead:
    return inputs.PageRead(page=Page(conversation=1, messages=messages, head=head, at_start=at_start, at_end=False))


def after(*them: inputs.Input) -> ClientState:
    """Return the state of ann after some inputs."""
    return then(ClientState(me=ANN), *them)[0]


def then(state: ClientState, *them: inputs.Input) -> tuple[ClientState, list[Change]]:
    """Apply inputs; return the state and all changes."""
    changes: list[Change] = []
    for one in them:
        state, more = apply(state, one)
        changes += more
    return state, changes


def general(state: ClientState) -> ConversationState:
    return state.conversations[1]


def seqs(state: ClientState) -> list[int]:
    return [each.seq for each in general(state).timeline]
