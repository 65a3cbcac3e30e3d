"""Pieces of one conversation: pages of messages, pieces of its log. Reads only; rights were looked at before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.events import ConversationEvent
from chat_core.protocol.limits import PAGE_BYTES
from chat_core.protocol.values import FileInfo, Message
from chat_core.server.store import columns
from chat_core.server.store.as_of import as_of
from chat_core.server.store.bounds import NO_ENDS, Bounds, Ends
from chat_core.server.store.columns import MessageRow
from chat_core.server.store.counting import unpack_accounts
from chat_core.server.store.gathered import Gathered, is_one_of, numbers
from chat_core.server.store.keys import MAX_CONVERSATION, MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.lookups import chunks
from chat_core.server.store.mark_payloads import unpack_counts
from chat_core.server.store.messages import MessagePage
from chat_core.server.store.payloads import conversation_event
from chat_core.server.store.schema import accounts, events, files, messages, reactions

MESSAGE = select(
    messages.c.id,
    messages.c.ts,
    messages.c.author,
    accounts.c.name,
    accounts.c.display,
    *columns.FOLDED,
    *columns.ATTACHED,
).select_from(
    messages.join(accounts, accounts.c.id == messages.c.author).outerjoin(files, files.c.message == messages.c.id)
)
_RANGE = MESSAGE.where(messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high")).limit(bindparam("count"))

_forwards: Final = Gathered(_RANGE.order_by(messages.c.id), MessageRow)
_backwards: Final = Gathered(_RANGE.order_by(messages.c.id.desc()), MessageRow)
_by_key: Final = Gathered(MESSAGE.where(is_one_of(messages.c.id, "keys")), MessageRow)
_WIDER: Final = 5
"""A reaction in a frame is so many times as long as in its row, at most."""
_own_reactions: Final = select(reactions.c.message, reactions.c.emoji).where(
    reactions.c.account == bindparam("asker"), reactions.c.message.in_(bindparam("keys", expanding=True))
)
_any: Final = (
    select(messages.c.id).where(messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high")).limit(1)
)
_log: Final = (
    select(*columns.NAMED_EVENT, accounts.c.display)
    .join_from(events, accounts, accounts.c.id == events.c.author)
    .where(events.c.id >= bindparam("low"), events.c.id <= bindparam("high"))
    .order_by(events.c.id)
    .limit(bindparam("count"))
)
_eids: Final = select(events.c.id, events.c.eid).where(events.c.id.in_(bindparam("keys", expanding=True)))


def log_piece(
    connection: Connection, conversation: ConversationId, after: int, upto: int, limit: int
) -> list[ConversationEvent]:
    """Return events with `after < seq <= upto`, as `Reader.events` promises."""
    low, high = row_id(conversation, after) + 1, row_id(conversation, upto)
    rows = connection.execute(_log, {"low": low, "high": high, "count": limit})
    found: list[ConversationEvent] = []
    budget = PAGE_BYTES
    for key, *rest, display in rows:
        event, text = conversation_event(conversation, seq_of(key), *rest)
        if display:
            event = replace(event, display=display)
        budget -= _bytes(text)
        if budget < 0 and found:
            break
        found.append(event)
    return found


def eids_at(connection: Connection, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return the ids of events, by conversation and seq."""
    keys = {row_id(number, seq) for number, seq in places if 0 < number <= MAX_CONVERSATION and 0 < seq <= MAX_SEQ}
    return {
        (conversation_of(key), seq_of(key)): eid
        for some in chunks(keys)
        for key, eid in connection.execute(_eids, {"keys": some})
    }


def history(
    connection: Connection,
    conversation: ConversationId,
    anchor: str,
    seq: int,
    limit: int,
    bounds: Bounds,
    asker: AccountId | None = None,
) -> MessagePage:
    """Return a page of messages, as `Reader.history` promises."""
    first = row_id(conversation, bounds.after + 1)
    last = row_id(conversation, MAX_SEQ if bounds.upto is None else bounds.upto)
    here = last + 1 if anchor == "latest" else min(row_id(conversation, seq), last + 1)
    if anchor == "after":
        here = min(here + 1, last + 1)
    here = max(first, here)
    # One more than wanted tells whether there are any behind. Around a message, what one side lacks the other has.
    wanted = limit + 1
    count = limit // 2 + 2 if anchor == "around" and limit > 2 else wanted
    older = [] if anchor == "after" else _rows(connection, _backwards, first, here - 1, count)
    newer = _rows(connection, _forwards, here, last, count) if anchor in ("after", "around") else []
    if anchor == "around" and (len(older) < count) != (len(newer) < count):
        older = _rows(connection, _backwards, first, here - 1, wanted)
        newer = _rows(connection, _forwards, here, last, wanted)
        count = wanted
    ends = bounds.ends(conversation)
    older, newer = as_of(connection, older, ends), as_of(connection, newer, ends)
    taken_older, taken_newer = share([size_of(row) for row in older], [size_of(row) for row in newer], limit)
    rows = [*reversed(older[:taken_older]), *newer[:taken_newer]]
    at_start = taken_older == len(older) < count
    if anchor == "after":
        at_start = not _is_any(connection, first, here - 1)
    at_end = taken_newer == len(newer) < count
    if anchor == "before":
        at_end = not _is_any(connection, here, last)
    return MessagePage(messages_of(connection, rows, asker), at_start=at_start, at_end=at_end)


def by_key(
    connection: Connection, keys: Sequence[int], asker: AccountId | None = None, ends: Ends = NO_ENDS
) -> dict[int, Message]:
    """Return the messages of some keys, as they stand now or did at the ends; those that are not there are missing."""
    rows = as_of(connection, _by_key.all(connection, {"keys": numbers(keys)}), ends) if keys else ()
    return dict(zip((row.id for row in rows), messages_of(connection, rows, asker), strict=True))


def share(older: Sequence[int], newer: Sequence[int], limit: int) -> tuple[int, int]:
    """Decide how many neighbours of an anchor fit into a page, taking them in turns, the nearest first.

    Args:
        older: sizes of the messages before the anchor in bytes, the nearest first.
        newer: sizes of those from the anchor on.
        limit: most messages.

    Returns:
        The number of older and of newer ones; together at least one, if there is any.
    """
    taken = [0, 0]
    closed = [False, False]
    room = PAGE_BYTES
    for side, size in _in_turns(older, newer):
        if sum(taken) == limit:
            break
        closed[side] |= size > room and sum(taken) > 0
        if not closed[side]:
            taken[side] += 1
            room -= size
    return taken[1], taken[0]


def _in_turns(older: Sequence[int], newer: Sequence[int]) -> Iterator[tuple[int, int]]:
    for new, old in zip_longest(newer, older):
        if new is not None:
            yield 0, new
        if old is not None:
            yield 1, old


def _rows(
    connection: Connection, statement: Gathered[MessageRow], low: int, high: int, count: int
) -> Sequence[MessageRow]:
    return statement.all(connection, {"low": low, "high": high, "count": count})


def _is_any(connection: Connection, low: int, high: int) -> bool:
    return connection.execute(_any, {"low": low, "high": high}).first() is not None


def messages_of(connection: Connection, rows: Sequence[MessageRow], asker: AccountId | None) -> list[Message]:
    """Return the messages of rows of `MESSAGE`, with what the asker reacted to them."""
    reacted = [row.id for row in rows if row.reactions]
    mine: dict[int, set[str]] = {}
    for some in chunks(reacted if asker is not None else ()):
        for key, emoji in connection.execute(_own_reactions, {"asker": asker, "keys": some}):
            mine.setdefault(key, set()).add(emoji)
    return [_message(row, frozenset(mine.get(row.id, ()))) for row in rows]


def _message(row: MessageRow, mine: frozenset[str]) -> Message:
    return Message(
        seq=seq_of(row.id),
        changed=row.changed,
        ts=row.ts,
        author=row.author,
        name=row.name,
        display=row.display,
        body=row.body,
        style=row.style,
        reply_to=row.reply_to,
        edits=row.edits,
        deleted=row.deleted,
        thread=None if row.thread is None else seq_of(row.thread),
        in_channel=bool(row.in_channel),
        replies=row.replies,
        last_reply=row.last_reply,
        file=_file(row),
        mentions=unpack_accounts(row.mentions),
        everyone=row.everyone,
        bot=row.bot,
        via=row.via,
        reactions=unpack_counts(row.reactions, mine),
        pinned=row.pinned,
    )


def _file(row: MessageRow) -> FileInfo | None:
    if row.file_name is None or row.file_size is None or row.file_type is None:
        return None
    return FileInfo(name=row.file_name, size=row.file_size, type=row.file_type, sha256=bytes(row.sha256))


def size_of(row: MessageRow) -> int:
    """Return about how many bytes of a page a message takes: its reactions travel with the names of their fields."""
    return _bytes(row.body) + _WIDER * len(row.reactions)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
