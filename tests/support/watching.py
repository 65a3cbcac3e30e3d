"""A client of the library with everything it told written down, for tests with a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from chat_core.base.clock import Clock
from chat_core.base.tasks import spawn
from chat_core.client import Client, Delivered, FileStorage, parse_address
from chat_core.client.state.changes import Change
from chat_core.client.state.model import ConversationState
from chat_core.protocol.events import MessagePosted

WAIT_S = 45.0
"""Longest wait for something to become true, in seconds."""


class Watched:
    """A running client.

    Args:
        address: of the server, as typed.
        name: to sign in with.
        follow: as in `Client`.
        far_behind: as in `Client`.
        outbox: folder for what is unsent; None: in memory.
        clock: tells the time.
    """

    def __init__(
        self,
        address: str,
        name: str,
        *,
        follow: bool = True,
        far_behind: int = 2000,
        outbox: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        storage = None if outbox is None else FileStorage(outbox)
        self.client = Client(
            parse_address(address), name, follow=follow, far_behind=far_behind, storage=storage, clock=clock
        )
        self.changes: list[Change] = []
        self._moved = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Watched:
        """Start it and wait until it is online."""
        await self.begin()
        await self.client.online(WAIT_S)
        return self

    async def begin(self) -> None:
        """Start it; nobody may be there."""
        self._watching = spawn("watch", self._watch())
        await self.client.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it and take the rest of what it tells."""
        await self.client.close()
        if self._watching is not None:
            async with asyncio.timeout(WAIT_S):
                await self._watching

    def room(self, target: str) -> ConversationState:
        """Return a conversation as the client has it."""
        found = self.client.state.by_target(target)
        assert found is not None, target
        return found

    def bodies(self, target: str) -> list[str]:
        """Return the bodies of all messages of a timeline."""
        return [message.body for message in self.room(target).timeline]

    def told(self, conversation: int) -> list[MessagePosted]:
        """Return the messages of a conversation that were handed over, in order."""
        events = [change.event for change in self.changes if isinstance(change, Delivered)]
        return [event for event in events if isinstance(event, MessagePosted) and event.conversation == conversation]

    async def until(self, condition: Callable[[], bool], within_s: float = WAIT_S) -> None:
        """Wait until something holds; looked at whenever the client tells anything."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._moved.clear()
                await self._moved.wait()

    async def _watch(self) -> None:
        async for batch in self.client.changes():
            self.changes += batch.changes
            self._moved.set()
