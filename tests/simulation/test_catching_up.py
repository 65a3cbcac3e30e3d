"""What a client has after it was away or left behind: everything once, in order, or a reset that says why."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from msgspec.structs import replace

from chat_core.check.simulation.time_loop import simulate
from chat_core.client import CallFailed
from chat_core.client.state.changes import ListChanged, MessagesAppended, TimelineReset
from chat_core.client.state.model import BLOCK
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import POSITIONS_PER_RESUME
from chat_core.protocol.requests.conversations import Find, Leave, SetTopic
from chat_core.protocol.requests.session import Attach, CatchUp
from tests.simulation.interludes import away, back, chat, cut_off
from tests.simulation.stage import Stage
from tests.simulation.world import No, Session


@pytest.mark.parametrize("missed", [1, 6, 7, 8, 40])
def test_client_has_everything_when_it_was_away(missed: int) -> None:
    async def story() -> None:
        stage = Stage(1, page=7)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 3)
            await ann.until(lambda: ann.room().position.seq == 3)
            await away(stage, ann)
            said = chat(stage, stage.general, missed)
            await back(stage, ann)
            said = chat(stage, stage.general, 2)
            await ann.until(lambda: ann.room().position.seq == missed + 5)
            assert ann.bodies() == said
            assert ann.room().unread == missed + 5
            appended = ann.changed(MessagesAppended)
            assert sum(len(each.messages) for each in appended if not each.live) >= missed
            assert not ann.changed(TimelineReset)

    simulate(story())


def test_client_follows_many_conversations_when_all_of_them_went_on() -> None:
    async def story() -> None:
        stage = Stage(1, page=5)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            rooms = [stage.world.room(f"room{number}") for number in range(10)]
            for room in rooms:
                await ann.client.join(room.name)
            await away(stage, ann)
            for room in rooms:
                chat(stage, room, 23)
            await back(stage, ann)
            await ann.until(lambda: all(ann.room(room.name).position.seq == 23 for room in rooms))
            assert [ann.bodies(room.name) for room in rooms] == [
                [f"{room.name} {seq}" for seq in range(1, 24)] for room in rooms
            ]

    simulate(story())


def test_client_reads_the_newest_page_when_it_is_far_behind() -> None:
    async def story() -> None:
        stage = Stage(1, page=7)
        async with stage.actor("ann", far_behind=100) as ann:
            await ann.client.online()
            chat(stage, stage.general, 3)
            await ann.until(lambda: ann.room().position.seq == 3)
            await away(stage, ann)
            said = chat(stage, stage.general, 101)
            await back(stage, ann)
            await ann.until(lambda: ann.room().timeline.count > 0)
            assert ann.bodies() == said[-50:]
            (reset,) = [each for each in ann.changed(TimelineReset) if each.reason]
            assert reset.reason == "far_behind"
            timeline = ann.room().timeline
            assert timeline.stale is not None
            assert ([message.body for message in timeline.stale], timeline.missing) == (said[:3], 51)
            assert ann.room().unread == 104
            said = chat(stage, stage.general, 1)
            await ann.until(lambda: ann.bodies()[-1] == said[-1])
            while await ann.client.load_older(1, 30):
                pass
            assert ann.bodies() == said
            assert ann.room().timeline.stale is None

    simulate(story())


def test_client_forgets_old_messages_but_not_where_they_are_read() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 40)
        async with stage.actor("ann", keep=BLOCK) as ann:
            await ann.client.online()
            await ann.client.load_older(1, 40)
            ann.client.reading(1)
            said = chat(stage, stage.general, 2 * BLOCK)
            await ann.until(lambda: ann.bodies() == said)

            ann.client.reading()
            said = chat(stage, stage.general, 1)
            await ann.until(lambda: ann.bodies()[-1] == said[-1])

            assert BLOCK <= ann.room().timeline.count < 2 * BLOCK
            assert not ann.room().timeline.at_start
            assert ann.room().unread == 2 * BLOCK + 41, "what is forgotten here was not read for that"
            while await ann.client.load_older(1):
                pass
            assert ann.bodies() == said

    simulate(story())


def test_client_reads_no_page_by_itself_where_nothing_was_shown() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 5)
        async with stage.actor("ann", far_behind=10) as ann:
            await ann.client.online()
            await away(stage, ann)
            chat(stage, stage.general, 11)
            await back(stage, ann)
            await asyncio.sleep(1)
            assert "history" not in stage.world.calls
            assert ann.changed(TimelineReset) == [TimelineReset(conversation=1, reason="far_behind")]

    simulate(story())


def test_list_follows_what_happened_while_away() -> None:
    async def story() -> None:
        stage = Stage(1)
        old, new = stage.world.room("old"), stage.world.room("new")
        stage.world.account("ann")
        chat(stage, new, 4)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.join("old")
            await away(stage, ann)
            del old.members[1]
            new.members[1] = 2
            await back(stage, ann)
            assert ann.client.state.by_target("#old") is None
            assert (ann.room("new").position.seq, ann.room("new").unread) == (4, 2)
            said = chat(stage, new, 1)
            await ann.until(lambda: ann.bodies("new") == said[-1:])
            assert ListChanged(added=(new.id,), removed=(old.id,)) in ann.changed(ListChanged)

    simulate(story())


def test_conversation_that_was_joined_is_followed_at_once() -> None:
    async def story() -> None:
        stage = Stage(1)
        ops = stage.world.room("ops")
        chat(stage, ops, 3)
        async with stage.actor("ann") as ann, stage.actor("ann") as also_ann, stage.actor("bob") as bob:
            for actor in (ann, also_ann, bob):
                await actor.client.online()
            assert await ann.client.join("#ops") == ops.id
            await bob.client.join("ops")
            await bob.client.sent(bob.say("hi", room="ops"))
            for actor in (ann, also_ann):
                await actor.until(lambda actor=actor: actor.bodies("ops") == ["hi"])  # type: ignore[misc]
                assert await actor.client.load_older(ops.id) == 3
                assert [event.seq for event in actor.told()] == [4]

    simulate(story())


def test_joining_once_more_leaves_nothing_out() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            chat(stage, stage.general, 2)
            stage.world.faults.skip_push = 0.0
            await ann.client.join("general")
            said = chat(stage, stage.general, 1)
            await ann.until(lambda: ann.bodies() == said)
            assert ann.room().unread == 3

    simulate(story())


def test_more_conversations_than_one_resume_can_name_are_reset_and_not_forgotten() -> None:
    async def story() -> None:
        stage = Stage(1)
        account = stage.world.account("ann")
        rooms = [stage.world.room(f"room{number}") for number in range(POSITIONS_PER_RESUME + 3)]
        for room in rooms:
            room.members[account] = 0
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await away(stage, ann)
            for room in rooms:
                chat(stage, room, 2)
            await back(stage, ann)
            assert {change.reason for change in ann.changed(TimelineReset)} == {"new"}
            reset = {change.conversation for change in ann.changed(TimelineReset)}
            for room in rooms:
                known = ann.client.state.conversations[room.id]
                assert (known.position.seq, known.unread) == (2, 2)
                assert known.timeline.count == (0 if room.id in reset else 2)

    simulate(story())


def test_conversation_that_was_left_is_gone_on_every_device() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("ann") as also_ann:
            await ann.client.online()
            await also_ann.client.online()
            ops = await ann.client.join("ops")
            await also_ann.until(lambda: also_ann.client.state.by_target("#ops") is not None)
            await ann.client.leave(ops)
            for actor in (ann, also_ann):
                await actor.until(lambda actor=actor: actor.client.state.by_target("#ops") is None)  # type: ignore[misc]
            with pytest.raises(CallFailed) as told:
                await ann.client.leave(ops)
            assert told.value.code is Refusal.NOT_MEMBER

    simulate(story())


def test_direct_conversation_opens_for_both() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            await ann.client.online()
            await bob.client.online()
            number = await ann.client.open_direct("@bob")
            assert await ann.client.open_direct("bob") == number
            await ann.client.sent(ann.client.post(number, "psst"))
            await bob.until(lambda: bob.client.state.by_target("@ann") is not None)
            direct = bob.client.state.conversations[number]
            assert (direct.target, direct.unread) == ("@ann", 1)
            assert ann.client.state.conversations[number].target == "@bob"

    simulate(story())


def test_topic_is_seen_live_and_after_being_away() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            await ann.client.online()
            await bob.client.online()
            await ann.client.call(SetTopic(conversation=1, topic="first"))
            await bob.until(lambda: bob.room().info.topic == "first")
            await away(stage, bob)
            stage.network.up = True
            ann.client.wake()
            await ann.client.online()
            await ann.client.call(SetTopic(conversation="#general", topic="second"))
            await back(stage, bob)
            assert bob.room().info.topic == "second"
            assert [notice.text for notice in bob.room().notices] == ["first", "second"]

    simulate(story())


@pytest.mark.parametrize("reset", ["", "rewound"])
def test_conversation_stays_away_when_it_is_left_while_catching_up_there_is_answered(
    reset: Literal["", "rewound"], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[dict[str, object]] = []
    caught_up: list[CatchUp] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
        stage = Stage(1)
        attach = stage.world._attach

        def left_meanwhile(session: Session, request: Attach) -> CatchUp:
            caught_up.append(replace(attach(session, request), reset=reset))
            stage.world._leave(session, Leave(conversation=request.position.conversation))
            return caught_up[0]

        monkeypatch.setattr(stage.world, "_attach", left_meanwhile)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cut_off(stage, stage.general)
            chat(stage, stage.general, 3)
            await ann.until(lambda: bool(caught_up))
            await ann.client.join("tea")
            assert [known.info.name for known in ann.client.state.conversations.values()] == ["tea"]

    simulate(story())
    assert len(caught_up[0].events) == 3
    assert not faults


def test_numbers_are_asked_for_one_by_one_and_later_where_the_server_has_no_time_for_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        chat(stage, stage.general, 30)
        refusals = [No(Refusal.BUSY, retry_after=3.0)]
        stage.world.refuse = lambda request: refusals.pop() if refusals and isinstance(request, Find) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            assert ann.room().unread == 30
            for seq in range(1, 11):  # none of these is known here
                stage.world.delete(stage.general, seq)
                await asyncio.sleep(0.01)
            assert stage.world.calls.count("find") == 1
            await ann.until(lambda: ann.room().unread == 20, within_s=4.0)
            assert stage.world.calls.count("find") == 2
            stage.world.delete(stage.general, 11)
            await ann.until(lambda: ann.room().unread == 19, within_s=1.0)

            stage.world.slow[Find] = 0.5
            for seq in range(12, 22):
                stage.world.delete(stage.general, seq)
                await asyncio.sleep(0.02)
            await ann.until(lambda: ann.room().unread == 9, within_s=2.0)
            await asyncio.sleep(10.0)
            assert stage.world.calls.count("find") == 5, "one that was on its way, and one behind it"

    simulate(story())
