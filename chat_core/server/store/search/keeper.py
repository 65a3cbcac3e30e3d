"""Keeping the index, step by step: what the logs have beyond it is put in, and its parts are merged. Waits for nothing.

Who asks for the steps, and how fast, is the indexer's matter; where they are done, too (`apart`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, thread_time
from typing import Final, NamedTuple, Protocol

from chat_core.server.store.search import fts5_file, fts5_index, fts5_merge
from chat_core.server.store.search.fts5_index import Overtaken, Piece
from chat_core.server.store.search.fts5_merge import Due

BATCH_EVENTS: Final = 500
"""Most events in one transaction."""
MERGE_PAGES: Final = 64
"""Pages written in one step of merging the parts of the index."""
TIDY_WAIT_S: Final = 0.05
"""Time between two merges that only take deleted words out of the file, in seconds for each page of it: a thousand
times what it takes."""


class KeeperFault(Exception):
    """The index could not be written; whoever begins again finds what is missing.

    Args:
        text: what happened, for the log.
        damaged: whether the file is damaged, so that to begin again would not help.
    """

    def __init__(self, text: str, damaged: bool = False) -> None:
        super().__init__(text)
        self.damaged = damaged


class Batch(NamedTuple):
    """What became of one."""

    rest: list[int]
    """Conversations that may have more."""
    events: int
    """How many it had."""
    cpu_s: float
    """What it took, in seconds of a core."""


class Merged(NamedTuple):
    """What became of a step of merging."""

    cpu_s: float
    """What it took, in seconds of a core; 0: it was not due."""
    due_s: float | None
    """Seconds until the next one is due, if this one was not; None: none is to come."""


class Keeper(Protocol):
    """Does one step after the other. Each raises: KeeperFault; then it is only closed."""

    def missing(self) -> list[int]:
        """Return the conversations whose logs go on behind the index."""
        ...

    def put_in(self, waiting: list[int]) -> Batch:
        """Index a batch from these conversations, in their order."""
        ...

    def merge(self) -> Merged:
        """Merge a little, if it is due."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class Here:
    """A `Keeper` that does it where it is called: one thread at a time.

    Args:
        database: of the store; read only.
        index: made already, and that of this log. Nobody else writes it.

    Raises:
        KeeperFault: they cannot be opened.
    """

    def __init__(self, database: Path, index: Path) -> None:
        with _explained():
            self._logs = fts5_file.connect_reader(database)
            try:
                self._index = fts5_file.connect_writer(index)
                self._done = fts5_index.done(self._index)
            except sqlite3.Error:
                self._logs.close()
                raise
        self._merged_at = monotonic()

    def missing(self) -> list[int]:
        """Return the conversations whose logs go on behind the index."""
        with _explained():
            heads = fts5_index.heads(self._logs)
        return [number for number, head in heads.items() if head != self._done.get(number, 0)]

    def put_in(self, waiting: list[int]) -> Batch:
        """Index a batch from these conversations, in their order."""
        began = thread_time()
        with _explained():
            pieces, rest = self._next(waiting)
            fts5_index.put_in(self._index, pieces)
        self._done.update((piece.conversation, piece.upto) for piece in pieces)
        return Batch(rest, sum(piece.events for piece in pieces), thread_time() - began)

    def merge(self) -> Merged:
        """Merge a little, if it is due."""
        began = thread_time()
        with _explained():
            due = fts5_merge.due(self._index)
            if due is Due.NOTHING:
                return Merged(0.0, None)
            due_at = self._merged_at + fts5_merge.pages_of(self._index) * TIDY_WAIT_S
            if due is Due.DELETED and (left_s := due_at - monotonic()) > 0:
                return Merged(0.0, left_s)
            if not fts5_merge.merge_some(self._index, MERGE_PAGES):
                self._merged_at = monotonic()
        return Merged(max(thread_time() - began, 1e-6), None)

    def close(self) -> None:
        """Close the files."""
        self._index.close()
        self._logs.close()

    def _next(self, waiting: list[int]) -> tuple[list[Piece], list[int]]:
        """Return what the next batch is made of, and the conversations that may have more."""
        pieces: list[Piece] = []
        room = BATCH_EVENTS
        self._logs.execute("BEGIN")
        try:
            for at, number in enumerate(waiting):
                piece = fts5_index.next_piece(self._logs, number, self._done.get(number, 0), room)
                if piece is not None:
                    pieces.append(piece)
                    room -= piece.events
                if room <= 0:
                    return pieces, waiting[at:]
        finally:
            self._logs.execute("ROLLBACK")
        return pieces, []


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, Overtaken) as error:
        damaged = isinstance(error, sqlite3.Error) and fts5_file.is_damage(error)
        raise KeeperFault(repr(error), damaged) from error
