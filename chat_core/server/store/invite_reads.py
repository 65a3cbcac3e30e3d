"""Invites as they are now: which are over, and which hold no more because of who made them. For reads and for writes.

An invite holds while who made it may be on the server: whoever was disabled or banned opens the door to nobody. Nothing
is written when that happens, so that the invite holds again when they may come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select

from chat_core.server.rules.entry import InviteState
from chat_core.server.store.enforcing import IN_FORCE
from chat_core.server.store.people import InviteRow
from chat_core.server.store.schema import accounts, invites, sanctions

INVITES_LISTED: Final = 200
"""Most invites in a list."""

_banned: Final = exists(
    select(sanctions.c.id).where(
        IN_FORCE,
        sanctions.c.kind == "ban",
        sanctions.c.conversation.is_(None),
        sanctions.c.account == invites.c.made_by,
    )
)
_left: Final = and_(
    or_(invites.c.uses_left.is_(None), invites.c.uses_left > 0),
    or_(invites.c.expires_ts.is_(None), invites.c.expires_ts > bindparam("now")),
)
_all: Final = select(
    invites.c.id,
    invites.c.uses_left,
    invites.c.expires_ts,
    invites.c.conversation,
    invites.c.made_by,
    invites.c.made_ts,
    accounts.c.name,
    func.coalesce(or_(accounts.c.disabled, _banned), _banned).label("orphaned"),
).join_from(invites, accounts, accounts.c.id == invites.c.made_by, isouter=True)
_listed: Final = _all.where(_left).order_by(invites.c.id.desc()).limit(bindparam("count"))
_one: Final = _all.where(_left, invites.c.code_hash == bindparam("code"))


def listed(connection: Connection, now_ms: int) -> Sequence[InviteRow]:
    """Return the newest invites that are not over, oldest first."""
    rows = connection.execute(_listed, {"now": now_ms, "count": INVITES_LISTED}).all()
    return [
        InviteRow(row.id, row.uses_left, row.expires_ts, row.made_ts, row.name or "", bool(row.orphaned))
        for row in reversed(rows)
    ]


def found(connection: Connection, code: bytes, now_ms: int) -> tuple[Any, InviteState]:
    """Return the row of the invite with that code, None if there is none or it is over, and what it is good for."""
    row = connection.execute(_one, {"code": code, "now": now_ms}).first()
    if row is None:
        return None, "over"
    return row, "orphaned" if row.orphaned else "good"
