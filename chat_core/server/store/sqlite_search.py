"""Searching beside the SQLite store: the index's file, the thread that keeps it, and threads for the searches.

Nothing here can keep the store from working: a server whose index cannot be made runs, and refuses searches.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chat_core.base.errors import WorldFault
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.observe import get_log
from chat_core.server.store import sqlite_file
from chat_core.server.store.base import Committed, Refused, Searcher
from chat_core.server.store.reader import SqlReader
from chat_core.server.store.search import fts5_file
from chat_core.server.store.search.fts5 import Fts5
from chat_core.server.store.search.indexer import Indexer

T = TypeVar("T")

SEARCHERS: Final = 2
"""Searches that run at the same time."""
WAITING: Final = 40
"""Searches that may wait; with the longest of them all, the last one waits five seconds."""

log = get_log(__name__)


class _Place(NamedTuple):
    connection: Connection
    words: Fts5


class SqliteSearch:
    """See the module's head.

    Args:
        database: the store's file.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = fts5_file.path_beside(database)
        self._threads: ThreadPoolExecutor | None = None
        self._places: SimpleQueue[_Place] = SimpleQueue()
        self._indexer: Indexer | None = None
        self._waiting = 0

    def open(self, epoch: str) -> None:
        """Make the index if need be, and begin to keep it (in a thread; the store is open, and has its tables)."""
        try:
            with ExitStack() as undo:
                there = self._path.exists()
                with closing(fts5_file.connect_reader(self._database)) as logs:
                    if fts5_file.prepare(self._path, epoch, logs) and there:
                        log.info("the search index is made anew", path=str(self._path))
                engine = sqlite_file.reader_engine(self._database)
                for _ in range(SEARCHERS):
                    index = undo.enter_context(closing(Fts5(self._path)))
                    self._places.put(_Place(undo.enter_context(engine.connect()), index))
                undo.pop_all()
        except (OSError, sqlite3.Error, DBAPIError, WorldFault) as error:
            log.error("there is no search: its index cannot be made", path=str(self._path), error=repr(error))
            return
        self._threads = ThreadPoolExecutor(SEARCHERS, thread_name_prefix="store-search")
        self._indexer = Indexer(self._database, self._path)
        self._indexer.start()

    def committed(self, outcomes: Sequence[Committed]) -> None:
        """Take note of which logs went on."""
        if self._indexer is not None:
            told = {outcome.events[0].conversation for outcome in outcomes if outcome.events}
            told.update(number for outcome in outcomes for number in outcome.removed)
            if told:
                self._indexer.note(told)

    async def run(self, query: Callable[[Searcher], T]) -> T:
        """Run a query in a thread. Raises: what the query raises, Refused."""
        if self._threads is None:
            raise Refused(Refusal.STORE_FAILED, "This server cannot search just now; its log says why.")
        if self._waiting >= WAITING:
            raise Refused(Refusal.BUSY, "Many search at this moment; ask again a little later.", 1.0)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, query)
        except RuntimeError as error:  # the threads are ending
            raise Refused(Refusal.SHUTTING_DOWN, REFUSALS[Refusal.SHUTTING_DOWN].text) from error
        finally:
            self._waiting -= 1

    async def settled(self) -> None:
        """Wait until all that is committed by now can be found; for tests and measurements."""
        if self._indexer is not None:
            await asyncio.wrap_future(self._indexer.settled())

    async def close(self) -> None:
        """End everything; what is not indexed yet is at the next start."""
        if self._threads is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._close)

    # --- in threads -------------------------------------------------------------------------------------------

    def _run(self, query: Callable[[Searcher], T]) -> T:
        place = self._places.get()
        try:
            with place.connection.begin():
                return query(SqlReader(place.connection, place.words))
        except (DBAPIError, sqlite3.Error) as error:
            # The store's own database has its faults wrapped.
            if self._indexer is not None and isinstance(error, sqlite3.Error) and fts5_file.is_damage(error):
                self._indexer.begin_anew()
            log.error("a search failed in the database", error=repr(error))
            raise Refused(Refusal.STORE_FAILED, "The server's search index could not be read.", 1.0) from error
        finally:
            self._places.put(place)

    def _close(self) -> None:
        threads, self._threads = self._threads, None
        if threads is None:
            return
        if self._indexer is not None:
            self._indexer.stop()
        threads.shutdown()
        for _ in range(SEARCHERS):
            place = self._places.get()
            place.words.close()
            place.connection.close()
