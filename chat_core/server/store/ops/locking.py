"""The lock of the whole server: one row of `meta`, which every write that it concerns is weighed against."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, insert

from chat_core.base.durations import in_words
from chat_core.protocol.codes import Refusal
from chat_core.server.rules.permissions import Permission, at_least, only
from chat_core.server.store.acts import LockServer, ServerLock
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.enforcing import LOCK_KEY
from chat_core.server.store.ops import audit
from chat_core.server.store.ops.rights import actor
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import meta


def lock_server(work: Work, op: LockServer) -> Committed:
    """Lock the server down, or end that."""
    who = actor(work, op.account)
    if who.account is not None and not at_least(who.account.role, "moderator"):
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.MODERATE))
    before = work.facts.learn_order(work.connection, op.ts).lock
    if not op.locked and before is None:
        return Committed()
    work.connection.execute(delete(meta).where(meta.c.key == LOCK_KEY))
    if op.locked:
        value = msgspec.json.encode(ServerLock(op.until_ts, op.reason)).decode()
        work.connection.execute(insert(meta).values(key=LOCK_KEY, value=value))
    work.facts.forget_order()
    length = "" if op.until_ts is None else f"for {in_words((op.until_ts - op.ts) / 1000)}"
    detail = "; ".join(part for part in (length, op.reason) if part)
    audit.record(work, op.ts, who.id, who.audited, "lock" if op.locked else "unlock", "this server", detail)
    return Committed()
