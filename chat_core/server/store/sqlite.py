"""The embedded store: one SQLite file, one writer's thread, a few readers' threads. Promises as in `base`.

Group commit: the writer takes whatever was queued while its last commit ran, so that a full fsync is paid for once, not
for each message, and nothing waits for a timer.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from chat_core.base.clock import Clock
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.store import appending, writing
from chat_core.server.store.base import AppendMessage, Boot, Committed, Head, OnCommit, Op, Reader, Refused, StoreBroken
from chat_core.server.store.opening import prepare
from chat_core.server.store.reading import SqlReader
from chat_core.server.store.tables import conversations, meta

T = TypeVar("T")
Item = tuple[Op, "asyncio.Future[Any]"]

BATCH = 1000
"""Most ops in one transaction."""
_FULL_RETRY_S = 5.0
"""Seconds after which a write refused for a full disk may be worth repeating."""


class SqliteStore:
    """See the module's head.

    Args:
        path: of the database file; its folder exists.
        clock: for the time of the first conversations.
        readers: threads that read.
        random_bytes: makes event ids and the epoch.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        readers: int = 2,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._path = path
        self._clock = clock
        self._random_bytes = random_bytes
        self._engine: Engine = _engine(path, readers + 1)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="store-reader")
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_loop, name="store-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._on_commit: OnCommit
        self._broken = False
        self._open = False

    async def open(self, on_commit: OnCommit) -> Boot:
        """See the port."""
        self._loop = asyncio.get_running_loop()
        self._on_commit = on_commit
        await self._loop.run_in_executor(self._readers, self._prepare)
        boot = await self._loop.run_in_executor(self._readers, self._boot)
        self._writer.start()
        self._open = True
        return boot

    async def write(self, op: Op) -> Any:
        """See the port."""
        if self._broken or not self._open:
            raise StoreBroken(REFUSALS[Refusal.STORE_FAILED].text)
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put((op, future))
        return await future

    async def read(self, query: Callable[[Reader], T]) -> T:
        """See the port."""
        return await self._loop.run_in_executor(self._readers, self._read, query)

    async def close(self) -> None:
        """See the port."""
        if self._open:
            self._open = False
            self._queue.put(None)
            await self._loop.run_in_executor(None, self._writer.join)
        self._readers.shutdown(wait=True)
        self._engine.dispose()

    def _prepare(self) -> None:
        prepare(self._engine, self._path, self._clock, self._random_bytes)

    def _boot(self) -> Boot:
        with self._engine.connect() as connection, connection.begin():
            epoch = connection.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar_one()
            heads = connection.execute(select(conversations.c.id, conversations.c.head, conversations.c.head_eid))
            return Boot(epoch=epoch, heads=[Head(row.id, row.head, row.head_eid) for row in heads])

    def _read(self, query: Callable[[Reader], T]) -> T:
        with self._engine.connect() as connection, connection.begin():
            return query(SqlReader(connection))

    # --- the writer's thread ----------------------------------------------------------------------------------

    def _write_loop(self) -> None:
        with self._engine.connect().execution_options(writes=True) as connection:
            while True:
                items, last = self._take()
                if items:
                    self._write_batch(connection, items)
                if last:
                    return

    def _take(self) -> tuple[list[Item], bool]:
        """Wait for one op, then take all that are there."""
        items: list[Item] = []
        item = self._queue.get()
        while item is not None:
            items.append(item)
            if len(items) >= BATCH:
                return items, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return items, False
        return items, True

    def _write_batch(self, connection: Connection, items: Sequence[Item]) -> None:
        if self._broken:
            self._announce(items, [StoreBroken(REFUSALS[Refusal.STORE_FAILED].text)] * len(items))
            return
        try:
            outcomes = self._transact(connection, [op for op, _ in items])
        except Exception as error:
            if isinstance(error, StoreBroken) or len(items) == 1:
                self._announce(items, [self._translate(error)] * len(items))
                return
            # One of them is at fault, and which one is not known: each for itself.
            for item in items:
                self._write_batch(connection, [item])
            return
        self._announce(items, outcomes)

    def _transact(self, connection: Connection, ops: Sequence[Op]) -> list[Committed | Exception]:
        transaction = connection.begin()
        try:
            outcomes = _carry_out(writing.Tx(connection, self._random_bytes), ops)
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as error:
            if _is_io_error(error):
                # What the kernel has after a failed fsync is unknown; a second one that succeeds proves nothing.
                self._broken = True
                raise StoreBroken(str(error.orig)) from error
            if transaction.is_active:
                transaction.rollback()
            raise
        return outcomes

    def _translate(self, error: Exception) -> Exception:
        if isinstance(error, DBAPIError):
            if _code(error) == sqlite3.SQLITE_FULL:
                return Refused(Refusal.STORE_FULL, REFUSALS[Refusal.STORE_FULL].text, _FULL_RETRY_S)
            if _is_io_error(error):
                self._broken = True
                return StoreBroken(str(error.orig))
            return Refused(Refusal.STORE_FAILED, REFUSALS[Refusal.STORE_FAILED].text, _FULL_RETRY_S)
        return error

    def _announce(self, items: Sequence[Item], outcomes: Sequence[Committed | Exception]) -> None:
        self._loop.call_soon_threadsafe(self._announced, items, outcomes)

    def _announced(self, items: Sequence[Item], outcomes: Sequence[Committed | Exception]) -> None:
        """On the event loop: first everybody's pushes, then the callers, in order."""
        committed = [outcome for outcome in outcomes if isinstance(outcome, Committed)]
        if committed:
            self._on_commit(committed)
        for (_, future), outcome in zip(items, outcomes, strict=True):
            if future.done():
                continue  # its caller has gone; what it asked for is done all the same
            if isinstance(outcome, Committed):
                future.set_result(outcome.reply)
            else:
                future.set_exception(outcome)


def _carry_out(tx: writing.Tx, ops: Sequence[Op]) -> list[Committed | Exception]:
    """Carry out ops in order; runs of messages in bulk."""
    outcomes: list[Committed | Exception] = []
    run: list[AppendMessage] = []
    for op in ops:
        if isinstance(op, AppendMessage):
            run.append(op)
            continue
        if run:
            outcomes += appending.append(tx, run)
            run = []
        try:
            outcomes.append(writing.carry_out(tx, op))
        except Refused as refused:
            outcomes.append(refused)
    if run:
        outcomes += appending.append(tx, run)
    return outcomes


def _engine(path: Path, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def _configure(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # transactions begin where we say, not where the driver guesses
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA cache_size = -16384")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _code(error: DBAPIError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0) or 0)


def _is_io_error(error: DBAPIError) -> bool:
    return _code(error) & 0xFF == sqlite3.SQLITE_IOERR
