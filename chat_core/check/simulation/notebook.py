"""A client's storage in memory: the journal's bytes as they would stand in the file, and what a crash leaves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Final

from chat_core.client.state.journal import AnyRecord, Journal, Put, Whose, from_bytes, to_bytes
from chat_core.client.state.model import Remembered
from chat_core.client.storage import Found

LATER_S: Final = 0.05
"""How long a record that is in no hurry waits for company, in seconds."""


class Notebook:
    """What outlives a client.

    Args:
        chance: decides what a crash leaves, and how long a sync takes.
        sync_s: time a sync takes at most, in seconds.
    """

    def __init__(self, chance: random.Random, sync_s: float) -> None:
        self.chance = chance
        self.sync_s = sync_s
        self.journal = b""
        """What is on disk for certain."""
        self.loose = b""
        """What was written behind it, and may be lost."""
        self.remembered: Remembered | None = None

    def crash(self) -> None:
        """Lose some end of what is not on disk for certain."""
        kept = self.chance.randrange(len(self.loose) + 1)
        self.journal += self.loose[:kept]
        self.loose = b""


class MemoryStorage:
    """A `Storage` for one life of a client.

    Args:
        notebook: outlives it.
        on_kept: told each message that survives a crash from now on.
    """

    def __init__(self, notebook: Notebook, on_kept: Callable[[bytes], None]) -> None:
        self._notebook = notebook
        self._on_kept = on_kept
        self._loop = asyncio.get_running_loop()
        self._pending = b""
        self._waiting: list[Callable[[], None]] = []
        self._busy = False
        self._gone = False
        self._timer: asyncio.TimerHandle | None = None
        self._job: asyncio.TimerHandle | None = None

    async def open(self, name: str) -> Found:
        """Take over what is there; see `Storage`."""
        notebook = self._notebook
        journal, _ = from_bytes(notebook.journal + notebook.loose)
        whose = journal.whose
        if whose is None:
            journal.add(Whose(name=name))
        notebook.journal, notebook.loose = to_bytes(journal.records()), b""
        return Found(journal.kept, whose, notebook.remembered)

    def kept(self) -> Journal:
        """Return what the journal says now."""
        return from_bytes(self._notebook.journal + self._notebook.loose)[0]

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Append to the journal; see `Storage`."""
        if self._gone:
            return
        self._pending += to_bytes(records)
        if on_disk is not None:
            cids = [record.unsent.cid for record in records if isinstance(record, Put)]
            self._waiting.append(lambda: self._kept(cids, on_disk))
            self._start()
        elif self._timer is None and not self._busy:
            self._timer = self._loop.call_later(LATER_S, self._start)

    def remember(self, remembered: Remembered) -> None:
        """Keep a list of conversations; see `Storage`."""
        if not self._gone:
            self._notebook.remembered = remembered

    async def close(self) -> None:
        """Write what is left; see `Storage`."""
        if not self._gone:
            self._notebook.journal += self._notebook.loose + self._pending
            self._notebook.loose = b""
            self.crash()

    def crash(self) -> None:
        """Write nothing more, and tell nobody."""
        self._gone = True
        for timer in (self._timer, self._job):
            if timer is not None:
                timer.cancel()

    def _kept(self, cids: Sequence[bytes], on_disk: Callable[[], None]) -> None:
        for cid in cids:
            self._on_kept(cid)
        on_disk()

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._busy or self._gone or not self._pending:
            return
        self._busy = True
        self._notebook.loose += self._pending
        self._pending = b""
        waiting, self._waiting = self._waiting, []
        sync_s = self._notebook.sync_s * self._notebook.chance.random() if waiting else 0.0
        self._job = self._loop.call_later(sync_s, self._written, waiting)

    def _written(self, waiting: list[Callable[[], None]]) -> None:
        self._busy = False
        if waiting:
            self._notebook.journal += self._notebook.loose
            self._notebook.loose = b""
        for on_disk in waiting:
            on_disk()
        self._start()
