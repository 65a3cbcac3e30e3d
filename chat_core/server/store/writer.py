"""The one writer: a thread that commits whatever arrived while its last commit ran, and tells the loop once per commit.

Knows nothing of tables; what a batch does is its `commit`'s part. The loop's side of it never waits for the thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple, Protocol

from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.observe import get_log
from chat_core.server.store.base import Committed, OnCommit, Op, Refused, StoreBroken

BATCH_OPS: Final = 1000
"""Most ops in one transaction: those behind them should not wait for ever."""
QUEUED_OPS: Final = 20_000
"""Most ops that wait; more are refused, so that a slow disk does not fill the memory."""

log = get_log(__name__)


class Commit(Protocol):
    """What the thread runs."""

    def __call__(self, ops: Sequence[Op]) -> Sequence[Committed | Exception]:
        """Return the outcome of each op. Raises: StoreBroken, or anything else; then it is not called again."""
        ...


class _Waiting(NamedTuple):
    op: Op
    answer: asyncio.Future[Any]


class Writer:
    """See the module's head.

    Args:
        commit: carries out a batch; called in the thread only.
        end: called in the thread at its end.
        on_commit: given the outcomes that changed or found something, on the loop.
    """

    def __init__(self, commit: Commit, end: Callable[[], None], on_commit: OnCommit) -> None:
        self._commit = commit
        self._end = end
        self._on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._queued = 0
        self._ended = self._loop.create_future()
        self._closing = False
        self._broken = False
        self._thread = Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, op: Op) -> asyncio.Future[Any]:
        """Queue an op; the future gets its reply after the commit. Raises: Refused `busy`, `shutting_down`."""
        if self._closing:
            raise Refused(Refusal.SHUTTING_DOWN, REFUSALS[Refusal.SHUTTING_DOWN].text)
        if self._queued >= QUEUED_OPS:
            raise Refused(Refusal.BUSY, "The server cannot store that fast; wait a moment.", 1.0)
        answer = self._loop.create_future()
        self._queued += 1
        self._queue.put(_Waiting(op, answer))
        return answer

    @property
    def queued(self) -> int:
        """How many ops wait for their commit, those that are committed now among them."""
        return self._queued

    async def close(self) -> None:
        """Commit what is queued, hand it out, and end the thread."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    # --- in the thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            going_on = True
            while going_on:
                batch, going_on = self._take()
                if batch:
                    self._tell(self._deliver, batch, self._outcomes(batch))
        finally:
            try:
                self._end()
            finally:
                self._tell(self._finish)

    def _take(self) -> tuple[list[_Waiting], bool]:
        """Wait for an op; return it and those behind it, and whether more may come."""
        batch: list[_Waiting] = []
        waiting = self._queue.get()
        try:
            while waiting is not None:
                batch.append(waiting)
                if len(batch) == BATCH_OPS:
                    return batch, True
                waiting = self._queue.get_nowait()
        except Empty:
            return batch, True
        return batch, False

    def _outcomes(self, batch: list[_Waiting]) -> Sequence[Committed | Exception]:
        if not self._broken:
            try:
                return self._commit([waiting.op for waiting in batch])
            except Exception as error:
                self._broken = True
                log.critical("the store takes no more writes", error=repr(error))
        return [StoreBroken(REFUSALS[Refusal.STORE_FAILED].text) for _ in batch]

    def _tell(self, callback: Callable[..., None], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            log.warning("the loop has ended before the store")

    # --- on the loop ------------------------------------------------------------------------------------------

    def _deliver(self, batch: list[_Waiting], outcomes: Sequence[Committed | Exception]) -> None:
        """Hand out a commit; only then let the callers go on."""
        self._queued -= len(batch)
        committed = [outcome for outcome in outcomes if isinstance(outcome, Committed)]
        try:
            if committed:
                self._on_commit(committed)
        except Exception:
            log.exception("a commit could not be handed out")
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue  # its caller was cancelled
            if isinstance(outcome, Committed):
                answer.set_result(outcome.reply)
            else:
                answer.set_exception(outcome)

    def _finish(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)
