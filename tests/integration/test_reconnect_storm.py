"""Everybody comes back at once: the server lets them in bit by bit, and all of them have everything in the end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from chat_core.client.state.changes import TimelineReset
from tests.support.people import post_all
from tests.support.processes import ServerProcess
from tests.support.watching import Watched
from tests.support.wire import Wire

CLIENTS = 200
BEFORE, MEANWHILE = 10, 300
"""Messages that everybody has, and messages that they miss: more than one page of the log."""


def talk(server: ServerProcess, bodies: list[str]) -> None:
    with Wire(server.port) as talker:
        talker.enter("talker", resume=False)
        answers = post_all(talker, "#general", bodies)
        assert all(answer["t"] == "answer" for answer in answers)


async def test_clients_have_everything_once_when_all_of_them_come_back_at_once(home: Path) -> None:
    bodies = [f"message {number}" for number in range(BEFORE + MEANWHILE)]
    async with AsyncExitStack() as stack:
        server = stack.enter_context(ServerProcess(home / "data"))
        clients = [Watched(server.address, f"guest-{number}") for number in range(CLIENTS)]
        for client in clients:
            await stack.enter_async_context(client)
        await asyncio.to_thread(talk, server, bodies[:BEFORE])
        for client in clients:
            await client.until(lambda client=client: len(client.bodies("#general")) == BEFORE)  # type: ignore[misc]
        await asyncio.to_thread(server.kill)
        with ServerProcess(home / "data") as elsewhere:
            await asyncio.to_thread(talk, elsewhere, bodies[BEFORE:])
            assert await asyncio.to_thread(elsewhere.stop) == 0

        await asyncio.to_thread(server.start)
        for client in clients:
            client.client.wake()

        general = clients[0].room("#general").id
        for client in clients:
            await client.until(lambda client=client: len(client.told(general)) >= len(bodies), 40)  # type: ignore[misc]
            assert client.bodies("#general") == bodies
            assert [event.seq for event in client.told(general)] == list(range(1, len(bodies) + 1))
            assert not [change for change in client.changes if isinstance(change, TimelineReset)]
