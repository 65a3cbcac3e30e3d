"""Answers and pushes that cross, between the real client and the real server: what the simulation has found."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chat_core.base.tasks import spawn
from chat_core.check.simulation.disk import Disk
from chat_core.check.simulation.house import House
from chat_core.check.simulation.inline_store import Pace
from chat_core.check.simulation.player import ADDRESS
from chat_core.check.simulation.time_loop import LoopClock, simulate
from chat_core.check.simulation.wires import Fate, Hand, Network, passing
from chat_core.client import CallFailed, Client, Disconnected
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.session import Attach, Resume


@asynccontextmanager
async def people(*names: str, pace: Pace, waiting: int = 0, hand: Hand = passing) -> AsyncIterator[list[Client]]:
    """Run a server, and a client for each of some people; the last `waiting` ones are not started.

    `hand` sees what the first one's wire carries.
    """
    chance, clock = random.Random(1), LoopClock(asyncio.get_running_loop())
    disk = Disk("one")
    house = House(disk, pace, clock, chance)
    await house.start()
    clients: list[Client] = []
    for name in names:
        network = Network(house.driver, chance)
        network.hand = passing if clients else hand
        house.networks.append(network)
        client = Client(ADDRESS, name, clock=clock, connector=network.connect, entropy=chance.randbytes)
        clients.append(client)
    for client in clients[: len(clients) - waiting]:
        await client.start()
        await client.online(10)
    try:
        yield clients
    finally:
        for client in clients:
            await client.close()
        await house.stop()
        disk.close()


def test_conversation_stays_away_when_it_is_left_while_a_join_is_answered() -> None:
    async def story() -> None:
        async with people("ann", pace=Pace(commit_s=1.0)) as (ann,):
            tea = await ann.join("tea")
            busy = asyncio.gather(ann.join("general"), ann.join("tea"), ann.leave(tea))  # the last two in one commit
            await busy

            assert [known.target for known in ann.state.conversations.values()] == ["#general", "#announcements"]

    simulate(story())


def test_topic_stays_when_an_older_answer_comes_behind_it() -> None:
    async def story() -> None:
        async with people("ann", "bob", pace=Pace(commit_s=1.0)) as (ann, bob):
            tea = await ann.join("tea")
            topic = SetTopic(conversation=tea, topic="green")
            busy = spawn("keeps the store busy", ann.join("general"))
            await asyncio.sleep(0.01)
            joined = spawn("join", bob.join("tea"))
            await asyncio.sleep(0.01)
            await asyncio.gather(busy, joined, ann.call(topic))
            await asyncio.sleep(1)

            assert {client.state.conversations[tea].info.topic for client in (ann, bob)} == {"green"}

    simulate(story())


def test_read_marker_stays_when_an_older_answer_comes_behind_it() -> None:
    async def story() -> None:
        async with people("ann", pace=Pace(commit_s=1.0)) as (ann,):
            tea = await ann.join("tea")
            busy = spawn("keeps the store busy", ann.join("general"))
            await asyncio.sleep(0.01)
            joined = spawn("join", ann.join("tea"))  # in one commit with the message, and answered behind it
            await asyncio.sleep(0.01)
            cid = ann.post(tea, "mine")
            await asyncio.gather(busy, joined, ann.sent(cid))
            await asyncio.sleep(1)

            assert ann.state.conversations[tea].read == 1

    simulate(story())


@pytest.mark.parametrize("moment", [1.0, 1.25, 1.5])
def test_nobody_is_attached_who_has_left_while_it_was_asked_for(moment: float) -> None:
    async def story() -> None:
        pace = Pace()
        async with people("ann", "bob", pace=pace) as (ann, bob):
            tea = await ann.join("tea")
            await bob.join("tea")
            position = ann.state.conversations[tea].position
            pace.read_s = 1.0
            attached = spawn("attach", ann.call(Attach(position=position, epoch=ann.state.epoch)))
            await asyncio.sleep(moment)  # that one is a member was read, and is told about now
            await ann.leave(tea)

            with pytest.raises(CallFailed) as refused:
                await attached
            assert refused.value.code == Refusal.NOT_MEMBER
            await asyncio.sleep(10)
            assert bob.state.conversations[tea].members.online == 1

    simulate(story())


class Ear:
    """A hand that keeps what the server sends."""

    def __init__(self) -> None:
        self.heard = b""

    def __call__(self, from_client: bool, frame: bytes) -> Fate:
        """Let a frame pass."""
        self.heard += b"" if from_client else frame
        return Fate.PASS


MOMENTS = [0.25 * step for step in range(2, 7)]
"""Times after a resume was asked for; its first list is read, and told, somewhere among them."""


@pytest.mark.parametrize("bad_reads", [0.0, 1.0])
@pytest.mark.parametrize("moment", MOMENTS)
def test_nobody_hears_a_conversation_that_was_left_while_it_was_resumed(moment: float, bad_reads: float) -> None:
    async def story() -> None:
        pace, ear = Pace(), Ear()
        async with people("ann", "bob", pace=pace, hand=ear) as (ann, bob):
            tea = await ann.join("tea")
            await bob.join("tea")
            pace.read_s = 1.0
            resumed = spawn("resume", ann.call(Resume()))
            await asyncio.sleep(moment)
            await ann.leave(tea)
            pace.bad_reads = bad_reads
            await bob.sent(bob.post(tea, "told meanwhile"))
            await asyncio.wait([resumed])
            assert bad_reads or resumed.exception() is None
            pace.bad_reads = 0.0
            await bob.sent(bob.post(tea, "told afterwards"))
            await asyncio.sleep(1)

            assert b"told " not in ear.heard

    simulate(story())


@pytest.mark.parametrize("moment", MOMENTS)
def test_conversation_is_heard_that_was_left_and_joined_again_while_it_was_resumed(moment: float) -> None:
    async def story() -> None:
        pace, ear = Pace(), Ear()
        async with people("ann", "bob", pace=pace, hand=ear) as (ann, bob):
            tea = await ann.join("tea")
            await bob.join("tea")
            pace.read_s = 1.0
            resumed = spawn("resume", ann.call(Resume()))
            await asyncio.sleep(moment)
            await ann.leave(tea)
            await ann.join("tea")
            await resumed
            await bob.sent(bob.post(tea, "told afterwards"))
            await asyncio.sleep(1)

            assert ear.heard.count(b"told afterwards") == 1

    simulate(story())


def test_client_hears_nothing_when_its_resume_has_failed() -> None:
    async def story() -> None:
        pace = Pace()
        async with people("bob", "ann", pace=pace, waiting=1) as (bob, ann):
            pace.bad_reads = 1.0
            await ann.start()
            await bob.open_direct("bob")
            with pytest.raises(Disconnected):
                await ann.online(0.5)
            direct = await bob.open_direct("ann")
            await bob.sent(bob.post(direct, "hello"))
            assert not ann.state.conversations

            pace.bad_reads = 0.0
            await ann.online(10)
            assert ann.state.conversations[direct].position.seq == 1

    simulate(story())
