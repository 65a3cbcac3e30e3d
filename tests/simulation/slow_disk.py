"""A storage whose disk is as slow as a test has it, and the client that has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chat_core.client import Client
from chat_core.client.state.journal import AnyRecord, Journal
from chat_core.client.state.model import Remembered
from chat_core.client.storage import Found
from tests.simulation.stage import ADDRESS, Stage


class SlowDisk:
    """A `Storage` that has one kind of record on the disk only when it is told so; all else at once.

    Args:
        kind: which one.
        journal: what is there already.
    """

    def __init__(self, kind: type[AnyRecord], journal: Journal | None = None) -> None:
        self.journal = Journal() if journal is None else journal
        self.late: list[Callable[[], None]] = []
        """What waits for the disk."""
        self._kind = kind

    async def open(self, name: str) -> Found:
        """Find what the journal has."""
        return Found(self.journal.kept, self.journal.whose)

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Take records, and those of the kind later."""
        late = any(isinstance(record, self._kind) for record in records)
        for record in records:
            self.journal.add(record)
        if on_disk is not None and late:
            self.late.append(on_disk)
        elif on_disk is not None:
            on_disk()

    def remember(self, remembered: Remembered) -> None:
        """Keep nothing."""

    async def close(self) -> None:
        """Let go of nothing."""


def client_of(stage: Stage, disk: SlowDisk) -> Client:
    return Client(
        ADDRESS,
        "ann",
        clock=stage.clock,
        connector=stage.network.connect,
        entropy=stage.chance.randbytes,
        storage=disk,
    )
