"""Who reads a client's changes: one, from the beginning on, at their own speed, and without a hole."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.base.tasks import spawn
from chat_core.check.simulation.time_loop import simulate
from chat_core.client import Batch, Client, Delivered, MessagesAppended
from chat_core.client.board import FULL, UNHEARD
from chat_core.client.state.changes import Change, UnsentChanged
from chat_core.protocol.events import MessagePosted
from tests.simulation.stage import ADDRESS, Stage


def client_of(stage: Stage, name: str) -> Client:
    return Client(ADDRESS, name, clock=stage.clock, connector=stage.network.connect, entropy=stage.chance.randbytes)


def fill(stage: Stage, count: int) -> None:
    for _ in range(count):
        stage.world.write(stage.general, "eve", f"eve {stage.general.head + 1}")


def seqs(changes: list[Change]) -> list[int]:
    events = [change.event for change in changes if isinstance(change, Delivered)]
    return [event.seq for event in events if isinstance(event, MessagePosted)]


def test_changes_tell_everything_from_the_beginning_also_to_who_asks_later() -> None:
    async def story() -> None:
        stage = Stage(1)
        ann = client_of(stage, "ann")
        async with ann:
            await ann.online()
            fill(stage, 10)
            await asyncio.sleep(1)
            changes = ann.changes()
            batch = await anext(changes)
            assert seqs(list(batch.changes)) == list(range(1, 11))
            assert batch.state is ann.state
            with pytest.raises(RuntimeError, match="one consumer"):
                ann.changes()
        with pytest.raises(StopAsyncIteration):
            while True:
                await anext(changes)

    simulate(story())


def test_changes_of_one_turn_are_one_batch() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await asyncio.sleep(1)
            before = ann.batches
            for number in range(50):
                ann.say(f"ann {number}")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert ann.batches == before + 1
            assert len(ann.changed(UnsentChanged)) == 1
            await asyncio.sleep(1)
            assert ann.batches < before + 50, "a hundred frames came, many of them together"
            assert sum(len(change.messages) for change in ann.changed(MessagesAppended)) == 50

    simulate(story())


def test_events_stay_at_the_server_while_the_consumer_is_too_slow() -> None:
    async def story() -> None:
        stage = Stage(1)
        ann = client_of(stage, "ann")
        changes = ann.changes()
        async with ann:
            await ann.online()
            for _ in range(30):
                fill(stage, 500)
                await asyncio.sleep(0.01)
            known = ann.state.conversations[1].position.seq
            assert FULL / 4 < known < FULL, "it stopped taking"
            told: list[Change] = []

            async def read() -> None:
                async for batch in changes:
                    told.extend(batch.changes)
                    await asyncio.sleep(0.05)

            reading = spawn("read", read())
            async with asyncio.timeout(100):
                while len(seqs(told)) < stage.general.head:  # noqa: ASYNC110  # simulated time
                    await asyncio.sleep(0.1)
            assert seqs(told) == list(range(1, stage.general.head + 1))
            assert stage.network.connects == 1
        await reading

    simulate(story())


def test_program_that_only_looks_at_the_state_hoards_nothing() -> None:
    async def story() -> None:
        stage = Stage(1)
        ann = client_of(stage, "ann")
        async with ann:
            await ann.online()
            for _ in range(UNHEARD // 1000):
                fill(stage, 500)
                await asyncio.sleep(0.01)
            assert ann.state.conversations[1].position.seq == stage.general.head
            with pytest.raises(RuntimeError, match="beginning was not kept"):
                ann.changes()

    simulate(story())


def test_consumer_may_stop_and_close() -> None:
    async def story() -> None:
        stage = Stage(1)
        ann = client_of(stage, "ann")
        batches: list[Batch] = []
        async with ann:
            async for batch in ann.changes():
                batches.append(batch)
                if batch.state.conversations:
                    break
        assert batches

    simulate(story())
