"""Work done while nothing happens: after a while without a change, piece by piece, to its end."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_tui.widgets.beforehand import PAUSE_S, Beforehand


class Bench:
    """Something to do, in some pieces."""

    def __init__(self, pieces: int) -> None:
        self.left = pieces
        self.times: list[float] = []
        self.beforehand = Beforehand(self.work)

    def work(self) -> bool:
        self.times.append(asyncio.get_running_loop().time())
        self.left -= 1
        return self.left > 0


def test_work_is_done_in_pieces_when_it_was_quiet_for_a_while() -> None:
    bench = Bench(3)

    async def story() -> None:
        began = asyncio.get_running_loop().time()
        bench.beforehand.after(0.1)
        await asyncio.sleep(0.08)
        bench.beforehand.after(0.1)
        await asyncio.sleep(1)
        assert [each - began for each in bench.times] == pytest.approx([0.18, 0.18 + PAUSE_S, 0.18 + 2 * PAUSE_S])

    simulate(story())


def test_no_work_is_done_while_something_goes_on_or_once_it_was_stopped() -> None:
    bench = Bench(3)

    async def story() -> None:
        for _ in range(100):
            bench.beforehand.after(0.1)
            await asyncio.sleep(0.05)
        assert bench.times == []
        bench.beforehand.stop()
        await asyncio.sleep(1)
        assert bench.times == []
        bench.beforehand.after(0.1)
        await asyncio.sleep(1)
        assert len(bench.times) == 3

    simulate(story())
