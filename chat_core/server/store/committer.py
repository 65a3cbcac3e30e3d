"""From a batch of ops to durable outcomes: transactions, and what is to be done when the database fails.

A batch is one transaction. If it fails at a statement it is undone and the ops are tried one at a time, so that only
the guilty one fails. If the commit itself fails, nobody knows what is on the disk: then nothing more is written, ever.
Knows no thread and no future.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from sqlalchemy import Connection, RootTransaction
from sqlalchemy.exc import DBAPIError

from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.observe import get_log
from chat_core.server.rules.judging import Judge
from chat_core.server.store.base import Committed, Op, Refused, StoreBroken
from chat_core.server.store.facts import Facts
from chat_core.server.store.ops.carry_out import carry_out
from chat_core.server.store.ops.work import Work

Outcome = Committed | Exception
BeforeCommit = Callable[[Connection, Sequence[Op], Sequence[Outcome]], None]

STORE_FULL_RETRY_S = 5.0
STORE_FAILED_RETRY_S = 1.0

log = get_log(__name__)


class Trouble(Enum):
    """What a database error means for those who asked."""

    FULL = auto()
    """There is no room; certainly nothing was stored."""
    BUSY = auto()
    """Somebody else holds the database; it never began."""
    OTHER = auto()


class Committer:
    """See the module's head.

    Args:
        connection: the writer's own; nobody else writes.
        chance: returns random bytes.
        classify: tells what an error of this database means.
        before_commit: called inside the transaction when all is written; here the checker breaks a server.
        judge: decides what is moderated.
    """

    def __init__(
        self,
        connection: Connection,
        chance: Callable[[int], bytes],
        classify: Callable[[DBAPIError], Trouble],
        before_commit: BeforeCommit | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._connection = connection
        self._work = Work(connection, Facts(), chance, judge)
        self._classify = classify
        self._before_commit = before_commit

    def commit(self, ops: Sequence[Op]) -> list[Outcome]:
        """Carry out ops durably and return the outcome of each, in order.

        Raises:
            StoreBroken: it is not known what is on the disk. Nothing may be acknowledged, and this not called, again.
        """
        try:
            return self._transaction(ops)
        except _Hopeless as hopeless:
            return [hopeless.refusal() for _ in ops]
        except StoreBroken:
            raise
        except Exception as error:
            if len(ops) == 1:
                return [self._blame(error)]
            log.warning("a batch failed; trying its parts one by one", ops=len(ops), error=repr(error))
        outcomes: list[Outcome] = []
        for op in ops:
            outcomes += self.commit([op])
        return outcomes

    def _transaction(self, ops: Sequence[Op]) -> list[Outcome]:
        """Carry out ops in one transaction.

        Raises:
            _Hopeless: none of them can be done now.
            StoreBroken: the commit failed.
            Exception: one of them failed, and all are undone.
        """
        try:
            transaction = self._connection.begin()
        except DBAPIError as error:
            raise self._hopeless(error) from error
        try:
            outcomes: list[Outcome] = [*carry_out(self._work, ops)]
            if self._before_commit is not None:
                self._before_commit(self._connection, ops, outcomes)
        except Exception as error:
            self._undo(transaction)
            if isinstance(error, DBAPIError) and self._classify(error) is Trouble.FULL:
                raise self._hopeless(error) from error
            raise
        try:
            transaction.commit()
        except Exception as error:
            self._undo(transaction)
            if isinstance(error, DBAPIError) and self._classify(error) is Trouble.FULL:
                raise self._hopeless(error) from error
            raise self._break(error) from error
        return outcomes

    def _undo(self, transaction: RootTransaction) -> None:
        self._work.facts.clear()
        try:
            transaction.rollback()
            # After a failed commit SQLAlchemy holds the transaction for ended; the database may not.
            self._connection.connection.rollback()
        except Exception as error:
            raise self._break(error) from error

    def _break(self, error: Exception) -> StoreBroken:
        log.critical("a commit failed", error=repr(error))
        return StoreBroken(REFUSALS[Refusal.STORE_FAILED].text)

    def _hopeless(self, error: DBAPIError) -> _Hopeless:
        trouble = self._classify(error)
        log.error("the database takes nothing now", trouble=trouble.name.lower(), error=repr(error))
        return _Hopeless(_full if trouble is Trouble.FULL else _failed)

    def _blame(self, error: Exception) -> Exception:
        """Return what the one op that failed is answered with; a fault of ours is raised as it is."""
        if not isinstance(error, DBAPIError):
            return error
        log.error("an op failed in the database", error=repr(error))
        return _failed()


class _Hopeless(Exception):
    """No op of a batch can be done, and none of them is to blame.

    Args:
        refusal: makes what each of them is answered with.
    """

    def __init__(self, refusal: Callable[[], Refused]) -> None:
        super().__init__()
        self.refusal = refusal


def _full() -> Refused:
    return Refused(Refusal.STORE_FULL, REFUSALS[Refusal.STORE_FULL].text, STORE_FULL_RETRY_S)


def _failed() -> Refused:
    return Refused(Refusal.STORE_FAILED, "The server's store failed; nothing was stored.", STORE_FAILED_RETRY_S)
