"""Clients that follow nothing by themselves: commands that send a line, or listen to one conversation."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.client import CallFailed, Disconnected, LinkStatus
from chat_core.client.engine import KEPT_UNSHOWN
from chat_core.client.state.changes import ListChanged, TimelineReset
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import Lagging
from chat_core.protocol.requests.conversations import Find
from chat_core.protocol.requests.session import Attach
from tests.simulation.stage import Actor, Stage
from tests.simulation.world import No


def fill(stage: Stage, count: int) -> list[str]:
    for _ in range(count):
        stage.world.write(stage.general, "eve", f"eve {stage.general.head + 1}")
    return [message.body for message in stage.general.messages()]


def heard(actor: Actor) -> list[str]:
    return [event.body for event in actor.told()]


async def lose(stage: Stage, actor: Actor) -> None:
    stage.network.up = False
    stage.network.cut_all()
    await actor.until(lambda: actor.client.state.link.status is not LinkStatus.ONLINE)


def test_client_that_does_not_follow_has_no_list_until_it_joins() -> None:
    async def story() -> None:
        stage = Stage(1)
        fill(stage, 3)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            assert dict(ann.client.state.conversations) == {}
            assert ann.client.state.me is not None
            assert await ann.client.join("#general") == 1
            assert ann.room().position.seq == 3
            cid = ann.say("hello")
            assert (await ann.client.sent(cid)).seq == 4
            assert ann.room().unsent == ()
            assert heard(ann) == []
            assert "resume" not in stage.world.calls
            await ann.client.load_older(1)
            assert ann.bodies() == ["eve 1", "eve 2", "eve 3"]

    simulate(story())


@pytest.mark.parametrize("after", [0, 3, 19, 20])
def test_attach_delivers_everything_behind_a_seq_and_then_what_comes(after: int) -> None:
    async def story() -> None:
        stage = Stage(1, page=7)
        fill(stage, 20)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            await ann.client.attach(1, after)
            said = fill(stage, 2)
            await ann.until(lambda: len(heard(ann)) == 22 - after)
            assert heard(ann) == said[after:]

    simulate(story())


def test_attach_delivers_what_comes_from_now_on_when_nothing_else_is_wanted() -> None:
    async def story() -> None:
        stage = Stage(1)
        fill(stage, 5)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.attach(1, None)
            await ann.client.attach(1, None)
            said = fill(stage, 2)
            await ann.until(lambda: heard(ann) == said[-2:])
            assert stage.world.calls.count("attach") == 1
            assert stage.world.calls.count("find") == 1, "it was not in the list"

    simulate(story())


def test_attach_behind_the_end_delivers_what_comes() -> None:
    async def story() -> None:
        stage = Stage(1)
        fill(stage, 5)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.attach(1, 99)
            said = fill(stage, 1)
            await ann.until(lambda: heard(ann) == said[-1:])
            assert ann.changed(TimelineReset) == []

    simulate(story())


@pytest.mark.parametrize("after", [None, 0])
def test_attach_goes_on_where_it_was_when_the_connection_is_back(after: int | None) -> None:
    async def story() -> None:
        stage = Stage(1, page=4)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            await ann.client.attach(1, after)
            fill(stage, 3)
            await ann.until(lambda: len(heard(ann)) == 3)
            await lose(stage, ann)
            fill(stage, 30)
            stage.network.up = True
            await ann.client.online()
            said = fill(stage, 1)
            await ann.until(lambda: heard(ann) == said)
            assert "find" not in stage.world.calls, "the store is the same: there is nothing to look up"

    simulate(story())


def test_attach_waits_for_a_connection() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            await lose(stage, ann)
            asyncio.get_running_loop().call_later(50, setattr, stage.network, "up", True)
            await ann.client.attach(1, 0)
            said = fill(stage, 1)
            await ann.until(lambda: heard(ann) == said)
            assert stage.clock.monotonic() > 50

    simulate(story())


def test_attach_ends_when_the_client_is_closed() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            await lose(stage, ann)
            waiting = asyncio.gather(ann.client.attach(1, 0), return_exceptions=True)
            await asyncio.sleep(1)
        assert [type(outcome) for outcome in await waiting] == [Disconnected]

    simulate(story())


def test_attach_fails_when_it_is_refused_for_good_and_waits_when_it_is_not() -> None:
    async def story() -> None:
        stage = Stage(1)
        refusals = [No(Refusal.NOT_MEMBER), No(Refusal.BUSY, retry_after=3.0)]
        stage.world.refuse = lambda request: refusals.pop() if refusals and isinstance(request, Attach) else None
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            with pytest.raises(CallFailed) as told:
                await ann.client.attach(1, None)
            assert told.value.code is Refusal.NOT_MEMBER
            assert stage.clock.monotonic() > 3
            await ann.client.attach(1, None)
            with pytest.raises(CallFailed):
                await ann.client.attach(99, None)

    simulate(story())


def test_attach_does_nothing_for_a_client_that_follows() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.attach(1, 0)
            assert "attach" not in stage.world.calls

    simulate(story())


def test_conversation_goes_when_one_was_thrown_out_while_away() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("ops")
            await ann.client.attach(2, None)
            await lose(stage, ann)
            del stage.world.rooms[2].members[1]
            stage.network.up = True
            await ann.until(lambda: ListChanged(removed=(2,)) in ann.changed(ListChanged))

    simulate(story())


def test_leaving_ends_the_attachment() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            ops = await ann.client.join("ops")
            await ann.client.attach(ops, None)
            await ann.client.leave(ops)
            assert dict(ann.client.state.conversations) == {}
            await lose(stage, ann)
            stage.network.up = True
            await ann.client.online()
            assert stage.world.calls.count("attach") == 1

    simulate(story())


def test_reader_that_is_too_slow_still_gets_everything() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.attach(1, 0)
            fill(stage, 3)
            (session,) = stage.general.listeners
            stage.general.listeners.clear()
            session.push(Lagging(conversation=1, head=3))
            said = fill(stage, 20)
            await ann.until(lambda: heard(ann) == said)

    simulate(story())


def test_reader_says_so_when_the_store_is_another_one() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            await ann.client.join("dev")
            await ann.client.attach(1, 0)
            fill(stage, 3)
            await ann.until(lambda: len(heard(ann)) == 3)
            await lose(stage, ann)
            lost = ann.say("only for #dev", room="dev")
            kept = ann.say("for #general")
            stage.world.epoch = "two"
            stage.world.cids.clear()
            stage.general.log.clear()
            stage.world.rooms[2].name = "pets"
            stage.network.up = True
            assert (await ann.client.sent(kept)).seq == 1
            with pytest.raises(CallFailed, match="another store"):
                await ann.client.sent(lost)
            assert stage.world.rooms[2].log == []
            await ann.until(lambda: heard(ann)[3:] == ["for #general"])
            assert TimelineReset(conversation=1, reason="epoch") in ann.changed(TimelineReset)
            assert list(ann.client.state.conversations) == [1]

    simulate(story())


def test_reader_tries_again_when_it_cannot_be_told_now_whether_the_store_is_the_same() -> None:
    async def story() -> None:
        stage = Stage(1)
        refusals = [No(Refusal.BUSY)]
        stage.world.refuse = lambda request: refusals.pop() if refusals and isinstance(request, Find) else None
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.join("general")
            await lose(stage, ann)
            stage.world.epoch = "two"
            stage.network.up = True
            await ann.until(lambda: stage.network.connects == 3)
            await ann.client.online()
            assert list(ann.client.state.conversations) == [1]

    simulate(story())


def test_reader_keeps_little_of_a_long_log() -> None:
    async def story() -> None:
        stage = Stage(1)
        fill(stage, 3000)
        async with stage.actor("ann", follow=False) as ann:
            await ann.client.online()
            await ann.client.attach(1, 0)
            await ann.until(lambda: len(heard(ann)) == 3000)
            assert KEPT_UNSHOWN <= ann.room().timeline.count <= KEPT_UNSHOWN + 512

    simulate(story())
