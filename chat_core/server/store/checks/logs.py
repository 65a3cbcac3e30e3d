"""Each conversation's log: 1, 2, 3 … up to its head, without holes, and the head's id is the newest event's.

Uses only what every version of the schema has, so that a store that waits for a migration can be looked at too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.schema import conversations, events
from chat_core.server.store.settings import is_deleted

_within = (events.c.id >= bindparam("low"), events.c.id <= bindparam("high"))
_heads: Final = select(
    conversations.c.id, conversations.c.kind, conversations.c.name, conversations.c.head, conversations.c.head_eid
).order_by(conversations.c.id)
_extent: Final = select(func.count(), func.min(events.c.id), func.max(events.c.id)).where(*_within)
_keys: Final = select(events.c.id).where(*_within).order_by(events.c.id)
_eid: Final = select(events.c.eid).where(events.c.id == bindparam("key"))
_every_key: Final = select(events.c.id).order_by(events.c.id)
_count: Final = select(func.count()).select_from(events)


def check_logs(connection: Connection, findings: Findings) -> str:
    """Look for holes, events beyond the head, a head of another event, and events of no conversation."""
    logs = total = left = emptying = 0
    for row in connection.execute(_heads).all():
        logs += 1
        count = _look_at(connection, row, findings)
        total += count
        if count and is_deleted(row.kind, row.name):
            left, emptying = left + count, emptying + 1
    everything: int = connection.execute(_count).scalar_one()
    if everything != total:
        _find_strays(connection, findings)
    told = f"{times(everything, 'event')} in {times(logs, 'conversation')}, each log whole from 1 to its head"
    if emptying:
        told += f"; {times(left, 'event')} of {times(emptying, 'deleted channel')} to be taken out yet"
    return told


def _look_at(connection: Connection, row: Any, findings: Findings) -> int:
    """Look at one log; return the number of its events."""
    bounds = {"low": row_id(row.id, 0), "high": row_id(row.id, MAX_SEQ)}
    count, lowest, highest = connection.execute(_extent, bounds).one()
    first, last = (seq_of(lowest), seq_of(highest)) if count else (1, 0)
    if (count, first, last) != (row.head, 1, row.head) and not is_deleted(row.kind, row.name):
        _find_holes(connection, row, bounds, findings)
    eid = connection.execute(_eid, {"key": row_id(row.id, row.head)}).scalar()
    if (eid or b"") != row.head_eid:
        findings.add(f"conversation {row.id}: its head names another event than {row.id}:{row.head}")
    return int(count)


def _find_holes(connection: Connection, row: Any, bounds: Mapping[str, int], findings: Findings) -> None:
    """Tell what is missing and what is too much in one log."""
    last = 0
    beyond = 0
    for (key,) in stream(connection, _keys, bounds):
        seq = seq_of(key)
        if seq > row.head:
            beyond += 1
            continue
        if seq == 0:
            findings.add(f"conversation {row.id}: an event has the number 0")
        if seq > last + 1:
            findings.add(f"conversation {row.id}: {_missing(last + 1, seq - 1)}")
        last = seq
    if last < row.head:
        findings.add(f"conversation {row.id}: {_missing(last + 1, row.head)}")
    if beyond:
        findings.add(f"conversation {row.id}: {times(beyond, 'event')} beyond its head, which is {row.head}")


def _missing(first: int, last: int) -> str:
    return f"event {first} is missing" if first == last else f"events {first} to {last} are missing"


def _find_strays(connection: Connection, findings: Findings) -> None:
    """Tell of events that belong to no conversation."""
    known = {row.id for row in connection.execute(_heads)}
    stray: dict[int, int] = {}
    for (key,) in stream(connection, _every_key):
        number = conversation_of(key)
        if number not in known:
            stray[number] = stray.get(number, 0) + 1
    for number, count in sorted(stray.items()):
        findings.add(f"{times(count, 'event')} of conversation {number}, which is not there")
