"""A server whose disk is full: a clear failure that passes, readers go on, and what waited goes out by itself, once."""

from __future__ import annotations

import resource
from pathlib import Path

from chat_core.protocol.codes import Refusal
from tests.support.processes import ServerProcess
from tests.support.watching import Watched

UNLIMITED = resource.RLIM_INFINITY


def limit_files(server: ServerProcess, size: int) -> None:
    """Let the server write no file beyond a size: to a program that is a full disk, and it can be taken back."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, UNLIMITED))


async def test_sends_wait_and_readers_go_on_while_the_disk_is_full_and_all_goes_out_once_after_it(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
            general = ann.room("#general").id
            await ann.client.sent(ann.client.post(general, "before"))
            limit_files(server, 1000)
            cids = [ann.client.post(general, f"line {number}") for number in range(20)]
            await ann.until(lambda: bool(ann.room("#general").unsent) and bool(ann.room("#general").unsent[0].code))
            first = ann.room("#general").unsent[0]
            assert (first.status, first.code) == ("queued", Refusal.STORE_FULL)
            assert "full" in first.text

            async with Watched(server.address, "bob") as reader:
                assert await reader.client.load_older(general) == 1, "who is known can come, and read"
            assert bob.bodies("#general") == ["before"], "nothing was shown that is not stored"
            assert server.process.poll() is None

            limit_files(server, UNLIMITED)
            for cid in cids:
                await ann.client.sent(cid)
            await bob.until(lambda: len(bob.told(general)) == 21)
            assert bob.bodies("#general") == ["before", *(f"line {number}" for number in range(20))]
            assert [event.seq for event in bob.told(general)] == list(range(1, 22))
