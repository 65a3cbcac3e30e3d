"""Read markers and typing: told in moderation, agreed on by all devices."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.client import LinkStatus
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.conversations import MarkRead
from chat_core.protocol.requests.threads import MarkThreadRead
from tests.simulation.stage import Stage
from tests.simulation.world import No


def fill(stage: Stage, count: int) -> None:
    for _ in range(count):
        stage.world.write(stage.general, "eve", f"eve {stage.general.head + 1}")


def marker(stage: Stage) -> int:
    """Return ann's read marker as the server has it."""
    return stage.general.members[stage.world.account("ann")]


def test_marker_moves_at_once_here_and_within_a_second_at_the_server() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 100)
            await ann.until(lambda: ann.room().unread == 100)
            for seq in range(1, 101):
                ann.client.mark_read(1, seq)
                assert ann.room().read == seq
                await asyncio.sleep(0.03)
            assert ann.room().unread == 0
            await asyncio.sleep(1)
            assert marker(stage) == 100
            assert stage.world.calls.count("mark_read") <= 5

    simulate(story())


def test_marker_is_told_once_when_nothing_new_was_read() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 3)
            await ann.until(lambda: ann.room().unread == 3)
            for _ in range(5):
                ann.client.mark_read(1, 3)
                ann.client.mark_read(1, 2)
                ann.client.mark_read(99, 2)
                await asyncio.sleep(2)
            assert stage.world.calls.count("mark_read") == 1

    simulate(story())


def test_marker_is_told_after_the_reconnect_when_it_moved_offline() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 3)
            await ann.until(lambda: ann.room().unread == 3)
            stage.network.up = False
            stage.network.cut_all()
            await ann.until(lambda: ann.client.state.link.status is not LinkStatus.ONLINE)
            ann.client.mark_read(1, 2)
            ann.client.mark_read(1, 3)
            stage.network.up = True
            await ann.client.online()
            assert (ann.room().read, ann.room().unread) == (3, 0)
            await ann.until(lambda: marker(stage) == 3)

    simulate(story())


def test_marker_is_told_again_when_the_connection_was_lost_over_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 3)
            await ann.until(lambda: ann.room().unread == 3)
            ann.client.mark_read(1, 3)
            stage.network.cut_all()
            await ann.until(lambda: marker(stage) == 3)
            assert ann.room().unread == 0

    simulate(story())


def test_marker_is_told_again_when_the_server_could_not_take_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        refusals = [No(Refusal.STORE_FULL, retry_after=2.0), No(Refusal.BUSY)]
        stage.world.refuse = lambda request: refusals.pop() if refusals and isinstance(request, MarkRead) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 3)
            await ann.until(lambda: ann.room().unread == 3)
            ann.client.mark_read(1, 3)
            await ann.until(lambda: marker(stage) == 3)
            assert stage.world.calls.count("mark_read") == 3

    simulate(story())


def test_marker_that_is_refused_is_not_told_again_and_again() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.refuse = lambda request: No(Refusal.NOT_MEMBER) if isinstance(request, MarkRead) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 3)
            await ann.until(lambda: ann.room().unread == 3)
            ann.client.mark_read(1, 3)
            await asyncio.sleep(60)
            assert stage.world.calls.count("mark_read") == 1

    simulate(story())


def test_marker_is_told_again_when_an_own_message_came_before_the_server_knew_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.slow[MarkRead] = 1.0
        async with stage.actor("ann") as ann:
            await ann.client.online()
            fill(stage, 3)
            await ann.until(lambda: ann.room().unread == 3)
            ann.client.mark_read(1, 3)
            await ann.client.sent(ann.say("mine"))
            await ann.until(lambda: ann.room().read == 4)
            assert marker(stage) == 0
            await ann.until(lambda: marker(stage) == 4)

    simulate(story())


def test_marker_in_a_thread_is_told_again_until_the_server_has_said_what_comes_of_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        refusals = [No(Refusal.NOT_MEMBER), No(Refusal.STORE_FULL, retry_after=2.0), No(Refusal.BUSY)]
        stage.world.refuse = lambda request: refusals.pop() if isinstance(request, MarkThreadRead) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            ann.client.mark_thread_read(1, 1, 3)
            await ann.until(lambda: not refusals)
            await asyncio.sleep(60)
            assert stage.world.calls.count("mark_thread_read") == 3

    simulate(story())


def test_devices_agree_on_what_was_read() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("ann") as also_ann:
            await ann.client.online()
            await also_ann.client.online()
            fill(stage, 4)
            await ann.until(lambda: ann.room().unread == 4)
            ann.client.mark_read(1, 3)
            await also_ann.until(lambda: also_ann.room().read == 3)
            assert also_ann.room().unread == 1

    simulate(story())


def test_devices_agree_on_a_number_that_one_of_them_cannot_count() -> None:
    async def story() -> None:
        stage = Stage(1)
        ann_id = stage.world.account("ann")
        fill(stage, 5)
        for body in ("a", "b"):
            stage.world.write(stage.general, "ann", body)
        fill(stage, 5)
        stage.general.members[ann_id] = 0
        async with stage.actor("ann") as ann, stage.actor("ann") as also_ann:
            await ann.client.online()
            await also_ann.client.online()
            await ann.client.load_older(1)
            assert (ann.room().unread, also_ann.room().unread) == (10, 10)
            ann.client.mark_read(1, 4)
            assert ann.room().unread == 6
            await also_ann.until(lambda: also_ann.room().unread == 6)
            assert stage.world.calls.count("find") == 1

    simulate(story())


def test_typing_is_told_each_three_seconds_and_seen_by_others() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            await ann.client.online()
            await bob.client.online()
            for _ in range(90):
                ann.client.typing(1)
                await asyncio.sleep(0.1)
            assert 3 <= stage.world.calls.count("set_typing") <= 4
            assert [typist.name for typist in bob.room().typing] == ["ann"]
            assert ann.room().typing == ()
            await asyncio.sleep(6.2)
            assert bob.room().typing == ()

    simulate(story())


def test_typing_ends_when_the_user_says_so() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            await ann.client.online()
            await bob.client.online()
            ann.client.typing(1, active=False)
            ann.client.typing(1)
            await bob.until(lambda: bool(bob.room().typing))
            ann.client.typing(1, active=False)
            ann.client.typing(1, active=False)
            await bob.until(lambda: not bob.room().typing)
            assert stage.world.calls.count("set_typing") == 2
            ann.client.typing(1)
            await bob.until(lambda: bool(bob.room().typing))

    simulate(story())


def test_typing_ends_with_the_message() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            await ann.client.online()
            await bob.client.online()
            ann.client.typing(1)
            await bob.until(lambda: bool(bob.room().typing))
            await ann.client.sent(ann.say("x"))
            await bob.until(lambda: bob.bodies() == ["x"])
            assert bob.room().typing == ()
            ann.client.typing(1, active=False)
            ann.client.typing(1)
            await bob.until(lambda: bool(bob.room().typing))

    simulate(story())


def test_typing_is_told_again_at_once_when_the_connection_was_lost() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            ann.client.typing(1)
            await asyncio.sleep(0.1)
            stage.network.cut_all()
            await ann.until(lambda: ann.statuses().count(LinkStatus.ONLINE) == 2)
            ann.client.typing(1)
            await asyncio.sleep(0.1)
            assert stage.world.calls.count("set_typing") == 2
            assert stage.clock.monotonic() < 3

    simulate(story())


def test_typing_is_not_told_while_there_is_no_connection() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            ann.client.typing(1)
            await ann.client.online()
            await asyncio.sleep(1)
            assert "set_typing" not in stage.world.calls

    simulate(story())


@pytest.mark.parametrize("times", [1, 3])
def test_own_posts_move_the_marker_as_the_server_does(times: int) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            for number in range(times):
                await ann.client.sent(ann.say(f"ann {number}"))
            assert ann.room().read == marker(stage) == times
            fill(stage, 1)
            await ann.client.sent(ann.say("with something unread before it"))
            await ann.until(lambda: ann.room().position.seq == times + 2)
            assert ann.room().read == marker(stage) == times
            assert ann.room().unread == 1

    simulate(story())
