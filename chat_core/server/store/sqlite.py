"""The store in one SQLite file: one writer thread, a few reader threads, each with its own connection."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chat_core.base.clock import Clock
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.observe import get_log
from chat_core.server.rules.judging import Judge
from chat_core.server.store import opening, sqlite_file, sqlite_paths
from chat_core.server.store.base import Boot, Committed, OnCommit, Op, Reader, Refused, Searcher
from chat_core.server.store.committer import BeforeCommit, Committer, Outcome
from chat_core.server.store.enforcing import read_sanctions
from chat_core.server.store.reader import SqlReader, read_epoch, read_heads
from chat_core.server.store.sqlite_search import SqliteSearch
from chat_core.server.store.writer import Commit, Writer

T = TypeVar("T")

READERS: Final = 2

log = get_log(__name__)


class SqliteStore:
    """A `Store`; see there. The caller makes sure that no other process writes the file.

    Args:
        path: the database file; made if it is missing, its folder is not.
        clock: tells when a new store was made.
        readers: reads that run at the same time.
        chance: returns that many random bytes; event ids and the epoch are made of them.
        before_commit: as of a `Committer`.
        judge: decides what is moderated; called in the writer's thread.
        measure: told of each batch how many ops it had and how many seconds it took; called in the writer's thread.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        readers: int = READERS,
        chance: Callable[[int], bytes] = os.urandom,
        before_commit: BeforeCommit | None = None,
        measure: Callable[[int, float], None] | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.path = path
        """The database file."""
        self._measure = measure
        self._judge = judge
        self._clock = clock
        self._chance = chance
        self._before_commit = before_commit
        self._readers = readers
        self._threads: ThreadPoolExecutor | None = None
        self._connections: SimpleQueue[Connection] = SimpleQueue()
        self._search = SqliteSearch(path)
        self._writer: Writer | None = None

    async def open(self, on_commit: OnCommit) -> Boot:
        """Open, or make, the store. Raises: WorldFault, UsageFault."""
        threads = ThreadPoolExecutor(self._readers, thread_name_prefix="store-reader")
        try:
            connection, boot = await asyncio.get_running_loop().run_in_executor(threads, self._open)
        except BaseException:
            threads.shutdown(wait=False)
            raise
        committer = Committer(connection, self._chance, sqlite_file.classify, self._before_commit, self._judge)
        self._threads = threads
        commit = committer.commit if self._measure is None else self._measured(committer, self._measure)

        def committed(outcomes: Sequence[Committed]) -> None:
            self._search.committed(outcomes)
            on_commit(outcomes)

        self._writer = Writer(commit, connection.close, committed)
        return boot

    @property
    def queued(self) -> int:
        """How many writes wait for their commit."""
        return 0 if self._writer is None else self._writer.queued

    async def write(self, op: Op) -> Any:
        """Carry out an op durably and return its `reply`. Raises: Refused, StoreBroken."""
        if self._writer is None:
            raise _closed()
        return await self._writer.put(op)

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Run a query on one snapshot, off the event loop. Raises: what the query raises, Refused."""
        if self._threads is None:
            raise _closed()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, query)

    async def search(self, query: Callable[[Searcher], T]) -> T:
        """Run a query on one snapshot, aside from other reads. Raises: as `read`, Refused `busy`."""
        if self._threads is None:
            raise _closed()
        return await self._search.run(query)

    async def indexed(self) -> None:
        """Wait until all that was committed by now can be found; for tests and measurements."""
        await self._search.settled()

    async def close(self) -> None:
        """Commit what is queued, then close; also where opening failed, or again."""
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._close_readers, threads)
        if self._writer is not None:
            await self._writer.close()
        await self._search.close()

    # --- in threads -------------------------------------------------------------------------------------------

    def _measured(self, committer: Committer, measure: Callable[[int, float], None]) -> Commit:
        clock = self._clock

        def commit(ops: Sequence[Op]) -> Sequence[Outcome]:
            begun = clock.monotonic()
            outcomes = committer.commit(ops)
            measure(len(ops), clock.monotonic() - begun)
            return outcomes

        return commit

    def _open(self) -> tuple[Connection, Boot]:
        """Bring the file up to date, and open the writer's connection and the readers'."""
        path = self.path
        sqlite_paths.make_private(path)
        with sqlite_file.explained(path), ExitStack() as undo:
            opening.prepare(
                sqlite_file.opener_engine(path),
                ts=self._clock.wall_ms(),
                keep_copy=lambda connection, version: sqlite_file.copy(connection, copy_of(path, version)),
                chance=self._chance,
            )
            writer = undo.enter_context(sqlite_file.writer_engine(path).connect())
            engine = sqlite_file.reader_engine(path)
            readers = [undo.enter_context(engine.connect()) for _ in range(self._readers)]
            with writer.begin():
                boot = Boot(read_epoch(writer), read_heads(writer), read_sanctions(writer))
            undo.pop_all()
        self._search.open(boot.epoch)
        for connection in readers:
            self._connections.put(connection)
        return writer, boot

    def _read(self, query: Callable[[Reader], T]) -> T:
        connection = self._connections.get()
        try:
            with connection.begin():
                return query(SqlReader(connection))
        except DBAPIError as error:
            log.error("a read failed in the database", error=repr(error))
            raise Refused(Refusal.STORE_FAILED, "The server's store could not be read.", 1.0) from error
        finally:
            self._connections.put(connection)

    def _close_readers(self, threads: ThreadPoolExecutor) -> None:
        threads.shutdown()
        for _ in range(self._readers):
            self._connections.get().close()


def copy_of(path: Path, version: str) -> Path:
    """Return where the copy of a database is kept that had that version before a migration."""
    return path.with_name(f"{path.name}.v{version}")


def _closed() -> Refused:
    return Refused(Refusal.SHUTTING_DOWN, REFUSALS[Refusal.SHUTTING_DOWN].text)
