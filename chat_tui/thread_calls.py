"""What the one door to the client library says about threads. A part of the `Bridge`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from chat_core.client import Client

T = TypeVar("T")


class ThreadCalls:
    """See the module's head."""

    async def read_thread(self, conversation: int, thread: int) -> int:
        """Open a thread, of which any message is named; see `Client.read_thread`."""
        return await self._there(lambda client: client.read_thread(conversation, thread))

    async def load_older_thread(self, conversation: int, thread: int) -> None:
        """Fetch older messages of an open thread; see `Client.load_older_thread`."""
        await self._there(lambda client: client.load_older_thread(conversation, thread))

    def close_thread(self, conversation: int, thread: int) -> None:
        """Keep nothing of a thread."""
        self._tell(lambda client: client.close_thread(conversation, thread))

    def mark_thread_read(self, conversation: int, thread: int, seq: int) -> None:
        """Move the read marker in a thread."""
        self._tell(lambda client: client.mark_thread_read(conversation, thread, seq))

    async def _there(self, ask: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine of the client on its loop."""
        raise NotImplementedError

    def _tell(self, say: Callable[[Client], object]) -> None:
        """Run a function of the client on its loop, without waiting for it."""
        raise NotImplementedError
