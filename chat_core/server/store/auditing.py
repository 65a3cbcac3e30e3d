"""Reading the audit log, and following its chain. Reads only; `ops.audit` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from chat_core.server.store.acts import Act
from chat_core.server.store.chain import HEAD_KEY, link, parse_head
from chat_core.server.store.schema import audit, meta

_rows: Final = select(
    audit.c.id,
    audit.c.ts,
    audit.c.actor,
    audit.c.actor_name,
    audit.c.act,
    audit.c.target,
    audit.c.detail,
    audit.c.prev_hash,
    audit.c.hash,
).order_by(audit.c.id)
_head: Final = select(meta.c.value).where(meta.c.key == HEAD_KEY)
_with_hash: Final = select(audit.c.id).where(audit.c.hash == bindparam("chained"))
_last: Final = select(func.max(audit.c.id))
_STREAMED: Final = {"yield_per": 1000}


class Verified(NamedTuple):
    """How far the chain holds."""

    rows: int
    """Rows up to there."""
    head: bytes
    """Hash of the last of them; empty: there is none."""
    broken: str
    """What is wrong with the first broken link, a clause; empty: nothing."""


def verify_chain(connection: Connection) -> Verified:
    """Follow the chain up to its first broken link."""
    number, before = 0, b""
    for row in connection.execute(_rows, execution_options=_STREAMED):
        wrong = _wrong(row, number, before)
        if wrong:
            return Verified(number, before, wrong)
        number, before = row.id, row.hash
    try:
        head = parse_head(connection.execute(_head).scalar())
    except ValueError:
        return Verified(number, before, "what the store says of the newest row cannot be read")
    if head != (number, before):
        return Verified(number, before, f"the log ends at row {number}, the store says at row {head[0]}")
    return Verified(number, before, "")


def has_hash(connection: Connection, chained: bytes) -> bool:
    """Return whether a row has this hash."""
    return connection.execute(_with_hash, {"chained": chained}).first() is not None


def read_acts(connection: Connection, newest: int | None) -> Iterator[Act]:
    """Yield the acts, oldest first.

    Args:
        connection: to a store.
        newest: only so many of the newest; None: all.
    """
    last = connection.execute(_last).scalar() or 0
    first = 0 if newest is None else last - newest
    for row in connection.execute(_rows.where(audit.c.id > first), execution_options=_STREAMED):
        yield Act(row.id, row.ts, row.actor_name, row.act, row.target, row.detail)


def _wrong(row: tuple[object, ...], number: int, before: bytes) -> str:
    """Return what is wrong with the row behind another one, empty: nothing."""
    (found, *said, prev, chained) = row
    if found != number + 1:
        return f"row {number + 1} is missing"
    if prev != before:
        return f"row {found} does not continue row {number}"
    if link(before, found, *said) != chained:  # type: ignore[arg-type]  # whatever stands there is hashed
        return f"row {found} was changed: its hash is another one"
    return ""
