"""Private chats: each is a numbered interval over a direct conversation, and nobody is in two of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, func, select

from chat_core.base.unreadable import UNREADABLE
from chat_core.protocol.events import PrivateChatChanged
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.private_payloads import PRIVATE_CHAT_CHANGED, account_event
from chat_core.server.store.schema import account_events, conversations, private_chats

_chats: Final = (
    select(private_chats, conversations.c.kind, conversations.c.direct_key)
    .join_from(private_chats, conversations, conversations.c.id == private_chats.c.conversation)
    .order_by(private_chats.c.number)
)
_places: Final = select(private_chats.c.number, private_chats.c.conversation)
_told: Final = (
    select(account_events.c.account, account_events.c.seq, account_events.c.conversation, account_events.c.payload)
    .where(account_events.c.kind == PRIVATE_CHAT_CHANGED)
    .order_by(account_events.c.account, account_events.c.seq)
)
_count: Final = select(func.count()).select_from(private_chats)


def check_private_chats(connection: Connection, findings: Findings) -> str:
    """Look at each private chat, at who is in one now, and whether the accounts were told of those that there are."""
    chatting: dict[int, int] = {}
    asking: set[tuple[int, int]] = set()
    for row in stream(connection, _chats):
        for text in _wrong(row):
            findings.add(f"private chat {row.number}: {text}")
        if row.ended_ts is not None:
            continue
        if row.begun_ts is None:
            if (row.conversation, row.asked_by) in asking:
                findings.add(f"private chat {row.number}: the same one asks for it twice")
            asking.add((row.conversation, row.asked_by))
            continue
        for account in _two(row.direct_key):
            if (other := chatting.setdefault(account, row.number)) != row.number:
                findings.add(f"account {account}: it is in the private chats {other} and {row.number} at a time")
    _compare_with_logs(connection, findings)
    number: int = connection.execute(_count).scalar_one()
    return f"{times(number, 'private chat')}, each between two, nobody in two of them at a time"


def _wrong(row: Any) -> Iterator[str]:
    """Yield what is wrong with one chat by itself. Times are not compared: a clock may have been set back."""
    if row.number < 1:
        yield "its number stands for being free"
    if row.kind != "direct":
        yield "it takes place in no direct conversation"
    elif row.asked_by not in _two(row.direct_key):
        yield "who asked for it is none of the two"
    if (row.ended_ts is None) != (row.ended_by is None):
        yield "it has ended by nobody, or goes on although somebody has ended it"
    elif row.ended_by is not None and row.kind == "direct" and row.ended_by not in _two(row.direct_key):
        yield "who ended it is none of the two"


def _two(key: str | None) -> tuple[int, ...]:
    """Return the accounts of a direct conversation; nobody where its key says nothing, which another check tells."""
    parts = (key or "").split(":")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _compare_with_logs(connection: Connection, findings: Findings) -> None:
    """Look whether each step that an account was told of is one of a chat that there is, in the same conversation."""
    places = {row.number: row.conversation for row in stream(connection, _places)}
    told: set[int] = set()
    for account, seq, conversation, payload in stream(connection, _told):
        try:
            event = account_event(seq, PRIVATE_CHAT_CHANGED, payload, conversation)
        except UNREADABLE:
            continue  # another check tells of it
        assert isinstance(event, PrivateChatChanged), "the query asks for no other kind"
        told.add(event.number)
        if places.get(event.number) != conversation:
            findings.add(f"event {seq} of account {account}: private chat {event.number} is not there or elsewhere")
    for number in sorted(places.keys() - told):
        findings.add(f"private chat {number}: nobody was told of it")
