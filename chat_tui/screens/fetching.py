"""What a screen fetches while it is shown: each thing once at a time, a fault told in words, nothing left running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from chat_core.base.errors import ChatError
from chat_core.base.tasks import spawn, stop


class Fetching:
    """See the module's head.

    Args:
        tell: told of a fault in one sentence.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, what: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin to fetch something, unless it is being fetched."""
        running = self._tasks.get(what)
        if running is None or running.done():
            self._tasks[what] = spawn(what, self._guarded(work()))

    async def stop(self) -> None:
        """End what is under way."""
        await stop(*self._tasks.values())

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ChatError as fault:
            self._tell(str(fault))
