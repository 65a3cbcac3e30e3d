"""Reading what was said before: page by page, once, and what is said when it cannot be read."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.base.errors import UsageFault
from chat_core.check.simulation.time_loop import simulate
from chat_core.client import CallFailed
from chat_core.client.state.changes import LoadingChanged
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import Member
from tests.simulation.interludes import chat, cut_off
from tests.simulation.stage import Stage
from tests.simulation.world import No


def test_history_is_read_page_by_page_down_to_the_start() -> None:
    async def story() -> None:
        stage = Stage(1)
        said = chat(stage, stage.general, 25)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            assert ann.room().timeline.count == 0
            assert await ann.client.load_older(1, 10) == 10
            assert ann.bodies() == said[-10:]
            said = chat(stage, stage.general, 1)
            assert await ann.client.load_older(1, 10) == 10
            assert await ann.client.load_older(1, 10) == 5
            assert await ann.client.load_older(1, 10) == 0
            await ann.until(lambda: ann.bodies() == said)
            assert ann.room().timeline.at_start
            assert stage.world.calls.count("history") == 3
            assert not ann.room().loading

    simulate(story())


def test_history_joins_what_was_live_before_it_was_read() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 5)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            said = chat(stage, stage.general, 3)
            await ann.until(lambda: ann.room().timeline.count == 3)
            assert not ann.room().timeline.at_start
            await ann.client.load_older(1)
            assert ann.bodies() == said

    simulate(story())


def test_history_is_asked_for_once_when_two_want_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 30)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            counts = await asyncio.gather(*(ann.client.load_older(1, 10) for _ in range(3)))
            assert counts == [10, 10, 10]
            assert stage.world.calls.count("history") == 1

    simulate(story())


def test_history_of_what_is_not_in_the_list_cannot_be_read() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            with pytest.raises(UsageFault, match="not in the list"):
                await ann.client.load_older(99)
            assert await ann.client.load_older(1) == 0
            assert not ann.changed(LoadingChanged), "there is nothing before the start"

    simulate(story())


def test_history_tells_everybody_who_waits_when_it_cannot_be_read() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 30)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.refuse = lambda request: No(Refusal.STORE_FAILED)
            outcomes = await asyncio.gather(*(ann.client.load_older(1) for _ in range(2)), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [CallFailed, CallFailed]
            assert not ann.room().loading

    simulate(story())


def test_history_is_read_again_when_a_reset_came_in_between() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 20)
        async with stage.actor("ann", far_behind=10) as ann:
            await ann.client.online()
            await ann.client.load_older(1, 5)
            real = stage.world._history

            def meanwhile(session: object, request: object) -> object:
                page = real(session, request)  # type: ignore[arg-type]
                stage.world._history = real  # type: ignore[method-assign]
                cut_off(stage, stage.general)
                del stage.general.log[10:]
                asyncio.get_running_loop().call_later(0.3, late.set_result, None)
                return page

            late: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            stage.world._history = meanwhile  # type: ignore[method-assign, assignment]
            await ann.client.load_older(1, 5)
            await late
            await ann.until(lambda: ann.bodies() == [message.body for message in stage.general.messages()])

    simulate(story())


def test_members_are_read_in_all_pages() -> None:
    async def story() -> None:
        stage = Stage(1, page=3)
        for name in ("zoe", "bob", "carl", "dave", "eve", "fred"):
            stage.world.account(name)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.load_members(1)
            members = ann.room().members
            assert [member.name for member in members.members] == ["ann", "bob", "carl", "dave", "eve", "fred", "zoe"]
            assert members.members[0] == Member(account=7, name="ann", online=True)
            assert (members.total, members.stale) == (7, False)
            assert stage.world.calls.count("list_members") == 3

    simulate(story())
