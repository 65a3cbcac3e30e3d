"""Mentions: whom a message names has a row for it, and nobody else; a deleted message calls nobody."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, or_, select, text

from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.counting import unpack_accounts
from chat_core.server.store.keys import conversation_of, seq_of
from chat_core.server.store.schema import mentions, messages

_said: Final = (
    select(messages.c.id, messages.c.mentions, messages.c.author, messages.c.ts, messages.c.deleted)
    .where(or_(messages.c.mentions != text("''"), messages.c.everyone != text("''")))
    .order_by(messages.c.id)
)
_rows: Final = select(mentions.c.account, mentions.c.message, mentions.c.ts)
_count: Final = select(func.count()).select_from(mentions)


def check_mentions(connection: Connection, findings: Findings) -> str:
    """Compare the rows with what the messages say, in both directions."""
    # By account the rows are in no order of messages: they are gathered, which is as much as there are names said.
    rows: dict[int, set[tuple[int, int]]] = {}
    for account, key, ts in stream(connection, _rows):
        rows.setdefault(key, set()).add((account, ts))
    for key, packed, author, ts, deleted in stream(connection, _said):
        named = unpack_accounts(packed)
        where = f"message {conversation_of(key)}:{seq_of(key)}"
        if rows.pop(key, set()) != {(account, ts) for account in named}:
            findings.add(f"{where}: those who are said to be named are not those that it names")
        if deleted or author in named:
            findings.add(f"{where}: it was deleted, or is its author's own, and still calls")
    for key in sorted(rows):
        findings.add(f"message {conversation_of(key)}:{seq_of(key)}: somebody is said to be named in it, who is not")
    count: int = connection.execute(_count).scalar_one()
    return f"{times(count, 'mention')}, each in a message that says so"
