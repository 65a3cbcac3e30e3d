"""The store without its threads: the same statements, at moments that chance decides.

The rules are those of `writer` and `sqlite`: what was asked while a commit ran is the next batch; a batch is one
transaction; its outcomes reach the loop later, in order, `on_commit` first and then whoever asked. A read sees what was
committed when it ran, which is not when it was asked, and not when it is answered.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from sqlalchemy.exc import DBAPIError

from chat_core.check.simulation.disk import Disk
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.store import sqlite_file
from chat_core.server.store.base import Boot, Committed, OnCommit, Op, Reader, Refused, Searcher, StoreBroken
from chat_core.server.store.committer import BeforeCommit, Committer
from chat_core.server.store.enforcing import read_sanctions
from chat_core.server.store.reader import SqlReader, read_epoch, read_heads
from chat_core.server.store.writer import BATCH_OPS

T = TypeVar("T")

WINDOW_S: Final = 0.4
"""Longest time between the last statement and the end of a commit, where somebody wants to be told before it."""


@dataclass(slots=True)
class Pace:
    """How long things take, in seconds: each at most this long, chance decides."""

    commit_s: float = 0.004
    """From the beginning of a transaction until it is on disk."""
    tell_s: float = 0.002
    """From there until the loop hears of it."""
    read_s: float = 0.003
    """From asking until the snapshot is taken, and again until it is answered."""
    bad_reads: float = 0.0
    """Share of the reads that fail in the database."""


class InlineStore:
    """A `Store`; see the module's head.

    Args:
        disk: outlives this.
        pace: how fast it is; may change meanwhile.
        chance: decides on times, and makes event ids.
        before_commit: as of a `Committer`.
    """

    def __init__(
        self, disk: Disk, pace: Pace, chance: random.Random, before_commit: BeforeCommit | None = None
    ) -> None:
        self._disk = disk
        self._pace = pace
        self._chance = chance
        self._before_commit = before_commit
        self._loop = asyncio.get_running_loop()
        self._committer = Committer(disk.connection, chance.randbytes, sqlite_file.classify, before_commit)
        self._on_commit: OnCommit | None = None
        self._queue: deque[tuple[Op, asyncio.Future[Any]]] = deque()
        self._timers: dict[int, asyncio.Handle] = {}
        self._timer_count = 0
        self._asked: dict[asyncio.Future[Any], None] = {}
        self._told_at = 0.0
        self._busy = False
        self._closing = False
        self._dead = False
        self._broken = False
        self._unsealed: bytes | None = None
        self._late_reads: list[Callable[[], None]] = []
        self.fails: str = ""
        """Lets the next commit fail: the disk has it not (`lost`), or has it all the same (`kept`)."""

    async def open(self, on_commit: OnCommit) -> Boot:
        """Open the store."""
        self._on_commit = on_commit
        with self._disk.reading() as connection:
            return Boot(read_epoch(connection), read_heads(connection), read_sanctions(connection))

    async def write(self, op: Op) -> Any:
        """Carry out an op durably and return its `reply`. Raises: Refused, StoreBroken."""
        if self._closing or self._dead:
            raise _closed()
        answer = self._ask()
        self._queue.append((op, answer))
        self._begin()
        return await answer

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Run a query on one snapshot. Raises: what the query raises, Refused."""
        if self._closing or self._dead:
            raise _closed()
        answer = self._ask()
        self._later(self._pace.read_s, lambda: self._read(query, answer))
        found: T = await answer
        return found

    async def search(self, query: Callable[[Searcher], T]) -> T:
        """Run a query that searches; there is no index here, and the players do not search."""
        return await self.read(lambda reader: query(cast(Searcher, reader)))

    async def close(self) -> None:
        """Commit what is queued, then close."""
        self._closing = True
        while not self._dead and (self._busy or self._queue or self._timers):  # noqa: ASYNC110  # costs nothing here
            await asyncio.sleep(0.01)
        self._dead = True

    def kill(self) -> None:
        """End in the middle of everything: what is not committed never happened, and nobody is told anything more."""
        self._dead = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._queue.clear()
        if self._unsealed is not None:
            self._disk.take_back(self._unsealed)
        asked, self._asked = self._asked, {}
        for answer in asked:
            answer.cancel()

    # --- how --------------------------------------------------------------------------------------------------

    def _ask(self) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._asked[answer] = None
        return answer

    def _later(self, at_most_s: float, work: Callable[[], None]) -> None:
        self._at(self._loop.time() + at_most_s * self._chance.random(), work)

    def _at(self, due: float, work: Callable[[], None]) -> None:
        self._timer_count = number = self._timer_count + 1

        def run() -> None:
            del self._timers[number]
            work()

        self._timers[number] = self._loop.call_at(due, run)

    def _begin(self) -> None:
        if not self._busy and self._queue:
            self._busy = True
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_OPS))]
            self._later(self._pace.commit_s, lambda: self._commit(batch))

    def _commit(self, batch: list[tuple[Op, asyncio.Future[Any]]]) -> None:
        if self._before_commit is not None:
            self._unsealed = self._disk.copy()
        outcomes = self._outcomes([op for op, _ in batch])
        if self._before_commit is None:
            self._committed(batch, outcomes)
        else:
            self._later(WINDOW_S, lambda: self._sealed(batch, outcomes))

    def _sealed(self, batch: list[tuple[Op, asyncio.Future[Any]]], outcomes: Sequence[Committed | Exception]) -> None:
        self._unsealed = None
        late, self._late_reads = self._late_reads, []
        for read in late:
            read()
        self._committed(batch, outcomes)

    def _committed(
        self, batch: list[tuple[Op, asyncio.Future[Any]]], outcomes: Sequence[Committed | Exception]
    ) -> None:
        # Outcomes reach the loop in the order of the commits, whatever chance says.
        due = self._loop.time() + self._pace.tell_s * self._chance.random()
        self._told_at = due = max(due, self._told_at + 1e-9)
        self._at(due, lambda: self._tell(batch, outcomes))
        self._busy = False
        self._begin()

    def _outcomes(self, ops: Sequence[Op]) -> Sequence[Committed | Exception]:
        if self.fails and not self._broken:
            self._broken = True
            if self.fails == "kept":
                self._committer.commit(ops)
        if not self._broken:
            try:
                return self._committer.commit(ops)
            except StoreBroken:
                self._broken = True
        return [StoreBroken(REFUSALS[Refusal.STORE_FAILED].text) for _ in ops]

    def _tell(self, batch: list[tuple[Op, asyncio.Future[Any]]], outcomes: Sequence[Committed | Exception]) -> None:
        """Hand out a commit; only then let the callers go on."""
        committed = [outcome for outcome in outcomes if isinstance(outcome, Committed)]
        if committed and self._on_commit is not None:
            self._on_commit(committed)
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            self._asked.pop(answer, None)
            if answer.done():
                continue
            if isinstance(outcome, Committed):
                answer.set_result(outcome.reply)
            else:
                answer.set_exception(outcome)

    def _read(self, query: Callable[[Reader], Any], answer: asyncio.Future[Any]) -> None:
        if self._unsealed is not None:
            self._late_reads.append(lambda: self._read(query, answer))
            return
        outcome: Any
        try:
            if self._pace.bad_reads and self._chance.random() < self._pace.bad_reads:
                raise _bad_read()
            with self._disk.reading() as connection:
                outcome = query(SqlReader(connection))
        except DBAPIError:
            outcome = _bad_read()
        except Exception as error:
            outcome = error
        self._later(self._pace.read_s, lambda: self._answer(answer, outcome))

    def _answer(self, answer: asyncio.Future[Any], outcome: Any) -> None:
        self._asked.pop(answer, None)
        if answer.done():
            return
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)


def _closed() -> Refused:
    return Refused(Refusal.SHUTTING_DOWN, REFUSALS[Refusal.SHUTTING_DOWN].text)


def _bad_read() -> Refused:
    return Refused(Refusal.STORE_FAILED, "The server's store could not be read.", 1.0)
