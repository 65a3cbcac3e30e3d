"""A world, a network and clients that write down everything they are told, and check it while they do."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import TypeVar

from chat_core.base.tasks import spawn
from chat_core.check.simulation.time_loop import LoopClock
from chat_core.check.simulation.wires import Network
from chat_core.client import Batch, Client, Delivered, LinkStatus, MessagesAppended
from chat_core.client.state.changes import Change, TimelineReset
from chat_core.client.state.model import ConversationState, LinkState
from chat_core.protocol.events import ConversationEvent, MessagePosted
from chat_core.transport.urls import Address
from tests.simulation.world import Room, World

C = TypeVar("C", bound=Change)

ADDRESS = Address(host="127.0.0.1", port=1)


class Stage:
    """One simulation's furniture; everything random in it comes from one seed."""

    def __init__(self, seed: int, *, page: int = 200) -> None:
        self.chance = random.Random(seed)
        self.world = World(random.Random(seed + 1), page=page)
        self.network = Network(lambda: self.world.driver(), random.Random(seed + 2))
        self.clock = LoopClock(asyncio.get_running_loop())

    @property
    def general(self) -> Room:
        """The channel everybody is in."""
        return self.world.room("general")

    def actor(self, name: str, *, follow: bool = True, far_behind: int = 2000, keep: int | None = None) -> Actor:
        """Make a client that is watched."""
        client = Client(
            ADDRESS,
            name,
            follow=follow,
            clock=self.clock,
            far_behind=far_behind,
            connector=self.network.connect,
            entropy=self.chance.randbytes,
            keep=keep,
        )
        return Actor(client, name)


class Actor:
    """A client, and what it was told."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name
        self.changes: list[Change] = []
        self.batches = 0
        self.links: list[LinkState] = []
        """How the connection was, with each batch."""
        self.never_vanish = False
        """Whether each own message must be seen all the time, pending or as a message."""
        self.last: dict[int, int] = {}
        """Newest seq delivered, by conversation."""
        self._cids: dict[bytes, str] = {}
        self._events = client.changes()
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Actor:
        self.listen()
        await self.client.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()
        if self._watching is not None:
            if not self._watching.done():
                async with asyncio.timeout(5):
                    await self._watching
            self._watching.result()

    def listen(self) -> None:
        """Begin to take what the client tells."""
        if self._watching is None:
            self._watching = spawn("watch", self._watch())

    def changed(self, kind: type[C]) -> list[C]:
        """Return all changes of a kind, in order."""
        return [change for change in self.changes if isinstance(change, kind)]

    def statuses(self) -> list[LinkStatus]:
        """Return what the connection was, without repeats."""
        return [status for status, _ in groupby(link.status for link in self.links)]

    def say(self, body: str, room: str = "general") -> bytes:
        """Post a message; its body is known by its cid from now on."""
        cid = self.client.post(self.room(room).id, body)
        self._cids[cid] = body
        return cid

    def room(self, name: str = "general") -> ConversationState:
        """Return a conversation as the client has it."""
        found = self.client.state.by_target(f"#{name}")
        assert found is not None, name
        return found

    def bodies(self, name: str = "general") -> list[str]:
        """Return the bodies of all known messages."""
        return [message.body for message in self.room(name).timeline]

    def told(self) -> list[MessagePosted]:
        """Return every message that was handed over, in order."""
        events = [change.event for change in self.changes if isinstance(change, Delivered)]
        return [event for event in events if isinstance(event, MessagePosted)]

    async def until(self, condition: Callable[[], bool], within_s: float = 600.0) -> None:
        """Wait, in simulated time, until something holds, and all that has led to it was told."""
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110  # simulated time costs nothing
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.001)  # the changes are told a turn of the loop behind the state

    async def _watch(self) -> None:
        async for batch in self._events:
            self.batches += 1
            assert batch.changes
            for change in batch.changes:
                self._check(change)
            self._check_once(batch)
            self.changes += batch.changes
            self.links.append(batch.state.link)

    def _check(self, change: Change) -> None:
        """Every event comes once and in order; a jump is said."""
        if isinstance(change, TimelineReset) and change.reason:
            self.last.pop(change.conversation, None)
        if isinstance(change, Delivered) and isinstance(change.event, ConversationEvent):
            event = change.event
            last = self.last.get(event.conversation)
            assert last is None or event.seq == last + 1, f"{self.name}: {event.seq} after {last}"
            self.last[event.conversation] = event.seq

    def _check_once(self, batch: Batch) -> None:
        """No message is pending and there at the same time, or twice."""
        touched = {change.conversation for change in batch.changes if isinstance(change, MessagesAppended)}
        for conversation in batch.state.conversations.values():
            pending = {self._cids.get(unsent.cid, "") for unsent in conversation.unsent}
            if not pending and conversation.id not in touched:
                continue
            newest = Counter(message.body for message in conversation.timeline.newest(300) if message.body)
            both = pending & set(newest)
            assert not both, f"{self.name}: pending and there: {both}"
            if self.never_vanish and conversation.info.name == "general":
                vanished = set(self._cids.values()) - pending - set(newest)
                assert not vanished, f"{self.name}: neither pending nor there: {vanished}"
            assert not newest or max(newest.values()) == 1, f"{self.name}: twice: {newest.most_common(1)}"
