"""Keeps the index up to the log: a thread of its own, behind the commits, in batches. No send ever waits for it.

It is told which conversations went on, and is otherwise driven by how far the index and the logs are: what was
committed while it did not run, or was killed, is indexed at the next start. A fault (a full disk) is logged and tried
again; meanwhile searches find what is indexed and say how much is not. An index that proves damaged is made anew, once.

Where little happens the thread does it all. Once much does, a process does it, and the thread only says when (`apart`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Final

from chat_core.server.observe import get_log
from chat_core.server.store.search import fts5_file
from chat_core.server.store.search.apart import Apart
from chat_core.server.store.search.keeper import Here, Keeper, KeeperFault

GATHER_S: Final = 0.2
"""Shortest time between two batches, in seconds: a batch of many costs little more than one of a few."""
CALM_SHARE: Final = 0.5
"""Share of a core that it takes at most, when much is to be done and nobody sends: the rest is for reads."""
BUSY_SHARE: Final = 0.15
"""The same while messages come: they come first, and the index falls behind for as long as there are too many."""
AGAIN_S: Final = 5.0
"""Time after which it tries again after a fault, in seconds."""
MUCH: Final = 1000
"""Events from which on a process does it, if there are so many within `MUCH_WITHIN_S`."""
MUCH_WITHIN_S: Final = 10.0

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
        self._counted = 0
        self._counted_since = monotonic()
        self._open: Callable[[Path, Path], Keeper] = Here
        self._changed = Condition()
        self._told: set[int] = set()
        self._stopping = False
        self._damaged = False
        self._mended = False
        self._idle: list[Future[None]] = []
        self._served: list[Future[None]] = []
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
                    if self._damaged:
                        self._mend()
                    with closing(self._open(self._database, self._path)) as keeper:
                        self._work(keeper)
                except KeeperFault as fault:
                    log.error("the search index could not be written", error=str(fault), again_in_s=AGAIN_S)
                    self._open, self._counted = Here, 0  # whatever became of a process
                    if fault.damaged:
                        self.begin_anew()
                    self._pause(AGAIN_S)
        except Exception:
            log.exception("the search index is not kept up any more")
        finally:
            with self._changed:
                self._stopping = True
                self._settle(self._served)
                self._settle(self._idle)

    def _mend(self) -> None:
        """Begin the index anew; where not even that goes, the next start finds none. Raises: KeeperFault."""
        self._damaged, self._mended = False, True
        log.error("the search index is damaged, and is made anew", path=str(self._path))
        try:
            with closing(fts5_file.connect_writer(self._path)) as index:
                fts5_file.begin_anew(index)
        except sqlite3.Error as error:
            fts5_file.remove(self._path)
            raise KeeperFault(repr(error)) from error

    def _work(self, keeper: Keeper) -> None:
        """Index all that is missing, then wait for more, until told to stop, or until another keeper is to do it."""
        opened = self._open
        self.note(keeper.missing())
        while not self._done:
            begun = monotonic()
            waiting = self._take(keeper)
            while waiting and not self._done:
                waiting, events, cpu_s = keeper.put_in(waiting)
                self._count(events)
                if self._open is not opened:
                    return  # what waits is missing for the next one, too
                if waiting:
                    share = BUSY_SHARE if self._told else CALM_SHARE
                    self._pause(cpu_s * (1 / share - 1))
            if not self._done:
                self._settle(self._served)
                keeper.merge()  # also where there is always something to be put in
            self._pause(self._gather_s - (monotonic() - begun), hurry=True)

    def _count(self, events: int) -> None:
        """Take note of events that were put in; let a process go on where there are many."""
        if monotonic() - self._counted_since > MUCH_WITHIN_S:
            self._counted, self._counted_since = 0, monotonic()
        self._counted += events
        if self._counted >= MUCH:
            self._open = Apart

    def _take(self, keeper: Keeper) -> list[int]:
        """Wait until somebody wants something; return the conversations that went on."""
        wait_s: float | None = 0.0
        while True:
            with self._changed:
                if self._changed.wait_for(self._wanted, wait_s):
                    told, self._told = sorted(self._told), set()
                    self._served += self._idle
                    self._idle = []
                    return told
            cpu_s, wait_s = keeper.merge()
            if cpu_s:
                wait_s = cpu_s * (1 / CALM_SHARE - 1)

    def _wanted(self) -> bool:
        return bool(self._told or self._idle or self._served or self._done)

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
