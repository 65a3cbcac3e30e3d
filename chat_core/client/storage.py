"""The port to what a client keeps between its runs: the outbox's journal, and the list of conversations. No I/O here.

`storage_files` keeps both in files. A client without storage keeps its outbox in memory: a command that waits for the
acknowledgement, and says so by its exit code, needs no more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from chat_core.client.state.journal import AnyRecord, Kept, Whose
from chat_core.client.state.model import Remembered


class Found(msgspec.Struct, frozen=True):
    """What earlier runs left."""

    kept: tuple[Kept, ...] = ()
    """Messages that are not finished, in sending order."""
    whose: Whose | None = None
    """Who wrote them."""
    remembered: Remembered | None = None
    """The list of conversations."""


class Storage(Protocol):
    """See the module's head."""

    async def open(self, name: str) -> Found:
        """Take over what is there for an account of that name, and keep others out of it.

        Raises:
            WorldFault: nothing can be kept there.
        """
        ...

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Append to the journal.

        Args:
            records: what happened.
            on_disk: called on the loop once they survive a crash of the machine, in the order of the writes; also when
                they cannot be written, for a message that cannot be kept is still better sent. None: no hurry.
        """
        ...

    def remember(self, remembered: Remembered) -> None:
        """Keep a list of conversations in place of the last one."""
        ...

    async def close(self) -> None:
        """Write what is left, and let others have it."""
        ...
