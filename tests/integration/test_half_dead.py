"""A connection that is dead without a word, on real sockets: noticed when somebody is there, and nothing is lost by it.

How soon, to the second, stands in tests/simulation/test_reconnecting.py, where time is exact.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.client import LinkStatus
from chat_core.client.link import PROBE_EVERY_S
from tests.support.between import between
from tests.support.watching import Watched


class Jumping(SystemClock):
    """The clocks of a machine that can be said to have slept."""

    slept_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.slept_s

    def wall_ms(self) -> int:
        return super().wall_ms() + int(self.slept_s * 1000)


@pytest.mark.parametrize("direction", ["up", "down", "both"])
@pytest.mark.parametrize("how", ["a key", "a sleep"])
async def test_dead_connection_is_noticed_and_what_was_written_into_it_is_there_once(
    home: Path, direction: str, how: str
) -> None:
    clock = Jumping()
    async with (
        between(home) as (server, proxy),
        Watched(f"127.0.0.1:{proxy.port}", "ann", clock=clock) as ann,
        Watched(server.address, "bob") as bob,
    ):
        general = ann.room("#general").id
        await ann.client.sent(ann.client.post(general, "before"))
        for wire in proxy.wires:
            wire.up.silent, wire.down.silent = direction != "down", direction != "up"
        written = [ann.client.post(general, f"into the silence {number}") for number in range(3)]
        bob.client.post(general, "from the living")
        if direction == "up":  # what comes is a sign of life, and must be over before the silence
            await ann.until(lambda: len(ann.told(general)) == 2)
        if how == "a sleep":
            clock.slept_s += 3600
        else:
            clock.slept_s += PROBE_EVERY_S  # nothing was heard for so long
            ann.client.wake()
        await ann.until(lambda: ann.client.state.link.status is not LinkStatus.ONLINE)
        for cid in written:
            await ann.client.sent(cid)  # on a new connection, through the same proxy
        await bob.until(lambda: len(bob.told(general)) == 5)
        await ann.until(lambda: len(ann.told(general)) == 5)
        assert ann.bodies("#general") == bob.bodies("#general")
        mine = [body for body in bob.bodies("#general") if body.startswith("into")]
        assert mine == ["into the silence 0", "into the silence 1", "into the silence 2"]
        assert proxy.accepted == 2
