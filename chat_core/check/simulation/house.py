"""A server that can be killed: the real parts, put together as `server.app` does, over a disk that stays.

Everything from the handlers to the drivers is production code; sockets, threads and signals are not here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from chat_core.base.ids import ConversationId
from chat_core.base.tasks import spawn
from chat_core.check.simulation.disk import Disk
from chat_core.check.simulation.inline_store import InlineStore, Pace
from chat_core.check.simulation.time_loop import LoopClock
from chat_core.check.simulation.wires import Network
from chat_core.protocol import limits
from chat_core.protocol.codes import Goodbye
from chat_core.server.app import Parts
from chat_core.server.auth.auth import Auth
from chat_core.server.config import ServeOptions
from chat_core.server.context import Services
from chat_core.server.defence.guard import Guard
from chat_core.server.emptying import Emptying
from chat_core.server.gateway import Gateway
from chat_core.server.profiles import INTERNET, ProfileName
from chat_core.server.router import Router
from chat_core.server.sessions.admission import Admission
from chat_core.server.sessions.flusher import Flusher
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import Presence
from chat_core.server.store.base import Committed, Reader, Refused, Store, StoreBroken
from chat_core.transport.driver import Driver

STOP_WITHIN_S = 5.0
SCANTY = replace(INTERNET, request_burst=20, request_rate=4.0, byte_burst=64 * 1024, byte_rate=8 * 1024)
"""What a connection may ask of a server that counts: so little that clients have to wait for it."""


class House:
    """See the module's head.

    Args:
        disk: where the store is.
        pace: how fast that is.
        clock: the server's.
        chance: for everything that is random in a server.
        parts: what it is made of.
        outbox_bytes: bound of each reader's queue.
        counted: whether it counts what each connection asks, and gives little.
        empties: whether it takes out what channels held that were deleted.
    """

    def __init__(
        self,
        disk: Disk,
        pace: Pace,
        clock: LoopClock,
        chance: random.Random,
        make_parts: Callable[[], Parts] = Parts,
        outbox_bytes: int = limits.OUTBOX_BYTES,
        counted: bool = False,
        *,
        empties: bool = False,
    ) -> None:
        self.disk = disk
        self.networks: list[Network] = []
        """Whatever leads here."""
        self.lives = 0
        """How often it was started."""
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._make_parts = make_parts
        self._outbox_bytes = outbox_bytes
        self._counted = counted
        self._empties = empties
        self._life: _Life | None = None

    @property
    def up(self) -> bool:
        """Whether it takes connections."""
        return self._life is not None and not self._life.stopping

    async def start(self) -> None:
        """Start a server."""
        self.lives += 1
        life = _Life(
            self.disk, self._pace, self._clock, self._chance, self._make_parts(), self._outbox_bytes, self._counted
        )
        await life.start()
        if self._empties:
            life.empty()
        life.on_broken = lambda: self._broken(life)
        self._life = life

    def driver(self) -> Driver | None:
        """Return the server's driver for a new connection; None: nobody listens."""
        life = self._life
        return None if life is None or life.stopping else life.driver()

    def fail(self, how: str) -> None:
        """Let the next commit fail; `how` as of `InlineStore.fails`."""
        if self._life is not None:
            self._life.inline.fails = how

    def kill(self) -> None:
        """End it as `kill -9` does: of what it had sent, some may still arrive."""
        life, self._life = self._life, None
        if life is None:
            return
        life.inline.kill()
        life.end()
        for network in self.networks:
            for wire in network.wires:
                if not wire.over:
                    wire.die(False, self._chance.choice((0.0, 1.0, self._chance.random())))
            network.wires.clear()

    async def stop(self, why: Goodbye = Goodbye.SHUTDOWN) -> None:
        """End it in order."""
        life = self._life
        if life is not None and not life.stopping:
            await life.stop(why)
            if self._life is life:
                self._life = None

    def _broken(self, life: _Life) -> None:
        if life is self._life and not life.stopping:
            spawn("stop", self.stop(Goodbye.STORE_FAILED))


class _Life:
    """One server process."""

    def __init__(
        self,
        disk: Disk,
        pace: Pace,
        clock: LoopClock,
        chance: random.Random,
        parts: Parts,
        outbox_bytes: int,
        counted: bool,
    ) -> None:
        self.stopping = False
        self.on_broken: Callable[[], None] = lambda: None
        self.inline = InlineStore(disk, pace, chance, parts.before_commit)
        self._store: Store = parts.around_store(self.inline)
        self._clock = clock
        self._chance = chance
        self._parts = parts
        self._outbox_bytes = outbox_bytes
        self._profile: ProfileName = "internet" if counted else "local"
        self._drivers: list[Driver] = []
        self._emptying = Emptying(self._store)
        self._behind: asyncio.Task[None] | None = None
        """What is done behind everything else."""

    async def start(self) -> None:
        """Put the parts together."""
        options = ServeOptions(data=Path(), outbox_bytes=self._outbox_bytes, internet=SCANTY)
        guard = Guard(self._clock.monotonic(), internet=options.internet)
        self._hub = Hub(Presence(self._count_members), self._parts.make_feed)
        boot = await self._store.open(self._committed)
        self._hub.boot(boot.heads, boot.sanctions)
        services = Services(
            store=self._store,
            hub=self._hub,
            clock=self._clock,
            epoch=boot.epoch,
            server="simulated",
            ping_every_s=options.ping_every_s,
            pong_within_s=options.pong_within_s,
            admission=Admission(self._clock),
            guard=guard,
            auth=Auth.of(options.accounts, self._chance.randbytes),
        )
        self._router = Router(services, lambda: self.on_broken(), self._parts.routes)
        router = self._router
        flusher = Flusher(self._clock, lambda: router.running > 0)
        self._gateway = Gateway(options, self._clock, self._hub, flusher, self._router.route, lambda: None, guard=guard)

    def empty(self) -> None:
        """Begin to empty deleted channels."""
        self._behind = spawn("emptying", self._emptying.run())

    def end(self) -> None:
        """Do nothing behind everything else any more."""
        if self._behind is not None:
            self._behind.cancel()

    def driver(self) -> Driver:
        """Return the driver of a new connection."""
        driver = self._gateway.driver("simulated", local=True, profile=self._profile)
        self._drivers = [known for known in self._drivers if known.transport is not None]
        self._drivers.append(driver)
        return driver

    async def stop(self, why: Goodbye) -> None:
        """Let calls under way finish, say goodbye to everybody, close the store."""
        self.stopping = True
        self.end()
        for driver in self._drivers:
            driver.pause_reading()
        deadline = self._clock.monotonic() + STOP_WITHIN_S
        if why is not Goodbye.STORE_FAILED:
            await self._until(lambda: not self._router.running, deadline)
        for session in sorted(self._hub.sessions, key=lambda session: self._place(session.driver)):
            session.close(why)
        await self._until(lambda: not self._hub.sessions, deadline)
        for driver in self._drivers:
            driver.abort()
        await self._store.close()
        self.inline.kill()

    def _committed(self, outcomes: Sequence[Committed]) -> None:
        for outcome in outcomes:
            self._emptying.note(outcome.removed)
        self._hub.committed(outcomes)

    def _place(self, driver: Driver | None) -> int:
        """Return when a connection came: a set of sessions has no order that a seed could repeat."""
        return -1 if driver is None else self._drivers.index(driver)

    async def _until(self, condition: Callable[[], bool], deadline: float) -> None:
        while not condition() and self._clock.monotonic() < deadline:  # noqa: ASYNC110  # costs nothing here
            await asyncio.sleep(0.05)

    async def _count_members(self, numbers: Sequence[int]) -> dict[int, int]:
        def query(reader: Reader) -> dict[int, int]:
            return {number: reader.members(ConversationId(number), "", 1)[1] for number in numbers}

        try:
            counts: dict[int, int] = await self._store.read(query)
        except (StoreBroken, Refused):
            return {}
        return counts
