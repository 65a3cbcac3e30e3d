"""Reactions, pins and changes between two real clients, one of which is cut off in the middle and comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chat_core.client import CallFailed, LinkStatus
from chat_core.client.client import Client
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.marks import Pin, React
from chat_core.protocol.requests.messages import Delete, Edit, History
from chat_core.protocol.values import Message
from tests.support.between import Between
from tests.support.people import unique
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


@pytest.fixture
async def between(tmp_path: Path) -> AsyncIterator[tuple[ServerProcess, Between]]:
    """A server, and something in front of it."""
    with ServerProcess(tmp_path / "data") as server:
        between = Between(server.port)
        await between.proxy.start()
        yield server, between
        await between.proxy.stop()


async def fresh(client: Client, number: int) -> list[Message]:
    """Return all messages as a page shows them now."""
    return list((await client.call(History(conversation=number, limit=200))).messages)


async def test_marks_are_the_same_for_both_when_one_was_cut_off_meanwhile(
    between: tuple[ServerProcess, Between],
) -> None:
    server, way = between
    address = f"127.0.0.1:{way.proxy.port}"
    async with Watched(server.address, unique("ann")) as ann, Watched(address, unique("bob")) as bob:
        name = unique("marks")
        number = await ann.client.join(name)
        await bob.client.join(name)
        for body in ("one", "two", "three"):
            await ann.client.sent(ann.client.post(number, body))
        await bob.client.call(React(conversation=number, seq=1, emoji="👍"))
        await bob.client.call(React(conversation=number, seq=2, emoji="🎉"))

        way.cut()
        await bob.until(lambda: bob.client.state.link.status is not LinkStatus.ONLINE)
        meanwhile: list[Request[Any]] = [
            React(conversation=number, seq=1, emoji="👍"),
            React(conversation=number, seq=2, emoji="👀"),
            Edit(conversation=number, seq=2, body="two!"),
            Pin(conversation=number, seq=1),
            React(conversation=number, seq=3, emoji="👍"),
            Delete(conversation=number, seq=3),
        ]
        for request in meanwhile:
            await ann.client.call(request)
        way.mend()
        bob.client.wake()
        await bob.client.online()
        await bob.client.call(React(conversation=number, seq=2, emoji="🎉", on=False))

        for one in (ann, bob):
            wanted = await fresh(one.client, number)
            await one.until(lambda one=one, wanted=wanted: list(one.room(f"#{name}").timeline) == wanted)  # type: ignore[misc]
        first, second, third = bob.room(f"#{name}").timeline
        assert [(each.emoji, each.count, each.mine) for each in first.reactions] == [("👍", 2, True)]
        assert [(each.emoji, each.count, each.mine) for each in second.reactions] == [("👀", 1, False)]
        assert (first.pinned, second.edits, third.deleted, third.reactions) == (True, 1, True, ())
        with pytest.raises(CallFailed) as refused:
            await bob.client.call(Edit(conversation=number, seq=2, body="mine"))
        assert refused.value.code == Refusal.NOT_ALLOWED
