"""What waits between the client's thread and the application: all of it, in order, and no more than can be held."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.base.tasks import spawn, stop
from chat_core.client.state.changes import Batch, LinkChanged
from chat_core.client.state.model import ClientState
from chat_tui.handover import Handed, Handover

BATCH = Batch(state=ClientState(), changes=(LinkChanged(),))
TURNS = 20


async def turns() -> None:
    """Let everything happen that can happen."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def test_handover_takes_no_more_from_the_client_than_it_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat_tui.handover.FULL", 3)
    handover, handed = Handover(lambda act: act()), 0

    async def follow() -> None:
        nonlocal handed
        for handed in range(1, 8):
            handover.put(Handed(BATCH, handed))
            await handover.room()

    following = spawn("follow", follow())
    await turns()
    assert (handed, len(handover)) == (3, 3)

    assert [each.posts for each in handover.take()] == [1, 2, 3]
    await turns()
    assert (handed, len(handover)) == (6, 3)

    assert [each.posts for each in handover.take()] == [4, 5, 6]
    await turns()
    assert [each.posts for each in handover.take()] == [7]
    assert (following.done(), len(handover)) == (True, 0)
    await stop(following)


async def test_handover_with_room_keeps_nobody_waiting() -> None:
    handover = Handover(lambda act: act())

    handover.put(Handed(BATCH, 0))
    await handover.room()

    assert len(handover) == 1
