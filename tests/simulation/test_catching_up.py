"""What a client has after it was away, too slow or left behind: everything once, in order, or a reset that says why."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.base.errors import UsageFault
from chat_core.check.simulation.time_loop import simulate
from chat_core.check.simulation.wires import Fate, passing
from chat_core.client import CallFailed, LinkStatus
from chat_core.client.state.changes import ListChanged, LoadingChanged, MessagesAppended, SendGivenUp, TimelineReset
from chat_core.client.state.model import BLOCK
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import Lagging, MessagePosted
from chat_core.protocol.limits import POSITIONS_PER_RESUME
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.messages import Events, ReadEvents
from chat_core.protocol.requests.session import Attach
from chat_core.protocol.values import Member
from tests.simulation.stage import Actor, Stage
from tests.simulation.world import No, Room


def chat(stage: Stage, room: Room, count: int) -> list[str]:
    """Have eve say so many things; return all messages of the room."""
    for _ in range(count):
        stage.world.write(room, "eve", f"{room.name} {room.head + 1}")
    return [message.body for message in room.messages()]


async def away(stage: Stage, actor: Actor) -> None:
    """Take the network away until `back`."""
    stage.network.up = False
    stage.network.cut_all()
    await actor.until(lambda: actor.client.state.link.status is not LinkStatus.ONLINE)


async def back(stage: Stage, actor: Actor) -> None:
    stage.network.up = True
    actor.client.wake()
    await actor.client.online()


def cut_off(stage: Stage, room: Room) -> None:
    """Detach everybody as a server does whose readers are too slow."""
    for session in list(room.listeners):
        room.listeners.remove(session)
        session.push(Lagging(conversation=room.id, head=room.head))


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

            ann.client.reading(None)
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


def test_client_says_so_when_the_server_went_back_in_time() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 5)
            await ann.until(lambda: ann.room().position.seq == 5)
            await away(stage, ann)
            del stage.general.log[2:]
            stage.world.write(stage.general, "eve", "another third")
            stage.world.write(stage.general, "eve", "another fourth")
            stage.world.write(stage.general, "eve", "another fifth")
            await back(stage, ann)
            await ann.until(lambda: ann.room().timeline.count > 0)
            assert [each.reason for each in ann.changed(TimelineReset) if each.reason] == ["rewound"]
            assert ann.bodies() == [message.body for message in stage.general.messages()]

    simulate(story())


def test_client_sends_on_when_the_server_went_back_in_time() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.sent(ann.say("lost with the disk"))
            await away(stage, ann)
            stage.general.log.clear()
            stage.world.cids.clear()
            second = ann.say("second")
            third = ann.say("third")
            await back(stage, ann)
            assert (await ann.client.sent(second)).seq == 1
            assert (await ann.client.sent(third)).seq == 2
            await ann.until(lambda: ann.bodies() == ["second", "third"])

    simulate(story())


def rewind(stage: Stage, room: Room, head: int) -> None:
    """Put an old copy of the store back: the end of a log is gone, with the cids of what was sent there."""
    lost = {event.cid for event in room.log[head:] if isinstance(event, MessagePosted)}
    del room.log[head:]
    for account, cid in list(stage.world.cids):
        if cid in lost:
            del stage.world.cids[account, cid]


@pytest.mark.parametrize("since", [0, 1, 20])
def test_client_sends_what_waits_once_and_at_once_when_the_log_lost_its_end(since: int) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.sent(ann.say("kept"))
            for number in range(3):
                await ann.client.sent(ann.say(f"lost {number}"))
            await away(stage, ann)
            waits = [ann.say(f"waits {number}") for number in range(3)]
            rewind(stage, stage.general, 1)
            chat(stage, stage.general, since)
            before = stage.world.calls.count("post")
            await back(stage, ann)
            seqs = [(await ann.client.sent(cid)).seq for cid in waits]
            assert seqs == [since + 2, since + 3, since + 4]
            await ann.until(lambda: ann.bodies() == [message.body for message in stage.general.messages()])
            assert stage.world.calls.count("post") == before + 3, "none was refused for what it came behind"
            assert [each.reason for each in ann.changed(TimelineReset) if each.reason] == ["rewound"]
            assert ann.room().unsent == ()
            assert (await ann.client.sent(ann.say("later"))).seq == since + 5

    simulate(story())


def test_client_sends_nothing_to_another_conversation_that_has_its_number_in_an_older_store() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.join("secrets")
            await ann.client.sent(ann.say("hush", room="secrets"))
            await away(stage, ann)
            waits = ann.say("only for #secrets", room="secrets")
            room = stage.world.rooms[2]
            rewind(stage, room, 0)
            room.name = "public"
            chat(stage, room, 3)
            await back(stage, ann)
            with pytest.raises(CallFailed, match="another store"):
                await ann.client.sent(waits)
            await ann.until(lambda: ann.bodies("public") == ["public 1", "public 2", "public 3"])
            assert ann.room("public").unsent == ()

    simulate(story())


def test_client_sends_nothing_to_another_conversation_even_if_nothing_was_said_in_the_first() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.join("secrets")
            await away(stage, ann)
            waits = ann.say("only for #secrets", room="secrets")
            stage.world.rooms[2].name = "public"
            await back(stage, ann)
            with pytest.raises(CallFailed, match="another store"):
                await ann.client.sent(waits)
            assert stage.world.rooms[2].log == []

    simulate(story())


def test_client_shows_nothing_as_unsent_for_ever_that_the_server_acknowledged_and_lost() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 2)
            await ann.until(lambda: ann.room().position.seq == 2)
            stage.world.refuse = lambda request: No(Refusal.BUSY) if isinstance(request, (Attach, ReadEvents)) else None
            cut_off(stage, stage.general)
            stage.network.hand = lambda from_client, frame: (
                Fate.LOST if not from_client and b"lost" in frame else Fate.PASS
            )
            await ann.client.sent(ann.say("lost"))
            assert [unsent.body for unsent in ann.room().unsent] == ["lost"]
            await away(stage, ann)
            stage.network.hand = passing
            rewind(stage, stage.general, 2)
            chat(stage, stage.general, 1)
            stage.world.refuse = lambda request: None
            await back(stage, ann)
            await ann.until(lambda: ann.room().position.seq == 3)
            assert not [each for each in ann.changed(TimelineReset) if each.reason], "what it had is still there"
            assert ann.room().unsent == ()

    simulate(story())


def test_client_follows_its_own_account_when_the_account_log_lost_its_end() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            for name in ("one", "two", "three"):
                await ann.client.join(name)
            had = ann.client.state.account_seq
            await away(stage, ann)
            del stage.world.rooms[4], stage.world.rooms[3]
            stage.world.account_logs[1] -= 2
            await back(stage, ann)
            assert ann.client.state.account_seq == had - 2
            assert sorted(room.target for room in ann.client.state.conversations.values()) == ["#general", "#one"]
            await ann.client.join("again")
            assert ann.client.state.account_seq == had - 1
            await ann.until(lambda: ann.room("again").timeline.at_start)

    simulate(story())


@pytest.mark.parametrize("epoch", ["one", "two"])
def test_client_tells_its_read_marker_to_a_server_that_went_back(epoch: str) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            chat(stage, stage.general, 6)
            await ann.until(lambda: ann.room().position.seq == 6)
            ann.client.mark_read(1, 6)
            await ann.until(lambda: stage.general.members[1] == 6)
            await away(stage, ann)
            stage.general.members[1] = 2
            stage.world.epoch = epoch
            await back(stage, ann)
            ann.client.mark_read(1, 5)
            await ann.until(lambda: stage.general.members[1] == (6 if epoch == "one" else 5))

    simulate(story())


def test_client_waits_for_no_message_that_went_with_the_end_of_the_store() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            stage.world.slow[ReadEvents] = 100.0
            await ann.client.sent(ann.say("stored, and not seen"))
            await away(stage, ann)
            stage.general.log.clear()
            stage.world.cids.clear()
            await back(stage, ann)
            assert not ann.changed(TimelineReset)
            assert not ann.room().unsent

    simulate(story())


def test_client_starts_anew_and_sends_what_waits_when_the_epoch_is_another() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.sent(ann.say("in the old store"))
            await away(stage, ann)
            waits = ann.say("waits")
            stage.world.epoch = "two"
            stage.general.log.clear()
            stage.world.cids.clear()
            await back(stage, ann)
            assert (await ann.client.sent(waits)).seq == 1
            await ann.until(lambda: ann.bodies() == ["waits"])
            assert [each.reason for each in ann.changed(TimelineReset) if each.reason] == ["epoch"]
            assert ann.client.state.epoch == "two"

    simulate(story())


def test_client_sends_nothing_to_another_conversation_that_has_its_number_in_a_new_store() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.join("secrets")
            await away(stage, ann)
            waits = ann.say("only for #secrets", room="secrets")
            stage.world.epoch = "two"
            stage.world.rooms[2].name = "public"
            await back(stage, ann)
            with pytest.raises(CallFailed, match="another store") as told:
                await ann.client.sent(waits)
            assert told.value.code is Refusal.NO_CONVERSATION
            assert stage.world.rooms[2].log == []
            assert ann.client.state.by_target("#secrets") is None
            assert ann.room("public").unsent == ()
            assert ann.client.state.conversations[2].timeline.count == 0
            await ann.until(lambda: bool(ann.changed(SendGivenUp)))
            (lost,) = ann.changed(SendGivenUp)
            assert (lost.target, lost.unsent.body) == ("#secrets", "only for #secrets")
            assert "another store" in lost.text

    simulate(story())


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


# --- reading back ------------------------------------------------------------------------------------------------


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
