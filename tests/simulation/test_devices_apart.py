"""What another device did, or an older store does not know, while a client was away: on the real server, in memory."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from chat_core.check.simulation.disk import Disk
from chat_core.check.simulation.house import House
from chat_core.check.simulation.inline_store import Pace
from chat_core.check.simulation.pipes import Weather
from chat_core.check.simulation.player import ADDRESS
from chat_core.check.simulation.time_loop import LoopClock, simulate
from chat_core.check.simulation.wires import Network
from chat_core.client import CallFailed, Client
from chat_core.client.state.model import ConversationState, ThreadNews
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.threads import FollowThread, UnfollowThread

GENERAL = 1


class Town:
    """A server, and people's ways to it."""

    def __init__(self) -> None:
        self._chance = random.Random(7)
        self._clock = LoopClock(asyncio.get_running_loop())
        self.disk = Disk("one")
        self.house = House(self.disk, Pace(), self._clock, self._chance)

    @asynccontextmanager
    async def device(self, name: str) -> AsyncIterator[tuple[Client, Network]]:
        """Yield a client that is online and watches threads, and its network."""
        network = Network(self.house.driver, self._chance, Weather())
        self.house.networks.append(network)
        client = Client(ADDRESS, name, clock=self._clock, connector=network.connect, entropy=self._chance.randbytes)
        client.watch_threads()
        async with client:
            await client.online()
            yield client, network

    async def put_back(self, copy: bytes, epoch: str) -> None:
        """Let the server begin anew with an older store."""
        self.house.kill()
        self.disk.take_back(copy)
        if epoch:
            self.disk.new_epoch(epoch)
        await self.house.start()


@asynccontextmanager
async def town() -> AsyncIterator[Town]:
    """Yield a server that runs."""
    place = Town()
    await place.house.start()
    try:
        yield place
    finally:
        await place.house.stop()
        place.disk.close()


def general(client: Client) -> ConversationState:
    """Return #general as a client has it."""
    return client.state.conversations[GENERAL]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something, in simulated time. Raises: TimeoutError."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110  # costs nothing here
            await asyncio.sleep(0.1)


async def say(client: Client, body: str, thread: int | None = None) -> int:
    """Write something in #general, or in a thread there, and return its seq."""
    return (await client.sent(client.post(GENERAL, body, thread=thread))).seq


async def read_without_a_connection(ann: Client, way: Network, bob: Client) -> tuple[int, int]:
    """Let bob answer ann, cut her off, and let her read the answer in its thread; return both messages."""
    root = await say(ann, "question")
    last = await say(bob, "answer", root)
    await until(lambda: root in general(ann).followed)
    await ann.read_thread(GENERAL, root)
    way.up = False
    way.cut_all()
    ann.mark_thread_read(GENERAL, root, last)
    return root, last


def test_open_thread_shows_what_another_device_did_while_this_one_was_away() -> None:
    async def story() -> None:
        async with town() as place, place.device("ann") as (desk, way), place.device("ann") as (phone, _):
            root = await say(desk, "question")
            last = await say(desk, "answer", root)
            await desk.read_thread(GENERAL, root)
            assert general(desk).threads[root].following

            for request, following in ((UnfollowThread, False), (FollowThread, True)):
                way.up = False
                way.cut_all()
                await phone.call(request(conversation=GENERAL, thread=root))
                way.up = True
                desk.wake()
                await until(lambda following=following: general(desk).threads[root].following is following)  # type: ignore[misc]
                assert (root in general(desk).followed) is following
            assert general(desk).threads[root].read == last

    simulate(story())


@pytest.mark.parametrize("epoch", ["", "two"], ids=["copied back by hand", "restored"])
def test_how_far_a_thread_was_read_goes_back_with_the_store(epoch: str) -> None:
    async def story() -> None:
        async with town() as place, place.device("ann") as (ann, _), place.device("bob") as (bob, _):
            root = await say(ann, "question")
            said = [await say(bob, f"answer {number}", root) for number in range(3)]
            await until(lambda: root in general(ann).followed)
            await ann.read_thread(GENERAL, root)
            copy = place.disk.copy()
            ann.mark_thread_read(GENERAL, root, said[-1])
            await until(lambda: not ann._engine.glances.untold)

            await place.put_back(copy, epoch)

            await until(lambda: general(ann).followed[root].unread == 3)
            await ann.read_thread(GENERAL, root)
            assert general(ann).threads[root].read == general(ann).followed[root].read == root

    simulate(story())


def test_what_was_read_in_a_thread_without_a_connection_stays_read() -> None:
    async def story() -> None:
        async with town() as place, place.device("ann") as (ann, way), place.device("bob") as (bob, _):
            root, last = await read_without_a_connection(ann, way, bob)
            seen = set()
            way.up = True
            ann.wake()
            await ann.online()
            for _ in range(50):
                seen.add((general(ann).followed[root].read, general(ann).followed[root].unread))
                await asyncio.sleep(0.1)
            assert seen == {(last, 0)}
            assert not ann._engine.glances.untold

    simulate(story())


def test_what_was_said_behind_that_meanwhile_is_new() -> None:
    async def story() -> None:
        async with town() as place, place.device("ann") as (ann, way), place.device("bob") as (bob, _):
            root, last = await read_without_a_connection(ann, way, bob)
            await say(bob, "and another one", root)
            way.up = True
            ann.wake()
            await until(lambda: general(ann).followed[root] == ThreadNews(read=last, unread=1))

    simulate(story())


def test_thread_that_a_restored_store_does_not_have_is_open_no_more() -> None:
    async def story() -> None:
        async with town() as place, place.device("ann") as (ann, _):
            copy = place.disk.copy()
            root = await say(ann, "question")
            await ann.read_thread(GENERAL, root)

            await place.put_back(copy, "two")

            await until(lambda: general(ann).threads[root].stale)
            with pytest.raises(CallFailed) as refused:
                await ann.read_thread(GENERAL, root)
            assert refused.value.code == Refusal.NO_MESSAGE
            assert not general(ann).threads

    simulate(story())


def test_thread_that_hangs_on_another_message_in_an_older_store_is_open_there_only() -> None:
    async def story() -> None:
        async with town() as place, place.device("ann") as (ann, _):
            first = await say(ann, "first")
            copy = place.disk.copy()
            second = await say(ann, "second")
            await ann.read_thread(GENERAL, second)
            await place.put_back(copy, "")
            await until(lambda: general(ann).threads[second].stale)
            assert await say(ann, "now in the thread of the first", first) == second

            assert await ann.read_thread(GENERAL, second) == first
            assert list(general(ann).threads) == [first]

    simulate(story())
