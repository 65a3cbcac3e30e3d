"""Mutes, bans and the server's lock as they are in force: read from the tables, for reads and for writes.

A row that nobody lifted is in force until its time; nothing has to happen for it to end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select

from chat_core.base.ids import AccountId
from chat_core.protocol.values import Sanction
from chat_core.server.store.acts import Enforced, ServerLock
from chat_core.server.store.schema import accounts, meta, sanctions

LOCK_KEY: Final = "lockdown"
"""Key in `meta` under which the server's lock stands, as JSON."""

_not_over: Final = or_(sanctions.c.until_ts.is_(None), sanctions.c.until_ts > bindparam("now"))
IN_FORCE: Final = and_(sanctions.c.lifted_ts.is_(None), _not_over)
"""Condition on a row of `sanctions`, at the time `now`."""
_COLUMNS: Final = (
    sanctions.c.id,
    sanctions.c.kind,
    sanctions.c.conversation,
    sanctions.c.account,
    sanctions.c.address,
    sanctions.c.until_ts,
    sanctions.c.reason,
)
_mutes: Final = select(sanctions.c.conversation, sanctions.c.account, sanctions.c.until_ts, sanctions.c.reason).where(
    IN_FORCE, sanctions.c.kind == "mute", sanctions.c.account.is_not(None)
)
_everything: Final = select(*_COLUMNS).where(sanctions.c.lifted_ts.is_(None)).order_by(sanctions.c.id)
_lock: Final = select(meta.c.value).where(meta.c.key == LOCK_KEY)
_by = accounts.alias("by_account")
_decode_lock = msgspec.json.Decoder(ServerLock).decode


class Mute(NamedTuple):
    """Until when somebody may not write, and why."""

    until_ts: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """Who may not write, besides what each channel's rules say."""

    mutes: Mapping[tuple[int, AccountId], Mute] = field(default_factory=dict)
    """By conversation (0: everywhere) and account."""
    lock: ServerLock | None = None
    """How the whole server is locked down."""

    @property
    def anything(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.mutes) or self.lock is not None


def read_order(connection: Connection, now_ms: int) -> Order:
    """Return who is muted, and how the server is locked, at a time."""
    mutes: dict[tuple[int, AccountId], Mute] = {}
    for conversation, account, until_ts, reason in connection.execute(_mutes, {"now": now_ms}):
        mutes[conversation or 0, account] = Mute(until_ts, reason)
    return Order(mutes, read_lock(connection, now_ms))


def read_lock(connection: Connection, now_ms: int) -> ServerLock | None:
    """Return how the server is locked at a time; None: it is not."""
    packed = connection.execute(_lock).scalar()
    lock = None if packed is None else _decode_lock(packed)
    return None if lock is None or lock.over(now_ms) else lock


def read_sanctions(connection: Connection) -> list[Enforced]:
    """Return every mute and ban that nobody has lifted; some may be over."""
    return [Enforced(*row) for row in connection.execute(_everything)]


def find_ban(connection: Connection, conversation: int | None, account: AccountId, now_ms: int) -> Mute | None:
    """Return until when, and why, an account is banned from a channel, or from the whole server; None: it is not."""
    rows = _matching(
        connection, now_ms, sanctions.c.kind == "ban", _where(conversation), sanctions.c.account == account
    )
    return Mute(rows[-1].until_ts, rows[-1].reason) if rows else None


def of_account(connection: Connection, conversation: int | None, account: AccountId, now_ms: int) -> list[Enforced]:
    """Return what is in force against an account in a channel, or on the whole server."""
    return _matching(connection, now_ms, _where(conversation), sanctions.c.account == account)


def of_address(connection: Connection, address: str, now_ms: int) -> list[Enforced]:
    """Return what is in force against an address."""
    return _matching(connection, now_ms, sanctions.c.address == address)


def listed(
    connection: Connection, conversation: int | None, now_ms: int, limit: int
) -> tuple[Sequence[Sanction], bool]:
    """Return the newest of what is in force in a channel, or on the whole server, and whether there is more."""
    statement = (
        select(*_COLUMNS, accounts.c.name, _by.c.name.label("by_name"), sanctions.c.made_ts)
        .join_from(sanctions, accounts, accounts.c.id == sanctions.c.account, isouter=True)
        .join(_by, _by.c.id == sanctions.c.made_by, isouter=True)
        .where(IN_FORCE, _where(conversation))
        .order_by(sanctions.c.id.desc())
        .limit(limit + 1)
    )
    rows = connection.execute(statement, {"now": now_ms}).all()
    found = [
        Sanction(
            id=row.id,
            kind=row.kind,
            conversation=row.conversation,
            account=row.account,
            name=row.name or "",
            address=row.address or "",
            until=row.until_ts,
            reason=row.reason,
            by=row.by_name or "",
            ts=row.made_ts,
        )
        for row in rows[:limit]
    ]
    return found[::-1], len(rows) > limit


def _where(conversation: int | None) -> ColumnElement[bool]:
    return sanctions.c.conversation.is_(None) if conversation is None else sanctions.c.conversation == conversation


def _matching(connection: Connection, now_ms: int, *conditions: ColumnElement[bool]) -> list[Enforced]:
    statement = select(*_COLUMNS).where(IN_FORCE, *conditions).order_by(sanctions.c.id)
    return [Enforced(*row) for row in connection.execute(statement, {"now": now_ms})]
