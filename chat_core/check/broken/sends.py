"""Sends that are taken twice, or out of order: P2 and P5."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete

from chat_core.base.ids import AccountId, Cid
from chat_core.check.broken.early import Around
from chat_core.check.broken.temper import Temper
from chat_core.server.app import Parts
from chat_core.server.store.base import Committed, Op
from chat_core.server.store.committer import Outcome
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.schema import cids

REMEMBERED = 100


def forget_cids(temper: Temper) -> Parts:
    """Remember the last hundred cids only."""
    known: deque[tuple[Cid, AccountId]] = deque()

    def before_commit(connection: Connection, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        for op, outcome in zip(ops, outcomes, strict=True):
            if isinstance(op, AppendMessage) and isinstance(outcome, Committed) and outcome.events:
                known.append((op.cid, op.account))
        while len(known) > temper.at_most(REMEMBERED):
            cid, account = known.popleft()
            connection.execute(delete(cids).where(cids.c.cid == cid, cids.c.account == account))

    return Parts(before_commit=before_commit)


class _IgnoresPrev(Around):
    async def write(self, op: Op) -> Any:
        return await self.inner.write(replace(op, prev=None) if isinstance(op, AppendMessage) else op)


def ignore_prev(temper: Temper) -> Parts:
    """Take a send although the one before it is not there."""
    return Parts(around_store=_IgnoresPrev)
