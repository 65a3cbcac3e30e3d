"""A client that loses what it was given: nothing may vanish."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chat_core.client.state.journal import AnyRecord
from chat_core.client.state.model import Remembered
from chat_core.client.storage import Found, Storage


class _Forgetful:
    """A storage that finds nothing of what was unsent."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner

    async def open(self, name: str) -> Found:
        """Find the list of conversations only."""
        found = await self._inner.open(name)
        return Found(remembered=found.remembered)

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Write as always."""
        self._inner.write(records, on_disk)

    def remember(self, remembered: Remembered) -> None:
        """Keep the list."""
        self._inner.remember(remembered)

    async def close(self) -> None:
        """Close the inner one."""
        await self._inner.close()


def forget_unsent(storage: Storage) -> Storage:
    """Begin each life of a client with an empty outbox."""
    return _Forgetful(storage)
