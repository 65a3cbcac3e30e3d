"""The outbox on disk, with a real server and clients that are killed: what was written is sent, once, in order."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.client import CallFailed
from tests.support.processes import ServerProcess
from tests.support.watching import Watched

CRASHING = """
import asyncio, os, signal, sys
from pathlib import Path
from chat_core.client import Client, FileStorage, parse_address

class Crashing(FileStorage):
    "Kills this process after so many messages are on disk, before they are handed to the socket."
    left = int(sys.argv[4])

    def write(self, records, on_disk=None):
        def crash_or_go_on():
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
            on_disk()
        super().write(records, None if on_disk is None else crash_or_go_on)

async def main():
    address, folder, first = parse_address(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    async with Client(address, "ann", storage=Crashing(folder)) as client:
        await client.online(20)
        general = client.state.by_target("#general").id
        number = first
        while True:
            client.post(general, f"line {number}")
            print(number, flush=True)
            number += 1
            await asyncio.sleep(0)

asyncio.run(main())
"""


async def test_messages_on_disk_are_sent_once_and_in_order_when_the_client_is_killed_before_the_socket(
    home: Path,
) -> None:
    with ServerProcess(home / "data") as server:
        first = 0
        for crash_at in (1, 2, 7, 30):
            arguments = [server.address, str(home / "outbox"), str(first), str(crash_at)]
            done = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-c", CRASHING, *arguments], capture_output=True, text=True
            )
            assert done.returncode == -signal.SIGKILL, done.stderr
            first += len(done.stdout.split())
        async with Watched(server.address, "ann", outbox=home / "outbox") as ann:
            await ann.until(lambda: ann.room("#general").unsent == ())
            await ann.client.load_older(ann.room("#general").id, 200)
            bodies = ann.bodies("#general")
        numbers = [int(body.removeprefix("line ")) for body in bodies]
        assert numbers == sorted(set(numbers)), "once each, in order"
        # `post` had returned for a line that was printed, but only what was on disk must survive: 1 + 2 + 7 + 30.
        assert len(numbers) >= 40
        assert not list((home / "outbox").glob("outbox-*")), "nothing is left"


async def test_client_goes_on_writing_offline_after_a_restart(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        outbox = home / "outbox"
        async with Watched(server.address, "ann", outbox=outbox) as ann:
            room = await ann.client.join("room")
            await ann.client.sent(ann.client.post(room, "online"))
            server.stop()
            await ann.until(lambda: not ann.client.state.link.latency_ms)
            ann.client.post(room, "offline 1")
            ann.client.post(room, "offline 2")
        later = Watched(server.address, "ann", outbox=outbox)
        await later.begin()
        assert [each.body for each in later.room("#room").unsent] == ["offline 1", "offline 2"]
        assert later.room("#room").id == room
        assert later.client.state.me is not None and later.client.state.me.name == "ann"
        assert {each.target for each in later.client.state.conversations.values()} >= {"#general", "#room"}
        last = later.client.post(room, "offline 3")
        server.start()
        later.client.wake()
        assert (await later.client.sent(last)).seq == 4
        await later.until(lambda: later.room("#room").unsent == ())
        await later.client.load_older(room)
        assert later.bodies("#room") == ["online", "offline 1", "offline 2", "offline 3"]
        assert [event.body for event in later.told(room)] == ["offline 1", "offline 2", "offline 3"]
        await later.client.close()


async def test_two_running_clients_of_an_account_do_not_send_each_others_messages(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        outbox = home / "outbox"
        async with Watched(server.address, "ann", outbox=outbox) as one:
            general = one.room("#general").id
            server.stop()
            await one.until(lambda: not one.client.state.link.latency_ms)
            one.client.post(general, "from one")
            two = Watched(server.address, "ann", outbox=outbox)
            await two.begin()
            assert two.room("#general").unsent == ()
            sent = two.client.post(general, "from two")
            server.start()
            await two.client.sent(sent)
            await one.until(lambda: one.room("#general").unsent == ())
            await two.until(lambda: len(two.told(general)) == 2)
            assert sorted(two.bodies("#general")) == ["from one", "from two"]
            await two.client.close()


class Later(SystemClock):
    """The wall clock of another day."""

    def wall_ms(self) -> int:
        return super().wall_ms() + 13 * 3600 * 1000


async def test_message_of_yesterday_asks_before_it_is_sent(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        outbox = home / "outbox"
        async with Watched(server.address, "ann", outbox=outbox) as ann:
            general = ann.room("#general").id
            server.stop()
            await ann.until(lambda: not ann.client.state.link.latency_ms)
            wanted = ann.client.post(general, "still true")
            unwanted = ann.client.post(general, "lunch?")
        server.start()
        async with Watched(server.address, "ann", outbox=outbox, clock=Later()) as ann:
            await ann.until(lambda: [each.status for each in ann.room("#general").unsent] == ["failed"] * 2)
            assert {each.code for each in ann.room("#general").unsent} == {"old"}
            fresh = await ann.client.sent(ann.client.post(general, "good morning"))
            ann.client.discard(unwanted)
            ann.client.retry(wanted)
            assert (await ann.client.sent(wanted)).seq == fresh.seq + 1
            await ann.until(lambda: ann.room("#general").unsent == ())
            assert ann.bodies("#general") == ["good morning", "still true"]


async def test_refused_message_is_still_there_with_its_reason_after_a_restart(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        outbox = home / "outbox"
        async with Watched(server.address, "ann", outbox=outbox) as ann:
            news = ann.room("#announcements").id
            cid = ann.client.post(news, "hear ye")
            with pytest.raises(CallFailed) as refused:
                await ann.client.sent(cid)
        async with Watched(server.address, "ann", outbox=outbox) as ann:
            await ann.until(lambda: len(ann.room("#announcements").unsent) == 1)
            (unsent,) = ann.room("#announcements").unsent
            assert (unsent.body, unsent.status, unsent.text) == ("hear ye", "failed", refused.value.text)
            ann.client.discard(cid)
        assert not list(outbox.glob("outbox-*"))
