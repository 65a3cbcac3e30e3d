"""Told too early, or told although it is not so: P1."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from chat_core.base.ids import ConversationId
from chat_core.base.tasks import spawn
from chat_core.check.broken.temper import Temper
from chat_core.protocol.codes import Refusal
from chat_core.server.app import Parts
from chat_core.server.store.base import Boot, Committed, OnCommit, Op, Reader, Refused, Searcher, Store
from chat_core.server.store.committer import Outcome
from chat_core.server.store.messages import AppendMessage

T = TypeVar("T")


class Around:
    """A store around a store: changes nothing. What breaks one overrides a method."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner

    async def open(self, on_commit: OnCommit) -> Boot:
        """Open the inner one."""
        return await self.inner.open(on_commit)

    async def write(self, op: Op) -> Any:
        """Have the inner one carry it out."""
        return await self.inner.write(op)

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Have the inner one read."""
        return await self.inner.read(query)

    async def search(self, query: Callable[[Searcher], T]) -> T:
        """Have the inner one search."""
        return await self.inner.search(query)

    async def close(self) -> None:
        """Close the inner one."""
        await self.inner.close()


class _Early(Around):
    """Hears on the loop of what a transaction will do, before it is committed."""

    def __init__(self, inner: Store, temper: Temper) -> None:
        super().__init__(inner)
        self._temper = temper
        self._loop = asyncio.get_running_loop()

    def before_commit(self, connection: Connection, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        """Tell the loop (writer's thread)."""
        self._loop.call_soon_threadsafe(self._heard, tuple(ops), tuple(outcomes))
        self._temper.pause()

    def _heard(self, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        raise NotImplementedError


class _AcknowledgesFirst(_Early):
    def __init__(self, inner: Store, temper: Temper) -> None:
        super().__init__(inner, temper)
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    async def write(self, op: Op) -> Any:
        told = self._waiting[id(op)] = self._loop.create_future()
        spawn("write", self._carry_out(op, told))
        try:
            return await told
        finally:
            self._waiting.pop(id(op), None)

    async def _carry_out(self, op: Op, told: asyncio.Future[Any]) -> None:
        outcome: Any
        try:
            outcome = await self.inner.write(op)
        except asyncio.CancelledError:
            told.cancel()
            raise
        except Exception as error:
            if not told.done():
                told.set_exception(error)
        else:
            if not told.done():
                told.set_result(outcome)

    def _heard(self, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        for op, outcome in zip(ops, outcomes, strict=True):
            told = self._waiting.get(id(op))
            if told is not None and not told.done() and isinstance(outcome, Committed):
                told.set_result(outcome.reply)


class _PushesFirst(_Early):
    def __init__(self, inner: Store, temper: Temper) -> None:
        super().__init__(inner, temper)
        self._on_commit: OnCommit = lambda outcomes: None
        self._pushed: dict[int, Outcome] = {}

    async def open(self, on_commit: OnCommit) -> Boot:
        self._on_commit = on_commit
        return await self.inner.open(self._committed)

    def _heard(self, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        self._pushed.update((id(outcome), outcome) for outcome in outcomes)
        self._on_commit([outcome for outcome in outcomes if isinstance(outcome, Committed)])

    def _committed(self, outcomes: Sequence[Committed]) -> None:
        late = [outcome for outcome in outcomes if self._pushed.pop(id(outcome), None) is None]
        if late:
            self._on_commit(late)


class _NeverRefuses(Around):
    async def write(self, op: Op) -> Any:
        try:
            return await self.inner.write(op)
        except Refused as refused:
            if not isinstance(op, AppendMessage) or refused.code not in (Refusal.STORE_FULL, Refusal.STORE_FAILED):
                raise
            place = await self.inner.read(lambda reader: reader.find(op.account, op.conversation))
            return ConversationId(place.id), place.head + 1, op.ts, False


def acknowledge_first(temper: Temper) -> Parts:
    """Answer a write before its transaction is committed."""
    return _early(_AcknowledgesFirst, temper)


def push_first(temper: Temper) -> Parts:
    """Push an event before its transaction is committed."""
    return _early(_PushesFirst, temper)


def never_refuse(temper: Temper) -> Parts:
    """Acknowledge what the disk refused."""
    return Parts(around_store=_NeverRefuses)


def _early(kind: Callable[[Store, Temper], _Early], temper: Temper) -> Parts:
    made: list[_Early] = []

    def around(store: Store) -> Store:
        made.append(kind(store, temper))
        return made[-1]

    def before_commit(connection: Connection, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        made[-1].before_commit(connection, ops, outcomes)

    return Parts(around_store=around, before_commit=before_commit)
