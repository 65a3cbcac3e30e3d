"""Taking out what is left of a deleted channel, a piece at a time: all its rows but its own, which stays for ever.

What refers to an event goes before it, and the events from the oldest on: while there is one, there is more to do
(`leftovers`). A piece is bounded in rows and in bytes, so that a write that comes behind it waits a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Delete, Select, Table, bindparam, delete, func, select, text, tuple_
from sqlalchemy.sql.elements import ColumnElement

from chat_core.server.store.acts import EmptyChannel
from chat_core.server.store.base import Committed
from chat_core.server.store.counting import unpack_accounts
from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import (
    IS_DELETED,
    bookmarks,
    cids,
    conversations,
    events,
    files,
    mentions,
    messages,
    reactions,
    threads,
)

PIECE_ROWS: Final = 100
"""Most rows of one kind in a piece: two or three milliseconds."""
PIECE_BYTES: Final = 256 * 1024
"""Most bytes of a log in a piece, but for a single event that has more: what is deleted is overwritten as well."""


def _within(key: ColumnElement[int]) -> ColumnElement[bool]:
    return key.between(bindparam("low"), bindparam("high"))


def _beside(table: Table, key: ColumnElement[int]) -> tuple[Select[Any], Delete]:
    """Return how the first rows of a table are found that hang on some messages, and how one of them is deleted."""
    names = [column.name for column in table.primary_key]
    found = select(*table.primary_key).where(_within(key)).order_by(key).limit(bindparam("count"))
    return found, delete(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in names))


_is_deleted = select(conversations.c.id).where(conversations.c.id == bindparam("number"), IS_DELETED)
_BESIDE: Final = (
    _beside(reactions, reactions.c.message),
    _beside(threads, threads.c.root),
    _beside(bookmarks, bookmarks.c.message),
)
"""What others hung on messages; none of it is bounded by how much was said."""
_log = (
    select(events.c.id, func.length(events.c.payload).label("bytes"))
    .where(_within(events.c.id))
    .order_by(events.c.id)
    .limit(bindparam("count"))
)
_naming = select(messages.c.id, messages.c.mentions).where(_within(messages.c.id), messages.c.mentions != text("''"))
_contents = select(files.c.sha256).where(_within(files.c.message)).distinct()
_sends = select(events.c.cid, events.c.author).where(_within(events.c.id), events.c.cid.is_not(None))
_unname = delete(mentions).where(mentions.c.account == bindparam("of_account"), mentions.c.message == bindparam("key"))
_BY_EVENT: Final = (
    delete(files).where(_within(files.c.message)),
    # A cid that was used again since stands for another message.
    delete(cids).where(cids.c.conversation == bindparam("number"), tuple_(cids.c.cid, cids.c.account).in_(_sends)),
    delete(messages).where(_within(messages.c.id)),
    delete(events).where(_within(events.c.id)),
)
"""In this order: what refers to an event goes before it."""


def empty_channel(work: Work, op: EmptyChannel) -> Committed:
    """Take a piece out of a deleted channel."""
    number = op.conversation
    if work.connection.execute(_is_deleted, {"number": number}).first() is None:
        return Committed(reply=False)
    bounds = {"low": row_id(number, 0), "high": row_id(number, MAX_SEQ)}
    room = PIECE_ROWS
    for found, gone in _BESIDE:
        room -= _take_beside(work.connection, found, gone, {**bounds, "count": room})
        if not room:
            return Committed(reply=True)
    rows = work.connection.execute(_log, {**bounds, "count": room + 1}).all()
    taken = _fitting([row.bytes for row in rows[:room]])
    if not taken:
        return Committed(reply=False)
    dropped = _take_events(work.connection, {"number": number, "low": bounds["low"], "high": rows[taken - 1].id})
    return Committed(reply=taken < len(rows), dropped=dropped)


def _take_beside(connection: Connection, found: Select[Any], gone: Delete, values: Mapping[str, int]) -> int:
    """Delete rows of one table; return how many."""
    keys = [
        {f"of_{name}": value for name, value in row.items()} for row in connection.execute(found, values).mappings()
    ]
    if keys:
        connection.execute(gone, keys)
    return len(keys)


def _fitting(sizes: list[int]) -> int:
    """Return how many of some events, the first ones, a piece has room for."""
    size = 0
    for number, each in enumerate(sizes):
        size += each
        if number and size > PIECE_BYTES:
            return number
    return len(sizes)


def _take_events(connection: Connection, span: Mapping[str, int]) -> tuple[bytes, ...]:
    """Delete the events of a span of a log, and what was made of them; return the contents that files had."""
    named = [
        {"of_account": account, "key": row.id}
        for row in connection.execute(_naming, span)
        for account in unpack_accounts(row.mentions)
    ]
    if named:
        connection.execute(_unname, named)
    dropped = tuple(connection.execute(_contents, span).scalars())
    for statement in _BY_EVENT:
        connection.execute(statement, span)
    return dropped
