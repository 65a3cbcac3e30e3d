"""The client library against a server that dies and comes back: everything once, in order, on both sides."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chat_core.base.tasks import spawn
from chat_core.client import LinkStatus
from chat_core.client.state.changes import TimelineReset
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


@pytest.mark.parametrize("rounds", [2])
async def test_clients_have_everything_once_and_in_order_when_the_server_is_killed_while_they_talk(
    home: Path, rounds: int
) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
            number = await ann.client.join("general")
            written: dict[str, list[str]] = {"ann": [], "bob": []}
            cids: list[tuple[Watched, bytes]] = []
            stop = asyncio.Event()

            async def chatter(one: Watched, name: str) -> None:
                while not stop.is_set():
                    for _ in range(5):
                        body = f"{name} {len(written[name])}"
                        written[name].append(body)
                        cids.append((one, one.client.post(number, body)))
                    await asyncio.sleep(0.002)

            talking = [spawn("ann", chatter(ann, "ann")), spawn("bob", chatter(bob, "bob"))]
            for _ in range(rounds):
                count = bob.room("#general").timeline.count
                await bob.until(lambda count=count: bob.room("#general").timeline.count > count + 30)  # type: ignore[misc]
                await asyncio.to_thread(server.kill)
                await bob.until(lambda: bob.client.state.link.status is not LinkStatus.ONLINE)
                await asyncio.to_thread(server.start)
                for one in (ann, bob):
                    one.client.wake()
                    await one.client.online(20)
            stop.set()
            await asyncio.gather(*talking)
            for one, cid in cids:
                await one.client.sent(cid)
            everything = len(cids)
            for one in (ann, bob):
                await one.until(lambda one=one: len(one.told(number)) >= everything)  # type: ignore[misc]
                assert [event.seq for event in one.told(number)] == list(range(1, everything + 1))
                bodies = one.bodies("#general")
                for name, mine in written.items():
                    assert [body for body in bodies if body.startswith(name)] == mine
                assert one.room("#general").unsent == ()
                assert not [change for change in one.changes if isinstance(change, TimelineReset)]
            assert ann.bodies("#general") == bob.bodies("#general")


async def test_client_comes_back_by_itself_when_the_server_is_restarted_in_order(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            await ann.client.sent(ann.client.post(number, "before"))
            assert await asyncio.to_thread(server.stop) == 0
            await ann.until(lambda: ann.client.state.link.status is LinkStatus.WAITING)
            waits = ann.client.post(number, "written while it was down")
            await asyncio.to_thread(server.start)
            assert (await ann.client.sent(waits)).seq == 2
            await ann.until(lambda: ann.bodies("#general") == ["before", "written while it was down"])


async def test_client_is_told_when_the_store_was_replaced(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            await ann.client.sent(ann.client.post(number, "in the old store"))
            await asyncio.to_thread(server.stop)
            fresh = ServerProcess(home / "other", port=server.port)
            with fresh:
                ann.client.wake()
                await ann.until(lambda: bool([change for change in ann.changes if isinstance(change, TimelineReset)]))
                await ann.client.online(20)
                assert (await ann.client.sent(ann.client.post(number, "in the new one"))).seq == 1
                await ann.until(lambda: ann.bodies("#general") == ["in the new one"])
                reasons = {change.reason for change in ann.changes if isinstance(change, TimelineReset)}
                assert "epoch" in reasons


async def test_client_reads_the_newest_page_when_it_was_away_for_long(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann", far_behind=50) as ann:
            number = await ann.client.join("general")
            await ann.client.sent(ann.client.post(number, "before"))
            await ann.until(lambda: ann.bodies("#general") == ["before"])
            await asyncio.to_thread(server.stop)
            with ServerProcess(home / "data") as elsewhere:
                async with Watched(elsewhere.address, "bob") as bob:
                    cids = [bob.client.post(number, f"bob {index}") for index in range(300)]
                    await bob.client.sent(cids[-1])
            await asyncio.to_thread(server.start)
            ann.client.wake()
            await ann.until(lambda: ann.room("#general").timeline.count == 50)
            assert ann.bodies("#general")[-1] == "bob 299"
            assert ann.room("#general").unread == 300
            assert next(each.reason for each in ann.changes if isinstance(each, TimelineReset)) == "far_behind"
