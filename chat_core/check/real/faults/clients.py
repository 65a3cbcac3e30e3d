"""Faults of clients: their processes end, as they want to or not."""

from __future__ import annotations

from typing import ClassVar

from chat_core.check.real.faults.base import ARMED_S, Fault, Lane, NotNow, World


class Crash(Fault):
    """See `sentence`."""

    name = "crash"
    sentence = "kill -9 of a client, started again with the outbox it left"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        worker = world.worker()
        try:
            pid = await worker.kill()
            world.record(self.name, f"{worker.who}, pid {pid}")
            await world.rest(world.some_time(0, 3))
        finally:
            await worker.start()


class CrashBetween(Fault):
    """See `sentence`."""

    name = "crash-between"
    sentence = "kill -9 of a client when a message is in its outbox and not on the wire"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        worker = world.worker()
        worker.tell("crash")
        code = await worker.wait(ARMED_S / 2)
        if code is None:
            # It may still do so, at its next post.
            await worker.kill()
            await worker.start()
            raise NotNow("it did not post")
        world.record(self.name, f"{worker.who}, exit code {code}")
        await worker.start()


class Restart(Fault):
    """See `sentence`."""

    name = "restart"
    sentence = "a client is closed in order, and started again"
    lane: ClassVar[Lane] = "clients"

    async def happen(self, world: World) -> None:
        """Do it."""
        worker = world.worker()
        try:
            await worker.leave()
            world.record(self.name, worker.who)
        finally:
            await worker.start()
