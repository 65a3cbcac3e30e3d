"""Keeps the index up to the log: a thread of its own, behind the commits, in batches. No send ever waits for it.

It is told which conversations went on, and is otherwise driven by how far the index and the logs are: what was
committed while it did not run, or was killed, is indexed at the next start. A fault (a full disk) is logged and tried
again; meanwhile searches find what is indexed and say how much is not. An index that proves damaged is made anew, once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Condition, Thread
from time import monotonic, thread_time
from typing import Final

from chat_core.server.observe import get_log
from chat_core.server.store.search import fts5_file, fts5_index, fts5_merge
from chat_core.server.store.search.fts5_index import Piece
from chat_core.server.store.search.fts5_merge import Due

BATCH_EVENTS: Final = 500
"""Most events in one transaction."""
GATHER_S: Final = 0.2
"""Shortest time between two batches, in seconds: a batch of many costs little more than one of a few."""
CALM_SHARE: Final = 0.5
"""Share of a core that it takes at most, when much is to be done and nobody sends: the rest is for reads."""
BUSY_SHARE: Final = 0.15
"""The same while messages come: they come first, and the index falls behind for as long as there are too many."""
AGAIN_S: Final = 5.0
"""Time after which it tries again after a fault, in seconds."""
MERGE_PAGES: Final = 64
"""Pages written in one step of merging the parts of the index."""
TIDY_WAIT_S: Final = 0.05
"""Time between two merges that only take deleted words out of the file, in seconds for each page of it: a thousand
times what it takes."""

log = get_log(__name__)


class Indexer:
    """See the module's head.

    Args:
        database: of the store; read only.
        index: made already, and that of this log.
        gather_s: shortest time between two batches, in seconds.
    """

    def __init__(self, database: Path, index: Path, gather_s: float = GATHER_S) -> None:
        self._database = database
        self._path = index
        self._gather_s = gather_s
        self._changed = Condition()
        self._told: set[int] = set()
        self._stopping = False
        self._damaged = False
        self._mended = False
        self._idle: list[Future[None]] = []
        self._served: list[Future[None]] = []
        self._merged_at = monotonic()
        self._thread = Thread(target=self._run, name="store-indexer", daemon=True)

    def start(self) -> None:
        """Begin with what is missing."""
        self._thread.start()

    def note(self, conversations: Iterable[int]) -> None:
        """Tell that these conversations' logs went on."""
        with self._changed:
            self._told.update(conversations)
            self._changed.notify_all()

    def settled(self) -> Future[None]:
        """Return what is done once all that was committed before this call is in the index, or the indexer ends."""
        future: Future[None] = Future()
        with self._changed:
            if self._stopping:
                future.set_result(None)
            else:
                self._idle.append(future)
                self._changed.notify_all()
        return future

    def begin_anew(self) -> None:
        """Make the index anew, for it proved damaged; once in a run: a disk may go on spoiling it."""
        with self._changed:
            self._damaged = not self._mended
            self._changed.notify_all()

    def stop(self) -> None:
        """End it, in the middle of its work if need be, and wait for that."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    # --- in the thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stopping:
                try:
                    with ExitStack() as stack:
                        logs = stack.enter_context(closing(fts5_file.connect_reader(self._database)))
                        index = stack.enter_context(closing(fts5_file.connect_writer(self._path)))
                        if self._damaged:
                            self._mend(index)
                        self._work(logs, index)
                except sqlite3.Error as error:
                    log.error("the search index could not be written", error=repr(error), again_in_s=AGAIN_S)
                    if fts5_file.is_damage(error):
                        self.begin_anew()
                    self._pause(AGAIN_S)
        except Exception:
            log.exception("the search index is not kept up any more")
        finally:
            with self._changed:
                self._stopping = True
                self._settle(self._served)
                self._settle(self._idle)

    def _mend(self, index: sqlite3.Connection) -> None:
        """Begin the index anew; where not even that goes, the next start finds none."""
        self._damaged, self._mended = False, True
        log.error("the search index is damaged, and is made anew", path=str(self._path))
        try:
            fts5_file.begin_anew(index)
        except sqlite3.Error:
            fts5_file.remove(self._path)
            raise

    def _work(self, logs: sqlite3.Connection, index: sqlite3.Connection) -> None:
        """Index all that is missing, then wait for more, until told to stop, or the index proves damaged."""
        done = fts5_index.done(index)
        self.note(number for number, head in fts5_index.heads(logs).items() if head != done.get(number, 0))
        while not self._done:
            begun = monotonic()
            waiting = self._take(index)
            while waiting and not self._done:
                began = thread_time()
                waiting = _batch(logs, index, done, waiting)
                if waiting:
                    share = BUSY_SHARE if self._told else CALM_SHARE
                    self._pause((thread_time() - began) * (1 / share - 1))
            if not self._done:
                self._settle(self._served)
                self._merge(index)  # also where there is always something to be put in
            self._pause(self._gather_s - (monotonic() - begun), hurry=True)

    def _take(self, index: sqlite3.Connection) -> list[int]:
        """Wait until somebody wants something; return the conversations that went on."""
        wait_s: float | None = 0.0
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._told or self._idle or self._done, wait_s):
                    told, self._told = sorted(self._told), set()
                    self._served += self._idle
                    self._idle = []
                    return told
            wait_s = self._merge(index)

    def _merge(self, index: sqlite3.Connection) -> float | None:
        """Do a step of merging the parts of the index, if it is due.

        Returns:
            Seconds until there is something to do; None: there is nothing.
        """
        due = fts5_merge.due(index)
        if due is Due.NOTHING:
            return None
        due_at = self._merged_at + fts5_merge.pages_of(index) * TIDY_WAIT_S
        if due is Due.DELETED and (left_s := due_at - monotonic()) > 0:
            return left_s
        began = thread_time()
        if not fts5_merge.merge_some(index, MERGE_PAGES):
            self._merged_at = monotonic()
        return (thread_time() - began) * (1 / CALM_SHARE - 1)

    def _pause(self, for_s: float, *, hurry: bool = False) -> None:
        """Leave the machine to others; with `hurry`, until somebody waits for the index."""
        with self._changed:
            self._changed.wait_for(lambda: self._done or (hurry and self._idle), max(0.0, for_s))

    @property
    def _done(self) -> bool:
        """Whether there is nothing more to do for the index as it is."""
        return self._stopping or self._damaged

    def _settle(self, waiting: list[Future[None]]) -> None:
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(None)
        waiting.clear()


def _batch(logs: sqlite3.Connection, index: sqlite3.Connection, done: dict[int, int], waiting: list[int]) -> list[int]:
    """Index a batch from these conversations, in their order; return those that may have more."""
    pieces: list[Piece] = []
    room = BATCH_EVENTS
    rest: list[int] = []
    logs.execute("BEGIN")
    try:
        for at, number in enumerate(waiting):
            piece = fts5_index.next_piece(logs, number, done.get(number, 0), room)
            if piece is not None:
                pieces.append(piece)
                room -= max(0, piece.upto - done.get(number, 0))
            if room <= 0:
                rest = waiting[at:]
                break
    finally:
        logs.execute("ROLLBACK")
    fts5_index.put_in(index, pieces)
    done.update((piece.conversation, piece.upto) for piece in pieces)
    return rest
