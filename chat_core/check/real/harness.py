"""A run with real processes, from the first account to the verdict; all of it is bounded, and put away behind it.

begin (accounts, conversations) -> break (faults, in lanes) -> heal -> settle -> collect -> judge
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Final

from chat_core.base.errors import ChatError, WorldFault
from chat_core.base.tasks import spawn, stop
from chat_core.check.history import Fault, Record, to_line
from chat_core.check.real import dump
from chat_core.check.real.faults import Fault as FaultKind
from chat_core.check.real.faults import Lane, NotNow, World
from chat_core.check.real.options import CheckOptions, choose
from chat_core.check.real.outcome import Outcome, keep, records, vacuous
from chat_core.check.real.proxy import Listen, Proxy
from chat_core.check.real.server import CheckedServer
from chat_core.check.real.tap import Tap
from chat_core.check.real.worker import Order
from chat_core.check.real.workers import WorkerProcess
from chat_core.check.verdict import judge
from chat_core.client import Client, parse_address
from chat_core.protocol.limits import GROUP_LEAST
from chat_core.protocol.requests.groups import OpenGroup

NAMES: Final = ("ann", "bob", "cem", "dot", "eli", "fay", "gus", "hal", "ida", "jon", "kai", "lea", "mia", "nat", "oda")
CHANNELS: Final = ("lobby", "kitchen", "garden")
SETTLE_WITHIN_S: Final = 90.0
"""Time everybody has, when all faults are over, to send what is unsent and to catch up, in seconds."""
READY_WITHIN_S: Final = 60.0
LANES: Final[tuple[Lane, ...]] = ("server", "clients")

Say = Callable[[str], None]
"""Shows one line about what goes on; the next one replaces it."""


class Run:
    """See the module's head.

    Args:
        options: what is wanted.
        folder: private, for everything.
        say: shows what goes on.
    """

    def __init__(self, options: CheckOptions, folder: Path, say: Say) -> None:
        self._options = options
        self._folder = folder
        self._say = say
        self._random = Random(options.seed)
        self._zero = time.monotonic()
        self._faults, self.skipped = choose(options.faults)
        self.happened: Counter[str] = Counter()
        self.problems: list[str] = []
        self._last = ""
        self._server = CheckedServer(folder / "data", folder / "server.log", options.command)
        self._proxy = Proxy(self._server.reach, self._tap)
        self._taps: list[Tap] = []
        self._workers: list[WorkerProcess] = []
        self._records = (folder / "checker.jsonl").open("ab", buffering=0)
        self._world = World(
            random=self._random,
            server=self._server,
            proxy=self._proxy,
            workers=self._workers,
            folder=folder,
            longest_s=max(1.5, options.seconds / 20),
            record=self._fault,
            save=self._dump,
        )

    @property
    def files(self) -> list[Path]:
        """Where the records are."""
        return [self._folder / "checker.jsonl", *(file for worker in self._workers for file in worker.files)]

    async def run(self) -> None:
        """Do all of it but the judging. Raises: WorldFault."""
        me = asyncio.current_task()
        assert me is not None, "a coroutine runs in a task"
        # Whoever ends the checker gets back a machine without its processes and mounts.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
        try:
            with ExitStack() as stack:
                stack.callback(self._records.close)
                for fault in self._faults:
                    stack.callback(fault.clear, self._world)
                    fault.prepare(self._world)
                try:
                    await self._begin()
                    await self._break()
                    await self._heal()
                    await self._settle()
                    await self._collect()
                finally:
                    await self._put_away()
        except ChatError:
            raise
        except OSError as error:
            raise WorldFault(f"The check could not go on: {error}.") from error

    # --- the parts --------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Start the server, make accounts and conversations, then start the clients."""
        self._say("starting a server and its clients")
        await self._server.start()
        await self._proxy.start()
        names = [
            NAMES[number % len(NAMES)] + (str(number // len(NAMES)) or "") for number in range(self._options.clients)
        ]
        names = [name if number >= len(NAMES) else NAMES[number] for number, name in enumerate(names)]
        accounts = await self._make_accounts(names)
        for number, name in enumerate(names):
            order = Order(
                who=name,
                account=accounts[name],
                seed=self._options.seed,
                life=0,
                address=f"127.0.0.1:{self._proxy.port}",
                file="",
                storage=str(self._folder / "outboxes" / name),
                zero=self._zero,
                rate=self._options.rate / len(names),
                channels=CHANNELS,
                names=tuple(names),
                far_behind=(0, 2000, 300)[number % 3],
            )
            self._workers.append(WorkerProcess(order, self._folder, self._folder / "clients.log"))
        await asyncio.gather(*(worker.start() for worker in self._workers))
        await self._until(lambda: all(worker.telling.online for worker in self._workers), READY_WITHIN_S, "connect")

    async def _make_accounts(self, names: Sequence[str]) -> dict[str, int]:
        """Sign everybody in once: all are in all channels, pairs have a direct conversation, three of them a group."""
        address = parse_address(f"127.0.0.1:{self._server.port}")
        accounts: dict[str, int] = {}
        for number, name in enumerate(names):
            async with Client(address, name, follow=False, program="chat-core check") as client:
                await client.online(READY_WITHIN_S)
                assert client.state.me is not None, "it is online"
                accounts[name] = client.state.me.id
                for channel in CHANNELS:
                    await client.join(channel)
                if number % 2:
                    await client.open_direct(names[number - 1])
                if number == GROUP_LEAST - 1:
                    await client.call(OpenGroup(accounts=tuple(names[:number])))
        return accounts

    async def _break(self) -> None:
        """Let faults happen until the time is over."""
        lanes = [self._lane(lane) for lane in LANES]
        tasks = [spawn("lane", lane) for lane in lanes]
        watch = spawn("watch", self._watch())
        begun = time.monotonic()
        try:
            while (left := begun + self._options.seconds - time.monotonic()) > 0:
                self._show(f"{self._options.seconds - left:.0f} s of {self._options.seconds:g}")
                await asyncio.sleep(min(0.5, left))
                for task in tasks:
                    if task.done():
                        task.result()
            self._world.over.set()
            await asyncio.gather(*tasks)
        finally:
            await stop(watch, *tasks)

    async def _lane(self, lane: Lane) -> None:
        """Let the faults of one lane happen: first each once, as they are listed, then in a new order each round."""
        kinds = [fault for fault in self._faults if fault.lane == lane]
        world, random = self._world, Random(f"{self._options.seed} {lane}")
        # Clients need a moment to come back to a server that was killed; wires have other victims meanwhile.
        gap_s = min(5.0, max(1.5 if lane == "server" else 0.2, self._options.seconds / 40))
        bag: list[FaultKind] = []
        first_round = True
        await world.rest(gap_s)
        while not world.over.is_set():
            if not bag:
                bag = [kind for kind in reversed(kinds) if not kind.most or self.happened[kind.name] < kind.most]
                if not bag:
                    return
                if not first_round:
                    random.shuffle(bag)
                first_round = False
            fault = bag.pop()
            try:
                await fault.happen(world)
            except NotNow:
                await world.rest(0.2)
            await world.rest(gap_s * random.uniform(0.3, 1.3))

    async def _watch(self) -> None:
        """Start a server again that ended by itself, and say so: but for a fault, none should."""
        while True:
            await asyncio.sleep(0.2)
            if self._world.meddling or self._server.running:
                continue
            code = await self._server.wait()
            self.problems.append(
                f"the server ended by itself with exit code {code}: {self._server.complaints()[-300:]}"
            )
            await self._server.start()

    async def _heal(self) -> None:
        """Break nothing any more."""
        self._proxy.heal()
        self._server.thaw()
        if not self._server.running:
            await self._server.start()
        for worker in self._workers:
            worker.thaw()
            if not worker.running:
                await worker.start()
            worker.tell("rest")

    async def _settle(self) -> None:
        """Wait until everybody has sent everything and is at the end of every log."""
        deadline = time.monotonic() + SETTLE_WITHIN_S
        while unrest := self._unrest():
            if time.monotonic() > deadline:
                self.problems.append(f"not everybody came to rest within {SETTLE_WITHIN_S:.0f} s: {', '.join(unrest)}")
                break
            self._show(f"settling, {deadline - time.monotonic():.0f} s at most")
            await asyncio.sleep(0.25)
        for worker in self._workers:
            worker.tell("settle")
        await self._until(lambda: all(worker.telling.settled for worker in self._workers), READY_WITHIN_S, "settle")

    async def _collect(self) -> None:
        """End everybody in order, and read what is true."""
        self._show("collecting")
        left = await asyncio.gather(*(worker.leave() for worker in self._workers))
        if not all(left):
            self.problems.append("a client did not close in time")
        await self._proxy.stop()
        code = await self._server.stop()
        if code:
            self.problems.append(f"the server ended with exit code {code}: {self._server.complaints()[-300:]}")
        self._dump()

    async def _put_away(self) -> None:
        for worker in self._workers:
            if worker.running:
                await worker.kill()
        await self._proxy.stop()
        if self._server.running:
            self._server.thaw()
            await self._server.stop()

    # --- how --------------------------------------------------------------------------------------------------

    def _unrest(self) -> list[str]:
        """Return who has something to send or to hear yet, and what."""
        epoch, heads = dump.heads(self._server.database)
        return [f"{worker.who} {what}" for worker in self._workers for what in worker.telling.unrest(epoch, heads)]

    async def _until(self, condition: Callable[[], bool], within_s: float, what: str) -> None:
        deadline = time.monotonic() + within_s
        while not condition():  # the workers tell now and then
            if time.monotonic() > deadline:
                raise WorldFault(f"Not all clients did {what} within {within_s:.0f} s.")
            for worker in self._workers:
                if not worker.running:
                    raise WorldFault(f"The client {worker.who} ended by itself: {worker.complaints()}")
            await asyncio.sleep(0.05)

    @property
    def pushes(self) -> int:
        """Events that the server pushed, as the wires showed them."""
        return sum(tap.pushes for tap in self._taps)

    def _tap(self, number: int) -> Listen:
        tap = Tap(f"wire {number}", self._write, self._now)
        self._taps.append(tap)
        return lambda direction, data: tap.up(data) if direction == "up" else tap.down(data)

    def _fault(self, kind: str, detail: str) -> None:
        self.happened[kind] += 1
        self._last = f"{kind}: {detail}"
        self._write(Fault(at=self._now(), who="checker", kind=kind, detail=detail))

    def _dump(self) -> None:
        for record in dump.dump(self._server.database, self._now()):
            self._write(record)

    def _write(self, record: Record) -> None:
        self._records.write(to_line(record))

    def _now(self) -> float:
        return round(time.monotonic() - self._zero, 6)

    def _show(self, what: str) -> None:
        sends, acks, deliveries = (
            sum(column) for column in zip(*(worker.totals for worker in self._workers), strict=True)
        )
        self._say(
            f"{what} · {sends:,} sends, {acks:,} acks, {deliveries:,} deliveries · "
            f"{self.happened.total()} faults · {self._last}"
        )


def check(options: CheckOptions, say: Say) -> Outcome:
    """Run a check and judge it.

    Args:
        options: what is wanted; its seed is not empty.
        say: shows what goes on.

    Raises:
        UsageFault: a fault of that name does not exist.
        WorldFault: it could not be run.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="chat-check-"))
    except OSError as error:
        raise WorldFault(f"No temporary folder can be made: {error.strerror}.") from error
    kept = options.keep is not None
    try:
        run = Run(options, folder, say)
        try:
            asyncio.run(run.run())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        say("judging")
        outcome = Outcome(
            verdict=judge(records(run.files)),
            seed=options.seed,
            seconds=options.seconds,
            faults=run.happened,
            pushes=run.pushes,
            skipped=run.skipped,
            problems=[*run.problems],
        )
        outcome.problems += vacuous(outcome, options)
        if not outcome.passed or kept:
            outcome.history = keep(run.files, folder, options)
        return outcome
    finally:
        shutil.rmtree(folder, ignore_errors=True)
