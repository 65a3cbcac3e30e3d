"""A store that goes back in time under its clients: restored from a backup, or put back by hand. Real processes."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from chat_core.client import LinkStatus
from chat_core.client.state.changes import TimelineReset
from tests.support.commands import run_core
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


def resets(one: Watched) -> dict[str, str]:
    """Return the reasons for which conversations were reset, by conversation."""
    return {
        one.client.state.conversations[change.conversation].target: change.reason
        for change in one.changes
        if isinstance(change, TimelineReset) and change.reason
    }


async def say(one: Watched, number: int, *bodies: str) -> None:
    """Post and wait until all is acknowledged."""
    cids = [one.client.post(number, body) for body in bodies]
    for cid in cids:
        await one.client.sent(cid)


async def stored(server: ServerProcess, target: str) -> list[str]:
    """Return the bodies of a channel as somebody who was never there reads them."""
    async with Watched(server.address, "reader") as reader:
        number = await reader.client.join(target)
        await reader.client.load_older(number, 200)
        return reader.bodies(target)


async def stop(server: ServerProcess, *clients: Watched) -> None:
    """Stop the server and wait until the clients have noticed."""
    assert await asyncio.to_thread(server.stop) == 0
    for one in clients:
        await one.until(lambda one=one: one.client.state.link.status is LinkStatus.WAITING)  # type: ignore[misc]


async def test_clients_read_everything_anew_when_a_backup_was_restored(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
            general = await ann.client.join("general")
            ops = await ann.client.join("ops")
            await say(ann, general, "one", "two")
            await say(ann, ops, "in ops")
            epoch = ann.client.state.epoch
            saved = await asyncio.to_thread(run_core, "backup", home / "saved.db", "--data", home / "data")
            assert saved.code == 0, saved.err
            late = await ann.client.join("late")
            await say(ann, late, "in a channel that the backup does not have")
            await say(bob, general, "lost by bob")
            await say(ann, general, "lost by ann")
            await ann.until(lambda: len(ann.bodies("#general")) == 4)
            await stop(server, ann, bob)
            waits = [ann.client.post(general, f"waits {number}") for number in range(3)]
            waits.append(ann.client.post(ops, "waits in ops"))
            nowhere = ann.client.post(late, "for a channel that is gone")

            restored = await asyncio.to_thread(
                run_core, "restore", home / "saved.db", "--data", home / "data", "--replace"
            )
            assert restored.code == 0, restored.err
            await asyncio.to_thread(server.start)
            for one in (ann, bob):
                one.client.wake()
                await one.client.online(20)
            assert [(await ann.client.sent(cid)).seq for cid in waits] == [3, 4, 5, 2]
            everything = ["one", "two", "waits 0", "waits 1", "waits 2"]
            for one in (ann, bob):
                await one.until(lambda one=one: one.bodies("#general") == everything)  # type: ignore[misc]
                assert one.client.state.epoch != epoch
                assert one.room("#general").unsent == ()
                assert [notice.kind for notice in one.room("#general").notices] == ["reset"]
                assert resets(one)["#general"] == "epoch"
            assert resets(ann) == {"#general": "epoch", "#announcements": "epoch", "#ops": "epoch"}
            await ann.until(lambda: ann.bodies("#ops") == ["in ops", "waits in ops"])
            assert ann.client.state.by_target("#late") is None
            outcome = (await asyncio.gather(ann.client.sent(nowhere), return_exceptions=True))[0]
            assert "another store" in str(outcome)
            await say(bob, general, "and on")
            await ann.until(lambda: ann.bodies("#general") == [*everything, "and on"])
        assert await stored(server, "#general") == [*everything, "and on"]
    assert run_core("doctor", "--data", home / "data").code == 0


async def test_clients_notice_a_store_that_was_put_back_by_hand(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
            general = await ann.client.join("general")
            quiet = await ann.client.join("quiet")
            await say(ann, quiet, "in quiet")
            await say(ann, general, "one", "two")
            await stop(server, ann, bob)
            shutil.copytree(home / "data", home / "copy")
            await asyncio.to_thread(server.start)
            for one in (ann, bob):
                one.client.wake()
                await one.client.online(20)
            late = await ann.client.join("late")
            await say(ann, late, "in a channel that the copy does not have")
            await say(bob, general, "lost by bob")
            await say(ann, general, "lost by ann")
            await bob.until(lambda: len(bob.bodies("#general")) == 4)
            had = ann.client.state.account_seq
            await stop(server, ann, bob)
            waits = [ann.client.post(general, f"waits {number}") for number in range(3)]
            in_quiet = ann.client.post(quiet, "waits in quiet")

            shutil.rmtree(home / "data")
            (home / "copy").rename(home / "data")
            # The log grows beyond what the clients have, with other events, before they come back.
            with ServerProcess(home / "data") as elsewhere:
                async with Watched(elsewhere.address, "eve") as eve:
                    await say(eve, general, *(f"eve {number}" for number in range(10)))
            await asyncio.to_thread(server.start)
            for one in (ann, bob):
                one.client.wake()
                await one.client.online(20)
            assert [(await ann.client.sent(cid)).seq for cid in waits] == [13, 14, 15]
            assert (await ann.client.sent(in_quiet)).seq == 2
            everything = ["one", "two", *(f"eve {number}" for number in range(10)), "waits 0", "waits 1", "waits 2"]
            for one in (ann, bob):
                await one.until(lambda one=one: one.bodies("#general") == everything)  # type: ignore[misc]
                assert one.room("#general").unsent == ()
                assert resets(one) == {"#general": "rewound"}, "where nothing was lost, nothing is said"
            await ann.until(lambda: ann.bodies("#quiet") == ["in quiet", "waits in quiet"])
            assert ann.client.state.by_target("#late") is None
            assert ann.client.state.account_seq < had
            await say(ann, general, "and on")
            await say(bob, general, "and on, says bob")
            await ann.client.join("later")
            await ann.until(lambda: ann.bodies("#general")[15:] == ["and on", "and on, says bob"])
        assert await stored(server, "#general") == [*everything, "and on", "and on, says bob"]
    assert run_core("doctor", "--data", home / "data").code == 0


async def test_program_that_follows_one_channel_is_told_when_the_store_was_put_back(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann", follow=False) as ann:
            general = await ann.client.join("general")
            await ann.client.attach(general, 0)
            await say(ann, general, "one")
            await stop(server, ann)
            shutil.copytree(home / "data", home / "copy")
            await asyncio.to_thread(server.start)
            ann.client.wake()
            await say(ann, general, "lost")
            await ann.until(lambda: len(ann.told(general)) == 2)
            await stop(server, ann)
            waits = ann.client.post(general, "waits")
            shutil.rmtree(home / "data")
            (home / "copy").rename(home / "data")
            await asyncio.to_thread(server.start)
            ann.client.wake()

            assert (await ann.client.sent(waits)).seq == 2
            await ann.until(lambda: resets(ann) == {"#general": "rewound"})
            await ann.until(lambda: ann.bodies("#general")[-1:] == ["waits"])
            # It may be in the store before the channel is attached to: then it lies in front of where that begins.
            told = [(event.seq, event.body) for event in ann.told(general)]
            assert told in ([(1, "one"), (2, "lost")], [(1, "one"), (2, "lost"), (2, "waits")])


async def test_files_of_a_database_that_gave_way_are_there_when_it_is_put_back(home: Path) -> None:
    first, second, data = home / "first.txt", home / "second.txt", home / "data"
    first.write_text("in a message that the backup does not have")
    second.write_text("in one that the database set aside does not have")
    with ServerProcess(data) as server:
        async with Watched(server.address, "ann") as ann:
            general = await ann.client.join("general")
            saved = await asyncio.to_thread(run_core, "backup", home / "saved.db", "--data", data)
            assert saved.code == 0, saved.err
            await ann.client.upload(general, first)
            await stop(server, ann)
        restored = await asyncio.to_thread(run_core, "restore", home / "saved.db", "--data", data, "--replace")
        assert restored.code == 0, restored.err
        server.start()
        async with Watched(server.address, "bob") as bob:
            general = await bob.client.join("general")
            await bob.client.upload(general, second)
            await bob.client.download("#general", 1, to=home)
            await stop(server, bob)
        (aside,) = data.glob("chat.db.replaced-*")
        aside.replace(data / "chat.db")
        for beside in ("chat.db-wal", "chat.db-shm"):
            (data / beside).unlink(missing_ok=True)
        server.start()
        async with Watched(server.address, "bob") as bob:
            await bob.client.join("general")
            assert (await bob.client.download("#general", 1, to=home)).read_text() == first.read_text()
