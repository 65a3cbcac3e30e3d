"""What a client does when the server has another store, or an older copy of it: nothing lost, nothing misdirected."""

from __future__ import annotations

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.check.simulation.wires import Fate, passing
from chat_core.client import CallFailed
from chat_core.client.state.changes import SendGivenUp, TimelineReset
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import MessagePosted
from chat_core.protocol.requests.messages import ReadEvents
from chat_core.protocol.requests.session import Attach
from tests.simulation.interludes import away, back, chat, cut_off, rewind
from tests.simulation.stage import Stage
from tests.simulation.world import No


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
            await ann.until(lambda: stage.general.members[1] == 5)

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


@pytest.mark.parametrize("epoch", ["one", "two"])
def test_client_answers_no_other_message_that_has_the_number_in_a_log_that_went_back(epoch: str) -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.epoch = "one"
        async with stage.actor("ann") as ann:
            await ann.client.online()
            for number in range(5):
                await ann.client.sent(ann.say(f"old {number}"))
            await away(stage, ann)
            answer = ann.client.post(1, "yes", reply_to=2)
            aside = ann.client.post(1, "in the thread", thread=2)
            stage.world.epoch = epoch
            stage.general.log.clear()
            stage.world.cids.clear()
            for number in range(3):
                stage.world.write(stage.general, "eve", f"eve {number}")
            await back(stage, ann)
            await ann.client.sent(answer)
            with pytest.raises(CallFailed, match="a thread of a store"):
                await ann.client.sent(aside)
            (said,) = [event for event in stage.general.log if isinstance(event, MessagePosted) and event.body == "yes"]
            assert said.reply_to is None
            assert [(each.body, each.status) for each in ann.room().unsent] == [("in the thread", "failed")]

    simulate(story())


def test_answer_that_a_restored_store_has_is_neither_sent_twice_nor_shown_as_refused() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            for number in range(3):
                await ann.client.sent(ann.say(f"old {number}"))
            stage.network.hand = lambda from_client, frame: Fate.PASS if from_client else Fate.LOST
            answer = ann.client.post(1, "yes", reply_to=2)
            await ann.until(lambda: stage.general.head == 4)
            await away(stage, ann)
            stage.network.hand = passing
            stage.world.epoch = "two"
            await back(stage, ann)
            with pytest.raises(CallFailed, match="was sent already"):
                await ann.client.sent(answer)
            await ann.client.sent(ann.say("later"))
            await ann.until(lambda: ann.bodies() == ["old 0", "old 1", "old 2", "yes", "later"])
            assert ann.room().unsent == ()

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
