"""Who is put out of a conversation and comes back at once, while answers about the first time are on their way."""

from __future__ import annotations

from chat_core.check.simulation.time_loop import simulate
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.messages import ReadEvents
from chat_core.protocol.requests.session import Attach
from tests.simulation.interludes import chat, cut_off
from tests.simulation.stage import Actor, Stage
from tests.simulation.world import No


async def out_and_back(actor: Actor) -> None:
    """Leave #general, and come back."""
    number = actor.room().id
    await actor.client.leave(number)
    await actor.until(lambda: number not in actor.client.state.conversations)
    await actor.client.join("general")
    await actor.until(lambda: number in actor.client.state.conversations)
    actor.last.pop(number, None)  # what was said meanwhile is not delivered


def test_client_hears_on_when_an_attach_of_before_is_refused_after_it_came_back() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cut_off(stage, stage.general)
            stage.world.slow[Attach] = 5.0
            stage.world.refuse = lambda request: No(Refusal.NOT_MEMBER) if isinstance(request, Attach) else None
            await ann.until(lambda: "attach" in stage.world.calls)
            await out_and_back(ann)
            await ann.until(lambda: stage.clock.monotonic() > 20.0)  # it was refused by now

            said = chat(stage, stage.general, 1)
            await ann.until(lambda: ann.bodies() == said, within_s=10.0)

    simulate(story())


def test_client_waits_no_more_for_its_message_to_come_by_when_it_was_out_meanwhile() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.slow[ReadEvents] = 60.0
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.skip_push = 1.0
            await ann.client.sent(ann.say("stored"))
            stage.world.faults.skip_push = 0.0
            assert [unsent.body for unsent in ann.room().unsent] == ["stored"], "the message itself is still to come"
            await out_and_back(ann)

            assert ann.room().unsent == (), "it lies before where one came back"

    simulate(story())
