"""A refusal is told once the disk has it: what somebody knows to be refused is not sent after a crash."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat_core.base.tasks import spawn
from chat_core.check.simulation.time_loop import simulate
from chat_core.client import CallFailed
from chat_core.client.state.journal import Failed
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.messages import Post
from tests.simulation.slow_disk import SlowDisk, client_of
from tests.simulation.stage import Stage
from tests.simulation.world import No


def test_refusal_is_told_when_it_is_on_the_disk() -> None:
    async def story() -> None:
        stage, disk = Stage(1), SlowDisk(Failed)
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
        stage, disk = Stage(1), SlowDisk(Failed)
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
