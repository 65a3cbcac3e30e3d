"""What a real server says when a position cannot be continued, and what a client makes of each of its reasons."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from chat_core.client import LinkStatus, attaching
from chat_core.client.state.changes import ListChanged, TimelineReset
from chat_core.client.state.listing import RESET_REASONS
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


def reasons(watched: Watched) -> list[str]:
    """Return why timelines were told to go on elsewhere."""
    return [change.reason for change in watched.changes if isinstance(change, TimelineReset) and change.jumped]


def sentences(watched: Watched, target: str = "#general") -> list[str]:
    return [notice.text for notice in watched.room(target).notices if notice.kind == "reset"]


async def say(watched: Watched, number: int, *bodies: str) -> None:
    cids = [watched.client.post(number, body) for body in bodies]
    for cid in cids:
        await watched.client.sent(cid)


async def lose(watched: Watched, server: ServerProcess) -> None:
    await asyncio.to_thread(server.stop)
    await watched.until(lambda: watched.client.state.link.status is not LinkStatus.ONLINE)


async def test_log_that_went_back_is_read_anew(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            await say(ann, number, "kept")
            await lose(ann, server)
            shutil.copytree(home / "data", home / "copy")
            await asyncio.to_thread(server.start)
            ann.client.wake()
            await say(ann, number, "lost", "lost too")
            await lose(ann, server)
            with ServerProcess(home / "copy", port=server.port):
                ann.client.wake()
                await ann.until(lambda: ann.bodies("#general") == ["kept"])
                assert reasons(ann) == ["rewound"]
                assert sentences(ann) == [RESET_REASONS["rewound"]]
                assert ann.room("#general").timeline.stale is None
                await say(ann, number, "goes on")
                await ann.until(lambda: ann.bodies("#general") == ["kept", "goes on"])


async def test_log_of_another_store_is_read_anew(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            await say(ann, number, "in the old store")
            await lose(ann, server)
            with ServerProcess(home / "other", port=server.port):
                ann.client.wake()
                await ann.until(lambda: bool(reasons(ann)))
                assert set(reasons(ann)) == {"epoch"}
                assert sentences(ann) == [RESET_REASONS["epoch"]]
                assert ann.room("#general").timeline.stale is None
                assert ann.bodies("#general") == []


async def test_conversation_whose_position_was_not_named_is_read_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "POSITIONS_PER_RESUME", 1)
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("one-too-many")
            await say(ann, number, "kept at the server")
            await ann.until(lambda: ann.bodies("#one-too-many") == ["kept at the server"])
            await lose(ann, server)
            await asyncio.to_thread(server.start)
            ann.client.wake()
            await ann.until(lambda: bool(reasons(ann)))
            await ann.until(lambda: ann.bodies("#one-too-many") == ["kept at the server"])
            assert sentences(ann, "#one-too-many") == [RESET_REASONS["new"]]


async def test_what_was_read_stays_behind_a_gap_until_pages_have_closed_it(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann", far_behind=50) as ann:
            number = await ann.client.join("general")
            await say(ann, number, "first", "second")
            await lose(ann, server)
            with ServerProcess(home / "data") as elsewhere:
                async with Watched(elsewhere.address, "bob") as bob:
                    cids = [bob.client.post(await bob.client.join("general"), f"bob {index}") for index in range(300)]
                    await bob.client.sent(cids[-1])
            await asyncio.to_thread(server.start)
            ann.client.wake()
            await ann.until(lambda: ann.room("#general").timeline.count == 50)
            timeline = ann.room("#general").timeline
            assert timeline.stale is not None
            assert ([each.body for each in timeline.stale], timeline.missing) == (["first", "second"], 250)
            assert (reasons(ann), sentences(ann)) == (["far_behind"], []), "the gap says it"

            while await ann.client.load_older(number, 60):
                pass

            assert ann.bodies("#general") == ["first", "second", *(f"bob {index}" for index in range(300))]
            assert ann.room("#general").timeline.stale is None


async def test_conversation_that_was_left_on_another_device_meanwhile_is_gone(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("ops")
            await ann.until(lambda: number in ann.client.state.conversations)
            await lose(ann, server)
            with ServerProcess(home / "data") as elsewhere:
                async with Watched(elsewhere.address, "ann") as phone:
                    await phone.client.leave(number)
            await asyncio.to_thread(server.start)
            ann.client.wake()

            await ann.until(lambda: number not in ann.client.state.conversations)

            assert ListChanged(removed=(number,)) in ann.changes
            assert reasons(ann) == []
