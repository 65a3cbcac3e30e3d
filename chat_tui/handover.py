"""Batches on their way from the client's thread to the application's loop, and no more of them than can be held.

A terminal that takes no bytes stops the application for as long as it likes. What comes meanwhile then stays with the
client, which has a bound of its own and leaves the rest in the server's log. Knows neither of the two threads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from chat_core.client.state.changes import Batch

FULL: Final = 4096
"""Changes that wait for the application from which on no more are taken from the client."""


class Handed(Struct, frozen=True):
    """One batch."""

    batch: Batch
    posts: int
    """Messages that were given to the client before it, since the beginning: the state has what became of them."""


class Handover:
    """See the module's head. What waits is counted by two counters, each of which one thread alone moves.

    Args:
        over_there: runs a function in the client's thread, where `put` and `room` are called; all else is called by
            the application.
    """

    def __init__(self, over_there: Callable[[Callable[[], object]], object]) -> None:
        self._over_there = over_there
        self._waiting: deque[Handed] = deque()
        self._put = 0
        self._taken = 0
        self._room: asyncio.Event | None = None

    def __len__(self) -> int:
        """Return how many changes wait."""
        return self._put - self._taken

    def put(self, handed: Handed) -> None:
        """Let a batch wait for the application."""
        self._put += len(handed.batch.changes)
        self._waiting.append(handed)

    async def room(self) -> None:
        """Wait until there is room for more."""
        while len(self) >= FULL:
            self._room = asyncio.Event()
            if len(self) >= FULL:  # still: what is taken from now on sets it
                await self._room.wait()
        self._room = None

    def take(self) -> list[Handed]:
        """Return all that waits, and make room."""
        handed: list[Handed] = []
        while self._waiting:
            handed.append(self._waiting.popleft())
        self._taken += sum(len(each.batch.changes) for each in handed)
        room = self._room
        if room is not None:
            self._over_there(room.set)
        return handed
