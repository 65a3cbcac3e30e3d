"""One run: who takes part, what they do and what goes wrong, all drawn from one number; then calm, and the end.

While it runs, invariants are looked at after each step. At the end everything is healed, and within some minutes of
simulated time everybody must be where the log is. Then what each client has made of its events is compared with what a
new client is given. The history that comes of it is judged elsewhere, like one of real processes.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Final

from chat_core.base.errors import ChatError
from chat_core.check.broken.temper import Temper
from chat_core.check.broken.variants import Variant
from chat_core.check.history import Record
from chat_core.check.keeping import Keeping
from chat_core.check.simulation.dealings import Dealings
from chat_core.check.simulation.disk import Disk
from chat_core.check.simulation.hands import CHANNELS, Hands
from chat_core.check.simulation.house import House
from chat_core.check.simulation.looks import (
    account_against_store,
    difference,
    state_against_store,
    store_faults,
    unsettled,
)
from chat_core.check.simulation.mischief import EPOCH_BYTES, Mischief
from chat_core.check.simulation.notebook import Notebook
from chat_core.check.simulation.player import Habits, Player
from chat_core.check.simulation.time_loop import LoopClock
from chat_core.check.simulation.traits import NAMES, traits_of
from chat_core.check.simulation.wires import Network
from chat_core.client import Client
from chat_core.client.errors import CallFailed
from chat_core.client.storage import Storage
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import OUTBOX_BYTES
from chat_core.server.app import Parts

SETTLE_WITHIN_S: Final = 400.0
"""Simulated time after the last fault within which everybody must be where the log is."""
CALM_S: Final = 40.0
"""How long it must stay so: who is half dead does not know it before."""
PARTING_S: Final = 0.8
"""Time in which one speaks while the others lose the connection once more, at the end of some runs."""
LATE_TIMERS_S: Final = 60.0
"""Time in which the timers of those that were killed go off, to see that they do no harm."""
KEPT_SHARE: Final = 0.4
"""Of the runs: those in which people give roles, mute, kick, ban, invite, and talk privately."""
DEALT_SHARE: Final = 0.4
"""Of the runs: those in which people have threads, react, pin, mention, mark, mute, ignore, and delete channels."""
ACCOUNT_EVERY: Final = 4
"""Steps between two looks at what somebody knows of their account, in such a run."""
NEW: Final = 100
"""Number of the first client that is made to compare with."""


class Schedule:
    """See the module's head.

    Args:
        seed: makes everything.
        write: takes the records of the history.
        variant: what is broken on purpose; None: nothing.
    """

    def __init__(self, seed: int, write: Callable[[Record], None], variant: Variant | None = None) -> None:
        self.failures: list[str] = []
        """Invariants that did not hold."""
        self.steps = 0
        """Actions and faults so far."""
        self._seed = seed
        self._write = write
        self._variant = variant
        self._traits = traits_of(random.Random(f"{seed}/traits"), None if variant is None else variant.mood)
        self._chance = random.Random(f"{seed}/run")
        self._loop = asyncio.get_running_loop()
        clock = LoopClock(self._loop)
        disk = Disk(self._chance.randbytes(EPOCH_BYTES).hex())
        parts_chance = random.Random(f"{seed}/parts")
        self._dealings = self._dealing()
        self._house = House(
            disk,
            self._traits.pace,
            clock,
            random.Random(f"{seed}/server"),
            lambda: self._parts(parts_chance),
            self._traits.outbox_bytes,
            counted=self._traits.counted,
            empties=self._dealings is not None,
        )
        self._players: list[Player] = []
        self._hands = Hands(self._traits, self._chance, self._keeping(), self._dealings)
        self._mischief = Mischief(self._traits, self._chance, self._house, clock, self._players, write)

    async def run(self) -> None:
        """Go through all of it."""
        try:
            await self._house.start()
            self._players += [self._player(number) for number in range(self._traits.clients)]
            for player in self._players:
                await player.begin()
            for _ in range(self._traits.actions):
                await asyncio.sleep(self._traits.gap_s * self._chance.expovariate(1.0))
                await self._step()
            await self._mischief.heal()
            await self._end()
            await self._settle()
            await self._compare()
            for wrong in store_faults(self._house.disk) if self._dealings is not None else ():
                self._fail(wrong)
        finally:
            for player in self._players:
                await player.end(say=False)
            await self._hands.rest()
            await self._house.stop()
            self._house.kill()
            self._mischief.dump()
            self._house.disk.close()
            await asyncio.sleep(LATE_TIMERS_S)

    # --- who ----------------------------------------------------------------------------------------------------

    def _player(self, number: int) -> Player:
        """Make a client; those from `NEW` on are as everybody is."""
        traits = self._traits
        name = NAMES[number % traits.accounts] if number < NEW else NAMES[number - NEW]
        who = f"{name}-{number}"
        chance = random.Random(f"{self._seed}/{who}")
        weather = traits.weather
        network = Network(
            self._house.driver,
            chance,
            type(weather)(least_s=weather.least_s, spread_s=weather.spread_s, pieces=weather.pieces),
            dial_s=0.001 + 0.01 * chance.random(),
        )
        self._house.networks.append(network)
        habits = Habits(watches=self._dealings is not None)
        if number < NEW:
            habits.far_behind = traits.far_behind
            habits.sluggish_s = traits.sluggish_s if chance.random() < 0.4 else 0.0
            habits.own_outbox = chance.random() < 0.8
        around = None if self._variant is None else self._variant.storage
        return Player(
            who,
            name,
            network,
            LoopClock(self._loop),
            chance,
            Notebook(chance, traits.sync_s),
            habits,
            self._write,
            self._fail,
            around or _as_it_is,
        )

    def _keeping(self) -> Keeping | None:
        """Return what people do to each other: in some runs of several, and in none that is broken on purpose."""
        chance = random.Random(f"{self._seed}/order")
        if self._variant is not None or self._traits.accounts < 2 or chance.random() >= KEPT_SHARE:
            return None
        return Keeping(NAMES[: self._traits.accounts], CHANNELS[1:], chance)

    def _dealing(self) -> Dealings | None:
        """Return what people do besides saying things: in some runs, and in none that is broken on purpose."""
        chance = random.Random(f"{self._seed}/dealings")
        if self._variant is not None or chance.random() >= DEALT_SHARE:
            return None
        return Dealings(NAMES[: self._traits.accounts], chance)

    def _parts(self, chance: random.Random) -> Parts:
        """Return the parts of a server's life."""
        variant = self._variant
        return Parts() if variant is None or variant.server is None else variant.server(Temper(chance, variant.often))

    # --- on the way ---------------------------------------------------------------------------------------------

    async def _step(self) -> None:
        self.steps += 1
        await self._mischief.look_after()
        if self._chance.random() < self._traits.fault_share:
            await self._mischief.strike()
        else:
            player = self._chance.choice(self._players)
            if player.alive:
                self._hands.act(player)
            else:
                await player.begin()
        self._look()

    def _look(self) -> None:
        """Compare what somebody shows with the store, where both are at the same event."""
        player = self._chance.choice(self._players)
        if player.alive:
            wrong = state_against_store(player.state, self._house.disk)
            if wrong is None and self._is_compared():
                wrong = account_against_store(player.state, self._house.disk)
            if wrong is not None:
                self._fail(f"{player.who} {wrong}")

    def _is_compared(self) -> bool:
        """Return whether what a client knows of its account is compared, too: it takes as long as all the rest."""
        return self._dealings is not None and not self._mischief.rewound and self.steps % ACCOUNT_EVERY == 0

    # --- the end ------------------------------------------------------------------------------------------------

    async def _end(self) -> None:
        """Say the last words: nothing mends what these are the first to show."""
        if self._traits.ending == "quiet":
            return
        for player in self._players:
            self._hands.say_everywhere(player)
        if self._traits.ending == "parting":
            await asyncio.sleep(CALM_S)
            speaker = self._chance.choice(self._players)
            for player in self._players:
                if player is not speaker:
                    self._loop.call_later(PARTING_S / 2 * self._chance.random(), player.network.cut_all)
            await asyncio.sleep(PARTING_S * (0.4 + 0.6 * self._chance.random()))
            self._hands.say_everywhere(speaker)

    async def _settle(self) -> None:
        """Wait until everybody is where the log is, and stays there."""
        deadline = self._loop.time() + SETTLE_WITHIN_S
        since: float | None = None
        while self._loop.time() < deadline and (since is None or self._loop.time() - since < CALM_S):
            await asyncio.sleep(0.5)
            await self._mischief.start()
            if self._unsettled() is not None:
                since = None
            elif since is None:
                since = self._loop.time()
        wrong = self._unsettled()
        if wrong is not None:
            self._fail(f"{wrong}, {SETTLE_WITHIN_S:g} s after the last fault.")
        for player in self._players:
            player.settle()

    def _unsettled(self) -> str | None:
        heads = self._house.disk.heads()
        for player in self._players:
            wrong = unsettled(player.state, heads)
            if wrong is not None:
                return f"{player.who} {wrong}"
        return None

    async def _compare(self) -> None:
        """Compare what everybody has made of events with what a new client is given."""
        news = [self._player(NEW + number) for number in range(self._traits.accounts)]
        roomy = self._traits.outbox_bytes == OUTBOX_BYTES
        try:
            for new in news:
                await new.begin()
                await new.client.online(60)
            for player in (*news, *self._players):
                await _read_all(player)
            for player in self._players:
                await _read_threads(player, next(each for each in news if each.name == player.name))
            await asyncio.sleep(2.0)
            for player in self._players:
                new = next(each for each in news if each.name == player.name)
                for wrong in difference(player.state, new.state, members=roomy):
                    self._fail(f"{player.who} {wrong}")
        except ChatError as error:
            self._fail(f"Somebody could not read: {error}")
        finally:
            for new in news:
                await new.end()

    def _fail(self, text: str) -> None:
        self.failures.append(f"At {self._loop.time():.3f} s: {text}")


async def _read_all(player: Player) -> None:
    """Read all conversations to their beginnings. Raises: ChatError."""
    for number in list(player.state.conversations):
        while not player.state.conversations[number].timeline.at_start:
            await player.client.load_older(number, 200)


async def _read_threads(player: Player, new: Player) -> None:
    """Read the threads that are open to their beginnings, also with a new client. Raises: ChatError."""
    for number, known in list(player.state.conversations.items()):
        if number in new.state.conversations:
            for root in list(known.threads):
                await _read_thread(player.client, number, root)
                if root in player.state.conversations[number].threads:  # else it is not there any more
                    await _read_thread(new.client, number, root)


async def _read_thread(client: Client, conversation: int, root: int) -> None:
    """Read a thread to its beginning, unless it is not there any more. Raises: ChatError."""
    opened = client.state.conversations[conversation].threads.get(root)
    if opened is None or opened.stale:
        try:
            root = await client.read_thread(conversation, root)
        except CallFailed as failure:
            if failure.code != Refusal.NO_MESSAGE:
                raise
            return
    while not client.state.conversations[conversation].threads[root].at_start:
        await client.load_older_thread(conversation, root)


def _as_it_is(storage: Storage) -> Storage:
    return storage
