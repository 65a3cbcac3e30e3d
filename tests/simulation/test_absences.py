"""Who is written to while they are away: told once, also where the server has no time to say more at first."""

from __future__ import annotations

from chat_core.check.simulation.time_loop import simulate
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.presence import Whois
from tests.simulation.stage import Stage
from tests.simulation.world import No


def test_absence_is_told_once_also_where_the_server_has_no_time_to_tell_of_it_at_first() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.away.add(stage.world.account("bob"))
        refusals = [No(Refusal.BUSY, retry_after=3.0)]
        stage.world.refuse = lambda request: refusals.pop() if refusals and isinstance(request, Whois) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            number = await ann.client.open_direct("bob")

            def told() -> list[str]:
                notices = ann.client.state.conversations[number].notices
                return [notice.text for notice in notices if notice.kind == "away"]

            await ann.client.sent(ann.client.post(number, "are you there?"))
            assert not told()
            await ann.until(lambda: told() == ["away"], within_s=4.0)
            await ann.client.sent(ann.client.post(number, "no hurry"))
            assert told() == ["away"] and stage.world.calls.count("whois") == 3

    simulate(story())
