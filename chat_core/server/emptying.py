"""Emptying deleted channels, behind everything else: a piece at a time, with pauses, so that no send waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from chat_core.base.ids import ConversationId
from chat_core.server.observe import get_log
from chat_core.server.store.acts import EmptyChannel
from chat_core.server.store.base import Refused, Store, StoreBroken

SHARE: Final = 0.25
"""Share of the writer's time that it takes at most. Where many write a piece waits for them, and the pause behind it is
longer by as much."""
AGAIN_S: Final = 5.0
"""Time after which it tries again what the store refused, in seconds."""

log = get_log(__name__)


class Emptying:
    """See the module's head.

    Args:
        store: where the channels were.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: set[ConversationId] = set()
        self._changed = asyncio.Event()

    def note(self, channels: Iterable[ConversationId]) -> None:
        """Take note of channels that were deleted."""
        self._told.update(channels)
        if self._told:
            self._changed.set()

    async def run(self) -> None:
        """Empty what an earlier run left, then what it is told of; until cancelled or the store is broken."""
        todo: set[ConversationId] | None = None
        while True:
            try:
                if todo is None:
                    todo = set(await self._store.read(lambda reader: reader.unemptied()))
                while todo:
                    await self._empty(min(todo))
                    todo.discard(min(todo))
            except Refused as refused:
                log.warning("emptying a deleted channel waits", reason=str(refused), again_in_s=AGAIN_S)
                await asyncio.sleep(AGAIN_S)
                continue
            except StoreBroken:
                return
            await self._changed.wait()
            todo, self._told = self._told, set()
            self._changed.clear()

    async def _empty(self, channel: ConversationId) -> None:
        """Empty one channel. Raises: Refused, StoreBroken."""
        loop = asyncio.get_running_loop()
        pieces, more = 0, True
        while more:
            begun = loop.time()
            more = await self._store.write(EmptyChannel(channel))
            pieces += 1
            await asyncio.sleep((loop.time() - begun) * (1 / SHARE - 1))
        log.info("a deleted channel is empty", conversation=channel, pieces=pieces)
