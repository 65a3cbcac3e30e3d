"""One run: who takes part, what they do and what goes wrong, all drawn from one number; then calm, and the verdict.

While it runs, invariants are looked at after each step. At the end everything is healed, and within some minutes of
simulated time everybody must be where the log is. Then the history is judged like one of real processes, and what each
client has made of its events is compared with what a new client is given.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from chat_core.base.errors import ChatError
from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.tasks import spawn
from chat_core.check import history
from chat_core.check.broken.temper import Temper
from chat_core.check.broken.variants import Variant
from chat_core.check.history import Record
from chat_core.check.simulation.disk import Disk
from chat_core.check.simulation.house import House
from chat_core.check.simulation.inline_store import Pace
from chat_core.check.simulation.notebook import Notebook
from chat_core.check.simulation.player import Habits, Player, snapshot
from chat_core.check.simulation.time_loop import LoopClock
from chat_core.check.simulation.wires import ENDLESS, Fate, Network, Weather, passing
from chat_core.check.verdict import REWIND
from chat_core.client import LinkStatus
from chat_core.client.state.model import ConversationState
from chat_core.client.storage import Storage
from chat_core.protocol.limits import OUTBOX_BYTES
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.messages import History
from chat_core.server.app import Parts
from chat_core.server.store.base import Refused
from chat_core.server.store.reader import SqlReader

SETTLE_WITHIN_S: Final = 400.0
"""Simulated time after the last fault within which everybody must be where the log is."""
CALM_S: Final = 40.0
"""How long it must stay so: who is half dead does not know it before."""

OFTEN: Final = 30.0
"""How many times more often a broken variant shows its fault: a run has some dozens of messages, not thousands."""

NAMES: Final = ("ann", "bob", "cyd", "dan")
CHANNELS: Final = ("general", "tea", "ops")


@dataclass(slots=True)
class Traits:
    """What kind of run a seed makes."""

    clients: int
    accounts: int
    actions: int
    gap_s: float
    fault_share: float
    far_behind: int
    sluggish_s: float
    outbox_bytes: int
    weather: Weather
    pace: Pace
    sync_s: float
    big: float
    """Share of the messages that are long."""
    quiet_end: bool
    """Whether nobody says anything after the last fault."""
    weights: dict[str, float] = field(default_factory=dict)


def traits_of(chance: random.Random) -> Traits:
    """Draw what kind of run it will be."""
    clients = chance.randint(2, 6)
    return Traits(
        clients=clients,
        accounts=max(1, min(len(NAMES), clients - chance.choice((0, 0, 1, 1, 2)))),
        actions=chance.randint(40, 110),
        gap_s=chance.choice((0.01, 0.05, 0.2, 1.0, 3.0)),
        fault_share=chance.choice((0.02, 0.08, 0.15, 0.3)),
        far_behind=chance.choice((2000, 2000, 30, 6)),
        sluggish_s=chance.choice((0.0, 0.0, 0.0, 0.5, 5.0)),
        outbox_bytes=chance.choice((OUTBOX_BYTES, OUTBOX_BYTES, 3000, 800)),
        weather=Weather(
            least_s=chance.choice((0.0001, 0.001, 0.02)),
            spread_s=chance.choice((0.0, 0.001, 0.05)),
            pieces=chance.choice((0.0, 0.05, 0.3)),
        ),
        pace=Pace(
            commit_s=chance.choice((0.002, 0.02, 0.2)),
            tell_s=chance.choice((0.0005, 0.01, 0.1)),
            read_s=chance.choice((0.001, 0.01, 0.1)),
            bad_reads=chance.choice((0.0, 0.0, 0.0, 0.03)),
        ),
        sync_s=chance.choice((0.001, 0.05)),
        big=chance.choice((0.0, 0.0, 0.0, 0.1)),
        quiet_end=chance.random() < 0.5,
    )


class Schedule:
    """See the module's head.

    Args:
        seed: makes everything.
        variant: what is broken on purpose; None: nothing.
        write: takes the records of the history.
    """

    def __init__(self, seed: int, write: Callable[[Record], None], variant: Variant | None = None) -> None:
        self.seed = seed
        self.failures: list[str] = []
        """Invariants that did not hold."""
        self.steps = 0
        """Actions and faults so far."""
        self._write = write
        self._variant = variant
        self._chance = random.Random(f"{seed}/run")
        self.traits = traits_of(random.Random(f"{seed}/traits"))
        self._loop = asyncio.get_running_loop()
        self._clock = LoopClock(self._loop)
        self._disk = Disk(self._epoch())
        server_chance = random.Random(f"{seed}/server")
        parts_chance = random.Random(f"{seed}/parts")
        self._house = House(
            self._disk,
            self.traits.pace,
            self._clock,
            server_chance,
            lambda: self._parts(parts_chance),
            self.traits.outbox_bytes,
        )
        self._players: list[Player] = []
        self._copies: list[tuple[str, bytes]] = []
        self._calls: list[asyncio.Task[None]] = []
        self._posts = 0
        self._down_until: float | None = None
        self._over = False

    async def run(self) -> None:
        """Go through all of it."""
        try:
            await self._house.start()
            for number in range(self.traits.clients):
                self._players.append(self._player(number))
            for player in self._players:
                await player.begin()
            for _ in range(self.traits.actions):
                await asyncio.sleep(self.traits.gap_s * self._chance.expovariate(1.0))
                await self._step()
            await self._heal()
            await self._settle()
            await self._compare()
        finally:
            for player in self._players:
                await player.end(say=False)
            for task in self._calls:
                task.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)
            await self._house.stop()
            self._house.kill()
            self._dump()
            self._over = True
            self._disk.close()
            # Timers of those that were killed may still go off.
            await asyncio.sleep(60)

    # --- who --------------------------------------------------------------------------------------------------

    def _player(self, number: int, name: str = "", *, own: bool = True) -> Player:
        traits = self.traits
        name = name or NAMES[number % traits.accounts]
        who = f"{name}-{number}"
        chance = random.Random(f"{self.seed}/{who}")
        weather = traits.weather
        network = Network(
            self._house.driver,
            chance,
            Weather(least_s=weather.least_s, spread_s=weather.spread_s, pieces=weather.pieces),
            dial_s=0.001 + 0.01 * chance.random(),
        )
        self._house.networks.append(network)
        habits = Habits(
            far_behind=traits.far_behind,
            sluggish_s=traits.sluggish_s if own and chance.random() < 0.4 else 0.0,
            own_outbox=own and chance.random() < 0.8,
        )
        notebook = Notebook(chance, traits.sync_s)
        return Player(
            who,
            name,
            network,
            LoopClock(self._loop),
            chance,
            notebook,
            habits,
            self._write,
            self._fail,
            self._variant.storage if self._variant is not None and self._variant.storage is not None else _as_it_is,
        )

    def _parts(self, chance: random.Random) -> Parts:
        """Return the parts of a server's life."""
        variant = self._variant
        return Parts() if variant is None or variant.server is None else variant.server(Temper(chance, OFTEN))

    # --- steps ------------------------------------------------------------------------------------------------

    async def _step(self) -> None:
        self.steps += 1
        if self._down_until is not None and self._loop.time() >= self._down_until:
            await self._up()
        if self._chance.random() < self.traits.fault_share:
            await self._fault()
        else:
            await self._act()
        self._look()

    async def _act(self) -> None:
        chance = self._chance
        player = chance.choice(self._players)
        if not player.alive:
            await player.begin()
            return
        (name,) = chance.choices(_ACTION_NAMES, _ACTION_WEIGHTS)
        action: Callable[[Player], None] = getattr(self, f"_do_{name}")
        action(player)

    def _somewhere(self, player: Player) -> ConversationState | None:
        known = list(player.state.conversations.values())
        return self._chance.choice(known) if known else None

    def _say(self, player: Player, conversation: ConversationState) -> None:
        if conversation.info.kind == "announcements" and self._chance.random() < 0.9:
            return
        self._posts += 1
        body = f"{player.who} {self._posts}"
        if self._chance.random() < self.traits.big:
            body += " " + "x" * 15_000
        player.post(conversation.id, body)

    def _do_post(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            self._say(player, known)

    def _do_burst(self, player: Player) -> None:
        known = self._somewhere(player)
        for _ in range(self._chance.choice((3, 5, 8, 20))):
            if known is not None:
                self._say(player, known)

    def _do_join(self, player: Player) -> None:
        self._call(player, lambda: player.client.join(self._chance.choice(CHANNELS)))

    def _do_leave(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            self._call(player, lambda: player.client.leave(known.id))

    def _do_direct(self, player: Player) -> None:
        name = self._chance.choice(NAMES[: self.traits.accounts])
        self._call(player, lambda: player.client.open_direct(name))

    def _do_topic(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            request = SetTopic(conversation=known.id, topic=f"topic {self._chance.randrange(9)}")
            self._call(player, lambda: player.client.call(request))

    def _do_read(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            seq = known.position.seq - self._chance.choice((0, 0, 0, 1, 3))
            player.client.mark_read(known.id, max(0, seq))

    def _do_typing(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            player.client.typing(known.id)

    def _own_message(self, player: Player) -> tuple[int, int] | None:
        known, me = self._somewhere(player), player.state.me
        if known is None or me is None:
            return None
        mine = [message.seq for message in known.timeline if message.author == me.id and not message.deleted]
        return (known.id, self._chance.choice(mine)) if mine else None

    def _do_edit(self, player: Player) -> None:
        found = self._own_message(player)
        if found is not None:
            self._posts += 1
            body = f"{player.who} {self._posts} edited"
            self._call(player, lambda: player.client.edit(*found, body))

    def _do_delete(self, player: Player) -> None:
        found = self._own_message(player)
        if found is not None:
            self._call(player, lambda: player.client.delete(*found))

    def _do_older(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            limit = self._chance.choice((2, 10, 100))
            self._call(player, lambda: player.client.load_older(known.id, limit))

    def _do_page(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is None:
            return
        anchor = self._chance.choice(_ANCHORS)
        seq = self._chance.randint(0, known.position.seq + 1)
        request = History(conversation=known.id, anchor=anchor, seq=seq, limit=self._chance.choice((1, 5, 50)))

        async def read() -> None:
            client = player.client
            page = await client.call(request)
            player.page(client.state.epoch, page)

        self._call(player, read)

    def _do_members(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            self._call(player, lambda: player.client.load_members(known.id))

    def _do_retry(self, player: Player) -> None:
        if player.failed:
            cid = player.failed.pop()
            if self._chance.random() < 0.5:
                player.retry(cid)
            else:
                player.discard(cid)

    def _do_wake(self, player: Player) -> None:
        player.client.wake()

    def _call(self, player: Player, call: Callable[[], Any]) -> None:
        """Begin something that the server answers, or does not."""

        async def made() -> None:
            try:
                await call()
            except ChatError:
                return

        self._calls.append(spawn(f"{player.who} calls", made()))

    # --- faults -----------------------------------------------------------------------------------------------

    async def _fault(self) -> None:
        (name,) = self._chance.choices(_FAULT_NAMES, _FAULT_WEIGHTS)
        fault = getattr(self, f"_break_{name}")
        detail = await fault()
        if detail is not None and name != "rewind":
            self._write(history.Fault(at=self._loop.time(), who="checker", kind=name, detail=detail))

    def _someone(self) -> Player:
        return self._chance.choice(self._players)

    async def _break_kill(self) -> str:
        self._house.kill()
        self._plan_up()
        return ""

    async def _break_stop(self) -> str | None:
        if not self._house.up:
            return None
        await self._house.stop()
        self._plan_up()
        return ""

    async def _break_commit(self) -> str:
        how = self._chance.choice(("lost", "kept"))
        self._house.fail(how)
        self._plan_up()
        return how

    async def _break_cut(self) -> str:
        player = self._someone()
        player.network.cut_all()
        return player.who

    async def _break_frame(self) -> str:
        """Cut at a frame that is still to come."""
        player = self._someone()
        chance = self._chance
        fate = chance.choice((Fate.LOST, Fate.TORN, Fate.TORN, Fate.LAST, Fate.SILENT))
        side = chance.choice((True, False, None))
        count = chance.choice((0, 1, 2, 5, 10))

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

    async def _break_answer(self) -> str:
        """Lose the answer to a post: it is stored, and its sender does not know."""
        player = self._someone()
        fate = self._chance.choice((Fate.LOST, Fate.SILENT))

        def hand(from_client: bool, frame: bytes) -> Fate:
            if from_client or b"duplicate" in frame or not (b"answer" in frame and b"seq" in frame and b"ts" in frame):
                return Fate.PASS
            player.network.hand = passing
            return fate

        player.network.hand = hand
        return f"{player.who} {fate.value}"

    async def _break_silence(self) -> str:
        player = self._someone()
        for wire in player.network.wires[-1:]:
            wire.silence(self._chance.random() < 0.5)
        return player.who

    async def _break_delay(self) -> str:
        player = self._someone()
        seconds = self._chance.choice((0.1, 1.0, 8.0, 20.0, 45.0))
        for wire in player.network.wires[-1:]:
            wire.hold(seconds)
        return f"{player.who} {seconds}"

    async def _break_slow(self) -> str:
        """Let a network take a few bytes at a time."""
        player = self._someone()
        weather = player.network.weather
        if weather.window == ENDLESS:
            weather.window = self._chance.choice((50, 300))
            weather.buffer = 400
            weather.least_s = max(weather.least_s, self._chance.choice((0.01, 0.1)))
        else:
            self._calm(player)
        return player.who

    async def _break_network(self) -> str:
        player = self._someone()
        player.network.up = not player.network.up
        if not player.network.up:
            player.network.cut_all()
        return player.who

    async def _break_crash(self) -> str:
        player = self._someone()
        await player.crash()
        return player.who

    async def _break_restart(self) -> str:
        player = self._someone()
        if player.alive:
            await player.end()
        await player.begin()
        return player.who

    async def _break_sleep(self) -> str:
        """Send a machine to sleep: its network stands still, its clock jumps."""
        player = self._someone()
        seconds = self._chance.choice((5.0, 40.0, 300.0))
        for wire in player.network.wires[-1:]:
            wire.hold(seconds)
        player.clock.wrong_by_ms += int(seconds * 1000)
        if player.alive:
            client = player.client
            self._loop.call_later(seconds, client.wake)
        return f"{player.who} {seconds}"

    async def _break_clock(self) -> str:
        clock = self._chance.choice([self._clock, *(player.clock for player in self._players)])
        clock.wrong_by_ms += self._chance.choice((-86_400_000, -60_000, -1, 1000, 3_600_000))
        return ""

    async def _break_full(self) -> str:
        self._disk.fill(self._chance.choice((0, 0, 1)))
        self._loop.call_later(self._chance.choice((0.5, 5.0, 30.0)), self._free)
        return ""

    def _free(self) -> None:
        if not self._over:
            self._disk.free()

    async def _break_backup(self) -> str:
        self._copies.append((self._disk.epoch, self._disk.copy()))
        return ""

    async def _break_restore(self) -> str | None:
        """Put an older backup in place of the store, as `restore` does: another life of it."""
        if not self._copies:
            return None
        _, copy = self._chance.choice(self._copies)
        self._house.kill()
        self._dump()
        self._disk.free()
        self._disk.take_back(copy)
        self._disk.new_epoch(self._epoch())
        self._plan_up()
        return ""

    async def _break_rewind(self) -> str | None:
        """Copy an older database back by hand: the store does not know that it is another one."""
        mine = [copy for epoch, copy in self._copies if epoch == self._disk.epoch]
        if not mine:
            return None
        self._house.kill()
        self._dump()
        self._disk.free()
        self._disk.take_back(self._chance.choice(mine))
        self._write(history.Fault(at=self._loop.time(), who="checker", kind=REWIND))
        self._plan_up()
        return ""

    def _plan_up(self) -> None:
        self._down_until = self._loop.time() + self._chance.choice((0.05, 0.5, 3.0, 20.0))

    async def _up(self) -> None:
        self._down_until = None
        if not self._house.up:
            self._house.kill()  # what is stopping is too slow
            await self._house.start()

    # --- the end ----------------------------------------------------------------------------------------------

    def _calm(self, player: Player) -> None:
        calm, weather = self.traits.weather, player.network.weather
        weather.window = weather.buffer = ENDLESS
        weather.least_s = calm.least_s
        for wire in player.network.wires:
            for side in (True, False):
                wire.pipe(side).look()

    async def _heal(self) -> None:
        """Let nothing go wrong any more."""
        self._disk.free()
        self.traits.pace.bad_reads = 0.0
        self._house.fail("")
        await self._up()
        for player in self._players:
            player.network.up = True
            player.network.hand = passing
            player.habits.sluggish_s = 0.0
            self._calm(player)
            if not player.alive:
                await player.begin()
        if not self.traits.quiet_end:
            for player in self._players:
                for known in list(player.state.conversations.values()):
                    if known.info.kind != "announcements":
                        self._say(player, known)

    async def _settle(self) -> None:
        """Wait until everybody is where the log is, and stays there."""
        deadline = self._loop.time() + SETTLE_WITHIN_S
        since: float | None = None
        while self._loop.time() < deadline:
            await asyncio.sleep(0.5)
            if not self._house.up:
                self._house.kill()
                await self._house.start()
            if self._unsettled() is not None:
                since = None
            elif since is None:
                since = self._loop.time()
            elif self._loop.time() - since >= CALM_S:
                break
        why = self._unsettled()
        if why is not None:
            self._fail(f"{why}, {SETTLE_WITHIN_S:g} s after the last fault.")
        for player in self._players:
            player.settle()

    def _unsettled(self) -> str | None:
        """Return who is not at the end, and why."""
        heads = self._disk.heads()
        for player in self._players:
            state = player.state
            if state.link.status is not LinkStatus.ONLINE:
                return f"{player.who} is {state.link.status.value}"
            for known in state.conversations.values():
                where = f"{player.who} in conversation {known.id}"
                if known.position.seq != heads.get(known.id):
                    return f"{where} is at {known.position.seq}, the log at {heads.get(known.id)}"
                if any(unsent.status != "failed" for unsent in known.unsent):
                    return f"{where} still has unsent messages"
                if known.loading:
                    return f"{where} is still loading"
        return None

    async def _compare(self) -> None:
        """Compare what everybody has made of events with what a new client is given."""
        names = sorted({player.name for player in self._players})
        news = [self._player(100 + number, name, own=False) for number, name in enumerate(names)]
        try:
            for new in news:
                await new.begin()
                await new.client.online(60)
                await self._load_all(new)
            for player in self._players:
                await self._load_all(player)
            await asyncio.sleep(2.0)
            for new in news:
                for player in self._players:
                    if player.name == new.name:
                        self._same(player, new)
        except ChatError as error:
            self._fail(f"A new client could not read: {error}")
        finally:
            for new in news:
                await new.end()

    async def _load_all(self, player: Player) -> None:
        for number in list(player.state.conversations):
            for _ in range(100):
                if player.state.conversations[number].timeline.at_start:
                    break
                await player.client.load_older(number, 200)

    def _same(self, old: Player, new: Player) -> None:
        """Compare two clients of one account."""
        ours, theirs = old.state.conversations, new.state.conversations
        if ours.keys() != theirs.keys():
            self._fail(f"{old.who} lists {sorted(ours)}, a new client {sorted(theirs)}.")
            return
        roomy = self.traits.outbox_bytes == OUTBOX_BYTES
        for number, mine in ours.items():
            fresh = theirs[number]
            for what, one, other in (
                ("name", mine.info.name, fresh.info.name),
                ("topic", mine.info.topic, fresh.info.topic),
                # Signals are the first to be dropped where there is little room.
                ("members", mine.info.members if roomy else 0, fresh.info.members if roomy else 0),
                ("read marker", mine.read, fresh.read),
                ("unread", mine.unread, fresh.unread),
                ("position", mine.position.eid or mine.position.seq, fresh.position.eid or fresh.position.seq),
                ("messages", list(mine.timeline), list(fresh.timeline)),
            ):
                if one != other:
                    self._fail(f"{old.who} has {what} {one!r} of conversation {number}, a new client {other!r}.")

    # --- invariants -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Compare what somebody shows with the store, where both are at the same event."""
        player = self._chance.choice(self._players)
        if not player.alive:
            return
        state = player.state
        me = state.me
        if me is None:
            return
        with self._disk.reading() as connection:
            reader = SqlReader(connection)
            for known in state.conversations.values():
                self._look_at(player, known, reader, me.id)

    def _look_at(self, player: Player, known: ConversationState, reader: SqlReader, me: int) -> None:
        timeline = known.timeline
        if not timeline.count or known.remembered:
            return
        try:
            place = reader.find(AccountId(me), known.id)
        except Refused:
            return
        if (place.head, place.eid) != (known.position.seq, known.position.eid):
            return
        shown = list(timeline)[-200:]
        page = reader.history(ConversationId(known.id), "latest", 0, len(shown), None)
        stored = list(page.messages)
        if [snapshot(message) for message in shown[-len(stored) :]] != [snapshot(message) for message in stored]:
            self._fail(
                f"{player.who} shows other messages of conversation {known.id} than are stored up to {place.head}."
            )

    def _fail(self, text: str) -> None:
        self.failures.append(f"At {self._loop.time():.3f} s: {text}")

    def _epoch(self) -> str:
        return self._chance.randbytes(8).hex()

    def _dump(self) -> None:
        for record in self._disk.dump(self._loop.time()):
            self._write(record)


def _as_it_is(storage: Storage) -> Storage:
    return storage


_ACTIONS: Final = {
    "post": 20,
    "burst": 6,
    "join": 3,
    "leave": 2,
    "direct": 2,
    "topic": 2,
    "read": 4,
    "typing": 1,
    "edit": 5,
    "delete": 2,
    "older": 3,
    "page": 3,
    "members": 1,
    "retry": 1,
    "wake": 1,
}
_ACTION_NAMES: Final = list(_ACTIONS)
_ACTION_WEIGHTS: Final = list(_ACTIONS.values())
_FAULTS: Final = {
    "kill": 10,
    "stop": 2,
    "commit": 2,
    "cut": 6,
    "frame": 10,
    "answer": 6,
    "silence": 4,
    "delay": 4,
    "slow": 5,
    "network": 4,
    "crash": 6,
    "restart": 3,
    "sleep": 2,
    "clock": 2,
    "full": 3,
    "backup": 5,
    "restore": 2,
    "rewind": 2,
}
_FAULT_NAMES: Final = list(_FAULTS)
_FAULT_WEIGHTS: Final = list(_FAULTS.values())

_ANCHORS: Final[tuple[Literal["latest", "before", "after", "around"], ...]] = ("latest", "before", "after", "around")
