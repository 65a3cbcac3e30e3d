"""Reactions, pins and bookmarks: what messages say of them is what the log makes, and the tables beside agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from chat_core.base.unreadable import UNREADABLE
from chat_core.protocol.reactions import Reactions, with_added, with_removed
from chat_core.server.store.checks.base import Findings, times
from chat_core.server.store.mark_payloads import (
    MESSAGE_PINNED,
    MESSAGE_UNPINNED,
    REACTION_ADDED,
    REACTION_REMOVED,
    reacted_with,
    unpack_counts,
)
from chat_core.server.store.schema import bookmarks, messages, reactions

_holders: Final = select(reactions.c.account, reactions.c.emoji).where(reactions.c.message == bindparam("of"))
_stray_reactions: Final = (
    select(func.count())
    .select_from(reactions)
    .join(messages, messages.c.id == reactions.c.message, isouter=True)
    .where((messages.c.id.is_(None)) | (messages.c.reactions == b""))
)
_stray_bookmarks: Final = (
    select(func.count())
    .select_from(bookmarks)
    .join(messages, messages.c.id == bookmarks.c.message, isouter=True)
    .where(messages.c.id.is_(None))
)


def mark_faults(connection: Connection, entry: Any, about: Sequence[Any]) -> Iterator[str]:
    """Yield what is wrong with a message's reactions and pin.

    Args:
        connection: to the store.
        entry: a row with the message's `id`, `reactions` and `pinned`.
        about: the events that are folded into it (`kind`, `author`, `payload`), oldest first.
    """
    try:
        counts, holders = _folded(about)
        there = unpack_counts(entry.reactions)
    except UNREADABLE:
        yield "its reactions cannot be read"
        return
    if there != counts:
        yield "its reactions are not those of its log"
    if {tuple(row) for row in connection.execute(_holders, {"of": entry.id})} != holders:
        yield "those who react to it are not those of its log"
    pins = [each.kind for each in about if each.kind in (MESSAGE_PINNED, MESSAGE_UNPINNED)]
    if bool(entry.pinned) != (pins[-1:] == [MESSAGE_PINNED]):
        yield "it is pinned, or not, unlike in its log"


def find_strays(connection: Connection, findings: Findings) -> None:
    """Tell of reactions and bookmarks that belong to no message that knows of them."""
    for statement, what in ((_stray_reactions, "reaction"), (_stray_bookmarks, "bookmark")):
        count: int = connection.execute(statement).scalar_one()
        if count:
            findings.add(f"{times(count, what)} of no message that has any")


def _folded(about: Sequence[Any]) -> tuple[Reactions, set[tuple[int, str]]]:
    counts: Reactions = ()
    holders: set[tuple[int, str]] = set()
    for each in about:
        if each.kind == REACTION_ADDED:
            emoji = reacted_with(each.payload)
            counts = with_added(counts, emoji, mine=False)
            holders.add((each.author, emoji))
        elif each.kind == REACTION_REMOVED:
            emoji = reacted_with(each.payload)
            counts = with_removed(counts, emoji, mine=False)
            holders.discard((each.author, emoji))
    return counts, holders
