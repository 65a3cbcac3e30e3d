"""The audit log: a row for every act of privilege, chained by hashes, written in the transaction of the act."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert, select, update

from chat_core.base.ids import AccountId
from chat_core.server.store.chain import HEAD_KEY, head_of, link, parse_head
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import audit, meta

DETAIL_CHARS: Final = 1000
"""Most characters of a detail that are kept."""

_head = select(meta.c.value).where(meta.c.key == HEAD_KEY)


def record(work: Work, ts: int, actor: AccountId | None, actor_name: str, act: str, target: str, detail: str) -> None:
    """Write one row.

    Args:
        work: the transaction.
        ts: when, milliseconds since 1970.
        actor: who; None: the server itself, or the command line.
        actor_name: what they are called.
        act: what was done, one word.
        target: to whom or to what.
        detail: with what.
    """
    known = work.connection.execute(_head).scalar()
    number, before = parse_head(known)
    number += 1
    detail = detail[:DETAIL_CHARS]
    chained = link(before, number, ts, actor, actor_name, act, target, detail)
    work.connection.execute(
        insert(audit).values(
            id=number,
            ts=ts,
            actor=actor,
            actor_name=actor_name,
            act=act,
            target=target,
            detail=detail,
            prev_hash=before,
            hash=chained,
        )
    )
    value = head_of(number, chained)
    if known is None:
        work.connection.execute(insert(meta).values(key=HEAD_KEY, value=value))
    else:
        work.connection.execute(update(meta).where(meta.c.key == HEAD_KEY).values(value=value))
