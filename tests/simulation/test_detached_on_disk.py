"""What answers nothing any more is sent once the disk has that: after a crash it is no answer to a stranger either."""

from __future__ import annotations

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.client.state.journal import Detached, Journal
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import MessagePosted
from chat_core.protocol.requests.messages import Post
from tests.simulation.slow_disk import SlowDisk, client_of
from tests.simulation.stage import Actor, Stage
from tests.simulation.world import No


async def turned_back(stage: Stage, ann: Actor, epoch: str) -> None:
    """Have ann write an answer while she is away, and another message take the number of what it answers."""
    await ann.client.online()
    for number in range(3):
        await ann.client.sent(ann.say(f"old {number}"))
    stage.network.up = False
    stage.network.cut_all()
    await ann.until(lambda: ann.client.state.link.status != "online")
    ann.client.post(1, "yes", reply_to=2)
    stage.world.epoch = epoch
    stage.general.log.clear()
    stage.world.cids.clear()
    for number in range(2):
        stage.world.write(stage.general, "eve", f"eve {number}")
    stage.network.up = True
    ann.client.wake()


def answers(stage: Stage) -> list[int | None]:
    """Return what each `yes` on the server answers."""
    said = (event for event in stage.general.log if isinstance(event, MessagePosted))
    return [event.reply_to for event in said if event.body == "yes"]


@pytest.mark.parametrize("epoch", ["one", "two"])
def test_message_that_answers_nothing_any_more_waits_for_the_disk(epoch: str) -> None:
    async def story() -> None:
        stage, disk = Stage(1), SlowDisk(Detached)
        stage.world.epoch = "one"
        async with Actor(client_of(stage, disk), "ann") as ann:
            await turned_back(stage, ann, epoch)
            await ann.until(lambda: bool(disk.late))
            await ann.until(lambda: ann.bodies() == ["eve 0", "eve 1"])
            assert answers(stage) == []
            disk.late.pop()()
            await ann.until(lambda: answers(stage) == [None])

    simulate(story())


@pytest.mark.parametrize("epoch", ["one", "two"])
def test_message_answers_no_stranger_when_the_client_is_killed_before_the_acknowledgement(epoch: str) -> None:
    async def story() -> None:
        stage, disk = Stage(1), SlowDisk(Detached)
        stage.world.epoch = "one"
        stage.world.refuse = lambda request: (
            No(Refusal.BUSY) if isinstance(request, Post) and request.body == "yes" else None
        )
        async with Actor(client_of(stage, disk), "ann") as ann:
            await turned_back(stage, ann, epoch)
            await ann.until(lambda: bool(disk.late))
            disk.late.pop()()
            await ann.until(lambda: any(unsent.code == Refusal.BUSY for unsent in ann.room().unsent))
            left = Journal()
            for record in disk.journal.records():
                left.add(record)
        stage.world.refuse = lambda request: None
        async with Actor(client_of(stage, SlowDisk(Detached, left)), "ann") as again:
            await again.client.online()
            await again.until(lambda: bool(answers(stage)))
        assert answers(stage) == [None]

    simulate(story())
