"""What goes wrong, each fault a method, chosen at random; and how everything is healed in the end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

from chat_core.check import history
from chat_core.check.history import Record
from chat_core.check.simulation.house import House
from chat_core.check.simulation.pipes import ENDLESS
from chat_core.check.simulation.player import Player
from chat_core.check.simulation.time_loop import LoopClock
from chat_core.check.simulation.traits import Traits
from chat_core.check.simulation.wires import Fate, passing
from chat_core.check.verdict import REWIND

EPOCH_BYTES: Final = 8


class Mischief:
    """See the module's head.

    Args:
        traits: of the run.
        chance: decides what goes wrong, where, and how.
        house: the server.
        clock: its clock.
        players: the clients; may become more.
        write: takes records.
    """

    def __init__(
        self,
        traits: Traits,
        chance: random.Random,
        house: House,
        clock: LoopClock,
        players: list[Player],
        write: Callable[[Record], None],
    ) -> None:
        self._traits = traits
        self._chance = chance
        self._house = house
        self._disk = house.disk
        self._clock = clock
        self._players = players
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._names = list(traits.faults)
        self._weights = list(traits.faults.values())
        self._copies: list[tuple[str, bytes]] = []
        self._up_at: float | None = None
        self._over = False
        self.rewound = False
        """Whether the store was copied back by hand at some time."""

    async def strike(self) -> None:
        """Let something go wrong."""
        (name,) = self._chance.choices(self._names, self._weights)
        fault: Callable[[], Awaitable[str | None]] = getattr(self, f"_{name}")
        detail = await fault()
        if detail is not None and name != REWIND:
            self._write(history.Fault(at=self._loop.time(), who="checker", kind=name, detail=detail))

    async def look_after(self) -> None:
        """Start the server again when it has been away long enough."""
        if self._up_at is not None and self._loop.time() >= self._up_at:
            await self.start()

    async def start(self) -> None:
        """Start the server, unless it runs."""
        self._up_at = None
        if not self._house.up:
            self._house.kill()  # one that is still stopping is too slow
            await self._house.start()

    async def heal(self) -> None:
        """Let nothing be wrong any more."""
        self._over = True
        self._disk.free()
        self._traits.pace.bad_reads = 0.0
        self._house.fail("")
        await self.start()
        for player in self._players:
            player.network.up = True
            player.network.hand = passing
            player.habits.sluggish_s = 0.0
            self._hurry(player)
            if not player.alive:
                await player.begin()

    def dump(self) -> None:
        """Write down what stands in the store."""
        for record in self._disk.dump(self._loop.time()):
            self._write(record)

    # --- the server and its disk --------------------------------------------------------------------------------

    async def _kill(self) -> str:
        self._house.kill()
        self._plan_start()
        return ""

    async def _stop(self) -> str | None:
        if not self._house.up:
            return None
        await self._house.stop()
        self._plan_start()
        return ""

    async def _commit(self) -> str:
        """Let the next commit fail; whether the disk has it all the same nobody knows."""
        how = self._chance.choice(("lost", "kept"))
        self._house.fail(how)
        self._plan_start()
        return how

    async def _full(self) -> str:
        self._disk.fill(self._chance.choice((0, 0, 1)))
        self._loop.call_later(self._chance.choice((0.5, 5.0, 30.0)), self._free)
        return ""

    async def _backup(self) -> str:
        self._copies.append((self._disk.epoch, self._disk.copy()))
        return ""

    async def _restore(self) -> str | None:
        """Put an older backup in place of the store, as `restore` does: another life of it."""
        if not self._copies:
            return None
        self._put_back([copy for _, copy in self._copies])
        self._disk.new_epoch(self._chance.randbytes(EPOCH_BYTES).hex())
        return ""

    async def _rewind(self) -> str | None:
        """Copy an older database back by hand: the store does not know that it is another one."""
        copies = [copy for epoch, copy in self._copies if epoch == self._disk.epoch]
        if not copies:
            return None
        self._put_back(copies)
        self.rewound = True
        self._write(history.Fault(at=self._loop.time(), who="checker", kind=REWIND))
        return ""

    # --- networks -----------------------------------------------------------------------------------------------

    async def _cut(self) -> str:
        player = self._someone()
        player.network.cut_all()
        return player.who

    async def _frame(self) -> str:
        """Cut, or silence, at a frame that is still to come."""
        player = self._someone()
        fate = self._chance.choice((Fate.LOST, Fate.TORN, Fate.TORN, Fate.LAST, Fate.SILENT))
        side = self._chance.choice((True, False, None))
        count = self._chance.choice((0, 1, 2, 5, 10))

        def hand(from_client: bool, frame: bytes) -> Fate:
            nonlocal count
            if side is not None and from_client is not side:
                return Fate.PASS
            count -= 1
            if count >= 0:
                return Fate.PASS
            player.network.hand = passing
            return fate

        player.network.hand = hand
        return f"{player.who} {fate.value}"

    async def _answer(self) -> str:
        """Lose the answer to a post, and the push with it: it is stored, and its sender does not know."""
        player = self._someone()
        fate = self._chance.choice((Fate.LOST, Fate.SILENT))
        name = player.name.encode()

        def hand(from_client: bool, frame: bytes) -> Fate:
            own = b"message_posted" in frame and name in frame
            if from_client or not own:
                return Fate.PASS
            player.network.hand = passing
            return fate

        player.network.hand = hand
        return f"{player.who} {fate.value}"

    async def _silence(self) -> str:
        player = self._someone()
        for wire in player.network.wires[-1:]:
            wire.silence(self._chance.random() < 0.5)
        return player.who

    async def _delay(self) -> str:
        player = self._someone()
        seconds = self._chance.choice((0.1, 1.0, 8.0, 20.0, 45.0))
        for wire in player.network.wires[-1:]:
            wire.hold(seconds)
        return f"{player.who} {seconds}"

    async def _slow(self) -> str:
        """Let a network take a few bytes at a time, or again as many as there are."""
        player = self._someone()
        weather = player.network.weather
        if weather.window == ENDLESS:
            weather.window = self._chance.choice((50, 300))
            weather.buffer = 400
            weather.least_s = max(weather.least_s, self._chance.choice((0.01, 0.1)))
        else:
            self._hurry(player)
        return player.who

    async def _network(self) -> str:
        player = self._someone()
        player.network.up = not player.network.up
        if not player.network.up:
            player.network.cut_all()
        return player.who

    # --- clients ------------------------------------------------------------------------------------------------

    async def _crash(self) -> str:
        player = self._someone()
        await player.crash()
        return player.who

    async def _restart(self) -> str:
        player = self._someone()
        if player.alive:
            await player.end()
        await player.begin()
        return player.who

    async def _sleep(self) -> str:
        """Send a machine to sleep: its network stands still, its clock jumps."""
        player = self._someone()
        seconds = self._chance.choice((5.0, 40.0, 300.0))
        for wire in player.network.wires[-1:]:
            wire.hold(seconds)
        player.clock.wrong_by_ms += int(seconds * 1000)
        if player.alive:
            self._loop.call_later(seconds, player.client.wake)
        return f"{player.who} {seconds}"

    async def _clock_jump(self) -> str:
        clock = self._chance.choice([self._clock, *(player.clock for player in self._players)])
        clock.wrong_by_ms += self._chance.choice((-86_400_000, -60_000, -1, 1000, 3_600_000))
        return ""

    # --- how ----------------------------------------------------------------------------------------------------

    def _someone(self) -> Player:
        return self._chance.choice(self._players)

    def _plan_start(self) -> None:
        steps = self._chance.choice((1, 3, 10, 40))
        self._up_at = self._loop.time() + min(20.0, steps * self._traits.gap_s)

    def _put_back(self, copies: list[bytes]) -> None:
        self._house.kill()
        self.dump()
        self._disk.free()
        self._disk.take_back(self._chance.choice(copies))
        self._plan_start()

    def _free(self) -> None:
        if not self._over:
            self._disk.free()

    def _hurry(self, player: Player) -> None:
        """Let a network be as fast as at first."""
        weather = player.network.weather
        weather.window = weather.buffer = ENDLESS
        weather.least_s = self._traits.weather.least_s
        for wire in player.network.wires:
            for side in (True, False):
                wire.pipe(side).look()
