"""A refusal is told once the disk has it: what somebody knows to be refused is not sent after a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from chat_core.base.tasks import spawn
from chat_core.check.simulation.time_loop import simulate
from chat_core.client import CallFailed, Client
from chat_core.client.state.journal import AnyRecord, Failed, Journal
from chat_core.client.state.model import Remembered
from chat_core.client.storage import Found
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.messages import Post
from tests.simulation.stage import ADDRESS, Stage
from tests.simulation.world import No


class SlowDisk:
    """A `Storage` that has a refusal on the disk only when it is told so; all else at once."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.late: list[Callable[[], None]] = []
        """What waits for the disk."""

    async def open(self, name: str) -> Found:
        """Find nothing."""
        return Found()

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Take records, and refusals later."""
        refused = any(isinstance(record, Failed) for record in records)
        for record in records:
            self.journal.add(record)
        if on_disk is not None and refused:
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


def test_refusal_is_told_when_it_is_on_the_disk() -> None:
    async def story() -> None:
        stage, disk = Stage(1), SlowDisk()
        stage.world.refuse = lambda request: No(Refusal.MUTED) if isinstance(request, Post) else None
        async with client_of(stage, disk) as ann:
            await ann.online()
            cid = ann.post(1, "hello")
            told = spawn("told", ann.sent(cid))
            await until(stage, lambda: bool(disk.late))
            assert not told.done()
            disk.late.pop()()
            with pytest.raises(CallFailed) as refused:
                await told
            assert refused.value.code == Refusal.MUTED

    simulate(story())


def test_message_that_is_sent_again_is_not_told_to_have_failed_when_the_disk_was_slow() -> None:
    async def story() -> None:
        stage, disk = Stage(1), SlowDisk()
        refusals = [No(Refusal.MUTED)]
        stage.world.refuse = lambda request: refusals.pop() if refusals and isinstance(request, Post) else None
        async with client_of(stage, disk) as ann:
            await ann.online()
            cid = ann.post(1, "hello")
            told = spawn("told", ann.sent(cid))
            await until(stage, lambda: bool(disk.late))
            ann.retry(cid)
            disk.late.pop()()
            assert (await told).seq == 1
            assert (await ann.sent(cid)).seq == 1

    simulate(story())


async def until(stage: Stage, condition: Callable[[], bool]) -> None:
    """Wait, in simulated time, until something holds."""
    await stage.actor("bob").until(condition)
