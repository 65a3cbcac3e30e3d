"""What a client does when a push did not come: it reads the log, and attaches again when it was too slow."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.client.state.changes import TimelineReset
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.messages import Events, ReadEvents
from chat_core.protocol.requests.session import Attach
from tests.simulation.interludes import away, back, chat, cut_off
from tests.simulation.stage import Stage
from tests.simulation.world import No


def test_client_reads_from_the_log_what_no_push_brought() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 2)
            stage.world.faults.skip_push = 1.0
            chat(stage, stage.general, 3)
            stage.world.faults.skip_push = 0.0
            said = chat(stage, stage.general, 1)
            await ann.until(lambda: ann.bodies() == said)
            assert stage.world.calls.count("read_events") == 1

    simulate(story())


def test_client_learns_of_its_own_message_from_the_answer_when_the_push_is_lost() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            ann.never_vanish = True
            stage.world.faults.skip_push = 1.0
            await ann.client.sent(ann.say("hello"))
            await ann.until(lambda: ann.bodies() == ["hello"])

    simulate(story())


@pytest.mark.parametrize("retry_after", [None, 5.0])
def test_client_tries_again_when_the_log_cannot_be_read_just_now(retry_after: float | None) -> None:
    async def story() -> None:
        stage = Stage(1)
        left = [No(Refusal.BUSY, retry_after)] * 2
        stage.world.refuse = lambda request: left.pop() if left and isinstance(request, ReadEvents) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            chat(stage, stage.general, 1)
            stage.world.faults.skip_push = 0.0
            said = chat(stage, stage.general, 1)
            await ann.until(lambda: ann.bodies() == said)
            assert stage.clock.monotonic() > 2 * (retry_after or 1.0)

    simulate(story())


def test_client_asks_no_more_when_the_log_is_closed_to_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.refuse = lambda request: No(Refusal.NOT_MEMBER) if isinstance(request, ReadEvents) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            chat(stage, stage.general, 1)
            stage.world.faults.skip_push = 0.0
            chat(stage, stage.general, 5)
            await asyncio.sleep(60)
            assert stage.world.calls.count("read_events") == 1
            assert ann.bodies() == []

    simulate(story())


def test_client_does_not_hurry_when_the_log_is_shorter_than_was_said() -> None:
    async def story() -> None:
        stage = Stage(1)
        empty = [True]
        real = stage.world._readevents

        def shy(session: object, request: ReadEvents) -> Events:
            if empty:
                return Events(conversation=1, events=(), head=stage.general.head, more=True)
            return real(session, request)  # type: ignore[arg-type]

        stage.world._readevents = shy  # type: ignore[method-assign]
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            chat(stage, stage.general, 1)
            stage.world.faults.skip_push = 0.0
            said = chat(stage, stage.general, 1)
            await asyncio.sleep(5)
            assert stage.world.calls.count("read_events") <= 6
            empty.clear()
            await ann.until(lambda: ann.bodies() == said)

    simulate(story())


def test_client_attaches_again_when_it_was_too_slow() -> None:
    async def story() -> None:
        stage = Stage(1, page=7)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 2)
            cut_off(stage, stage.general)
            chat(stage, stage.general, 20)
            await ann.until(lambda: len(stage.general.listeners) == 1)
            said = chat(stage, stage.general, 2)
            await ann.until(lambda: ann.bodies() == said)
            assert stage.network.connects == 1

    simulate(story())


def test_client_attaches_again_less_often_when_it_is_too_slow_again_and_again() -> None:
    async def story() -> None:
        stage = Stage(1)
        at: list[float] = []

        def note(request: object) -> None:
            if isinstance(request, Attach):
                at.append(stage.clock.monotonic())

        stage.world.refuse = note
        async with stage.actor("ann") as ann:
            await ann.client.online()
            for _ in range(7):
                cut_off(stage, stage.general)
                lost = stage.clock.monotonic()
                await ann.until(lambda: len(stage.general.listeners) == 1)
                at[-1] -= lost
            assert [round(pause, 1) for pause in at] == [0.2, 0.5, 1.0, 2.0, 5.0, 5.0, 5.0]
            await asyncio.sleep(61)
            cut_off(stage, stage.general)
            lost = stage.clock.monotonic()
            await ann.until(lambda: len(stage.general.listeners) == 1)
            assert at[-1] - lost < 0.3

    simulate(story())


def test_client_attaches_again_later_when_the_server_cannot_now() -> None:
    async def story() -> None:
        stage = Stage(1)
        left = [No(Refusal.BUSY, retry_after=2.0), No(Refusal.BUSY)]
        stage.world.refuse = lambda request: left.pop() if left and isinstance(request, Attach) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cut_off(stage, stage.general)
            said = chat(stage, stage.general, 3)
            await ann.until(lambda: ann.bodies() == said)

    simulate(story())


def test_client_leaves_attaching_to_the_resume_when_the_connection_is_lost_meanwhile() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cut_off(stage, stage.general)
            await ann.until(lambda: "attach" in stage.world.calls or stage.clock.monotonic() > 0.15)
            await away(stage, ann)
            said = chat(stage, stage.general, 3)
            await back(stage, ann)
            await asyncio.sleep(10)
            assert ann.bodies() == said
            assert "attach" not in stage.world.calls

    simulate(story())


def test_client_reads_on_when_it_was_cut_off_while_it_read_the_log() -> None:
    async def story() -> None:
        stage = Stage(1, page=5)
        stage.world.slow[ReadEvents] = 1.0
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            chat(stage, stage.general, 2)
            stage.world.faults.skip_push = 0.0
            chat(stage, stage.general, 1)
            await ann.until(lambda: "read_events" in stage.world.calls)
            cut_off(stage, stage.general)
            said = chat(stage, stage.general, 20)
            await ann.until(lambda: ann.bodies() == said, within_s=20)

    simulate(story())


def test_client_says_so_when_it_is_too_slow_and_the_log_is_another_then() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 4)
            await ann.until(lambda: ann.room().position.seq == 4)
            cut_off(stage, stage.general)
            del stage.general.log[1:]
            await ann.until(lambda: any(each.reason == "rewound" for each in ann.changed(TimelineReset)))
            await ann.until(lambda: ann.bodies() == ["general 1"])

    simulate(story())
