"""Messages as they stood at an earlier end of the log: what who has left a conversation reads of it. Reads only.

A row is what the whole log makes of a message. Where something behind the end was folded into it, what is about it up
to there is folded anew. A text that was deleted since is in no event either: it is gone for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, func, or_, select

from chat_core.protocol.reactions import Reactor, with_added, with_removed
from chat_core.server.store.bounds import Ends
from chat_core.server.store.columns import MessageRow
from chat_core.server.store.counting import pack_accounts
from chat_core.server.store.gathered import Blob
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.lookups import chunks
from chat_core.server.store.mark_payloads import (
    MESSAGE_PINNED,
    MESSAGE_UNPINNED,
    REACTION_ADDED,
    REACTION_REMOVED,
    pack_counts,
    reacted_with,
    unpack_counts,
)
from chat_core.server.store.payloads import MESSAGE_EDITED, MESSAGE_POSTED, edited_body, edited_calls
from chat_core.server.store.schema import accounts, events, messages

_keys: Final[Any] = bindparam("keys", expanding=True)
_about: Final = (
    select(events.c.id, events.c.target, events.c.kind, events.c.payload)
    .where(or_(events.c.id.in_(_keys), events.c.target.in_(_keys)), events.c.id <= bindparam("last"))
    .order_by(events.c.id)
)
_replies: Final = (
    select(messages.c.thread, func.count().label("number"), func.max(messages.c.id).label("last"))
    .where(messages.c.thread.in_(_keys), messages.c.id <= bindparam("last"))
    .group_by(messages.c.thread)
)
_when: Final = select(messages.c.id, messages.c.ts).where(messages.c.id.in_(_keys))
_there: Final = select(messages.c.id).where(messages.c.id == bindparam("key"), messages.c.deleted.is_(False))
_edited: Final = (
    select(events.c.target)
    .distinct()
    .where(events.c.target >= bindparam("low"), events.c.target <= bindparam("high"))
    .where(events.c.id > bindparam("last"), events.c.kind == MESSAGE_EDITED)
    .order_by(events.c.target.desc())
    .limit(bindparam("count"))
)
_event, _pin = events.alias("event"), events.alias("pin")
_newest_pin = (
    select(_pin.c.kind)
    .where(_pin.c.target == _event.c.target, _pin.c.id <= bindparam("last"))
    .where(_pin.c.kind.in_((MESSAGE_PINNED, MESSAGE_UNPINNED)))
    .order_by(_pin.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_unpinned: Final = (
    select(_event.c.target)
    .distinct()
    .where(_event.c.target >= bindparam("low"), _event.c.target <= bindparam("high"))
    .where(_event.c.id > bindparam("last"), _event.c.kind == MESSAGE_UNPINNED, _newest_pin == MESSAGE_PINNED)
)
_reacted: Final = (
    select(events.c.kind, events.c.author, accounts.c.name, events.c.payload)
    .join_from(events, accounts, accounts.c.id == events.c.author)
    .where(events.c.target == bindparam("key"), events.c.id <= bindparam("last"))
    .where(events.c.kind.in_((REACTION_ADDED, REACTION_REMOVED)))
    .order_by(events.c.id)
)


def as_of(connection: Connection, rows: Sequence[MessageRow], ends: Ends) -> Sequence[MessageRow]:
    """Return rows of messages, those of a conversation that ends for the reader as they stood there.

    What a row lies behind the end of its conversation is not looked at: that is not to be read at all.
    """
    later = [row for row in rows if seq_of(row.id) <= _end(row, ends) < row.changed] if ends else ()
    if not later:
        return rows
    then: dict[int, MessageRow] = {}
    for number, some in groupby(sorted(later, key=lambda row: row.id), key=lambda row: conversation_of(row.id)):
        for piece in chunks(some):
            then.update(_then(connection, piece, row_id(number, ends[number])))
    return [then.get(row.id, row) for row in rows]


def edited_since(connection: Connection, ends: Ends, low: int, high: int, count: int) -> Sequence[int]:
    """Return the keys of messages of one conversation whose text is another one since it ended for the reader.

    Args:
        connection: to the store.
        ends: of that conversation, too.
        low: the first key to look at.
        high: the last one.
        count: most keys; the newest come first.
    """
    number = conversation_of(low)
    wanted = {"low": low, "high": high, "last": row_id(number, ends[number]), "count": count}
    return connection.execute(_edited, wanted).scalars().all()


def unpinned_since(connection: Connection, low: int, high: int) -> Sequence[int]:
    """Return the keys of messages from `low` to `high` that were pinned at the event `high`, and unpinned later."""
    return connection.execute(_unpinned, {"low": low, "high": high, "last": high}).scalars().all()


def reactors_then(connection: Connection, key: int, last: int) -> list[Reactor]:
    """Return who reacted to a message at the event with the key `last`, in order; nobody where it is deleted now."""
    if connection.execute(_there, {"key": key}).first() is None:
        return []
    found: dict[tuple[int, str], Reactor] = {}
    for kind, account, name, payload in connection.execute(_reacted, {"key": key, "last": last}):
        emoji = reacted_with(payload)
        if kind == REACTION_ADDED:
            found[account, emoji] = Reactor(emoji=emoji, account=account, name=name)
        else:
            found.pop((account, emoji), None)
    return list(found.values())


def _end(row: MessageRow, ends: Ends) -> int:
    return ends.get(conversation_of(row.id), MAX_SEQ)


def _then(connection: Connection, rows: Sequence[MessageRow], last: int) -> Iterator[tuple[int, MessageRow]]:
    """Return rows of one conversation, by their keys, as they stood at the event with the key `last`."""
    wanted = {"keys": [row.id for row in rows], "last": last}
    about: dict[int, list[Any]] = {}
    for event in connection.execute(_about, wanted):
        about.setdefault(event.id if event.kind == MESSAGE_POSTED else event.target, []).append(event)
    threads = {row.thread: row for row in connection.execute(_replies, wanted)}
    lasts = [thread.last for thread in threads.values()]
    when: dict[int, int] = {row.id: row.ts for row in connection.execute(_when, {"keys": lasts})} if lasts else {}
    for row in rows:
        stood = replace(row)
        thread = threads.get(row.id)
        stood.replies, stood.last_reply = (0, 0) if thread is None else (thread.number, when[thread.last])
        stood.changed = seq_of(max(0 if thread is None else thread.last, about[row.id][-1].id))
        stood.edits = sum(event.kind == MESSAGE_EDITED for event in about[row.id])
        if not row.deleted:
            _fold(stood, about[row.id])
        yield row.id, stood


def _fold(stood: MessageRow, about: Sequence[Any]) -> None:
    """Make of a message what the events about it, from the one that posted it, make of it."""
    reactions = unpack_counts(b"")
    stood.pinned = False
    for event in about:
        if event.kind in (MESSAGE_POSTED, MESSAGE_EDITED):
            stood.body = edited_body(event.payload)
            mentions, stood.everyone = edited_calls(event.payload)
            stood.mentions = pack_accounts(mentions)
        elif event.kind == REACTION_ADDED:
            reactions = with_added(reactions, reacted_with(event.payload), mine=False)
        elif event.kind == REACTION_REMOVED:
            reactions = with_removed(reactions, reacted_with(event.payload), mine=False)
        elif event.kind in (MESSAGE_PINNED, MESSAGE_UNPINNED):
            stood.pinned = event.kind == MESSAGE_PINNED
    stood.reactions = Blob(pack_counts(reactions))
