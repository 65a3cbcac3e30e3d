"""The newest state, and what changed since the one consumer last looked. A shell around the reducer.

What happens within one turn of the event loop becomes one batch. A consumer that does not keep up is no reason to
hoard: `full` tells the rest of the client to leave further events in the server's log for now, and `on_room` is called
when there is room again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

from chat_core.client.state.changes import Batch, Change
from chat_core.client.state.coalesce import coalesce
from chat_core.client.state.inputs import Input
from chat_core.client.state.model import ClientState
from chat_core.client.state.reducer import apply

FULL: Final = 4096
"""Changes waiting for the consumer above which no more events are taken."""
UNHEARD: Final = 65536
"""Changes kept for a consumer that has never asked."""


class Board:
    """See the module's head.

    Args:
        latecomers: asked, before anybody looks, for inputs that were put off until then.
        on_room: called when the consumer has taken what made the board full.
    """

    def __init__(self, latecomers: Callable[[], Iterable[Input]], on_room: Callable[[], None]) -> None:
        self._state = ClientState()
        self._latecomers = latecomers
        self._on_room = on_room
        self._changes: list[Change] = []
        self._news = asyncio.Event()
        self._heard = False
        self._missed = False
        self._closed = False

    @property
    def state(self) -> ClientState:
        """The newest state."""
        self._settle()
        return self._state

    @property
    def now(self) -> ClientState:
        """The same for the parts of the client: without the latecomers, which cost time."""
        return self._state

    @property
    def me(self) -> int | None:
        """Own account."""
        return None if self._state.me is None else self._state.me.id

    @property
    def full(self) -> bool:
        """Whether the consumer is so far behind that events should stay at the server."""
        return self._heard and len(self._changes) >= FULL

    def apply(self, *inputs: Input) -> None:
        """Move the state on."""
        for input in inputs:
            self._state, changes = apply(self._state, input)
            if changes and not self._missed:
                self._changes += changes
        if self._changes:
            self._news.set()
        if not self._heard and len(self._changes) > UNHEARD:
            # A program that only ever looks at `state` must not pay for a story nobody reads.
            self._changes.clear()
            self._missed = True

    def wake(self) -> None:
        """Have the consumer look: a latecomer has something."""
        self._news.set()

    def close(self) -> None:
        """End the consumer's iteration, once it has taken what is there."""
        self._closed = True
        self._news.set()

    def changes(self) -> AsyncIterator[Batch]:
        """Return the batches from the beginning on; there can be one consumer, for good.

        Raises:
            RuntimeError: somebody has asked before, or so late that the beginning was not kept.
        """
        if self._heard:
            raise RuntimeError("a client's changes have one consumer")
        if self._missed:
            raise RuntimeError("ask for changes() before start(): the beginning was not kept")
        self._heard = True
        return self._batches()

    async def _batches(self) -> AsyncIterator[Batch]:
        while True:
            await self._news.wait()
            self._news.clear()
            self._settle()
            was_full = self.full
            changes, self._changes = self._changes, []
            if told := coalesce(changes):
                yield Batch(state=self._state, changes=told)
            if was_full:
                self._on_room()
            if self._closed and not self._changes:
                return
            if self._changes:
                self._news.set()

    def _settle(self) -> None:
        for input in self._latecomers():
            self._state, changes = apply(self._state, input)
            if not self._missed:
                self._changes += changes
