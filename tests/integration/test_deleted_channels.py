"""A channel that is deleted: for who is there, who is cut off with something to say, who comes back; and its files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.client import CallFailed, LinkStatus
from chat_core.client.state.changes import PutOut, SendGivenUp
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.marks import Bookmark, ReadBookmarks
from chat_core.protocol.requests.order import DeleteChannel
from chat_core.server.admin.backup import back_up
from chat_core.server.admin.doctor import examine_file
from chat_core.server.admin.restore import restore
from tests.support.between import Between
from tests.support.processes import ServerProcess
from tests.support.stores import ask
from tests.support.watching import Watched


def put_out(one: Watched) -> list[tuple[str, str, str]]:
    """Return from where a client was told to have been put out, how and by whom."""
    return [(each.target, each.reason, each.name) for each in one.changes if isinstance(each, PutOut)]


def lost(one: Watched) -> list[tuple[str, str]]:
    """Return what a client was told that nobody will get, and where it was to go."""
    return [(each.target, each.unsent.body) for each in one.changes if isinstance(each, SendGivenUp)]


def contents(server: ServerProcess) -> list[str]:
    """Return what is in the files that a server keeps."""
    return [path.read_text() for path in (server.data / "blobs").rglob("*") if path.is_file()]


KILLED = """
import os
import signal
import sys
from pathlib import Path

from chat_core.server.app import Parts, run
from chat_core.server.config import ServeOptions
from chat_core.server.store.acts import EmptyChannel
from chat_core.server.store.ops import emptying

emptying.PIECE_ROWS = 3
pieces = []

def before_commit(connection, ops, outcomes):
    pieces.extend(op for op in ops if isinstance(op, EmptyChannel))
    if len(pieces) == 4:
        os.kill(os.getpid(), signal.SIGKILL)

sys.exit(run(ServeOptions(data=Path(sys.argv[1]), port=0), Parts(before_commit=before_commit)))
"""
"""A server that is killed while it empties a deleted channel: before the fourth piece is on the disk."""
TOO_LONG = "x" * 100_000
LEFT = """
SELECT count(*) FROM events JOIN conversations ON conversations.id = events.id >> 32
WHERE conversations.kind = 'channel' AND conversations.name IS NULL
"""


async def emptied(server: ServerProcess, one: Watched) -> None:
    """Wait until nothing is left of deleted channels."""
    while ask(server.data / "chat.db", LEFT) != [(0,)]:
        await one.client.call(ReadBookmarks())  # the server gets on with it


async def test_deleted_channel_is_gone_for_who_is_there_who_is_cut_off_and_who_comes_back(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        way = Between(server.port)
        await way.proxy.start()
        async with (
            Watched(server.address, "ann") as ann,
            Watched(server.address, "bob") as bob,
            Watched(f"127.0.0.1:{way.proxy.port}", "eve") as eve,
        ):
            number = await ann.client.join("old")
            await ann.client.sent(ann.client.post(number, "the plan is a secret"))
            for one in (bob, eve):
                await one.client.join("old")
            await eve.client.call(Bookmark(conversation=number, seq=1))
            async with Watched(server.address, "zoe", outbox=tmp_path / "zoe") as zoe:
                await zoe.client.join("old")
            way.cut()
            await eve.until(lambda: eve.client.state.link.status is not LinkStatus.ONLINE)
            eve.client.post(number, "what I still had to say")
            for one in (bob, eve):
                one.client.post(number, TOO_LONG)

            with pytest.raises(CallFailed) as wrong:
                await ann.client.call(DeleteChannel(conversation=number, name="new"))
            assert wrong.value.code is Refusal.BAD_NAME
            await ann.client.call(DeleteChannel(conversation=number, name="#old"))

            way.mend()
            eve.client.wake()
            for one in (ann, bob, eve):
                await one.until(lambda one=one: put_out(one) == [("#old", "deleted", "ann")])  # type: ignore[misc]
                assert one.client.state.by_target("#old") is None
            await eve.until(lambda: lost(eve) == [("#old", TOO_LONG), ("#old", "what I still had to say")])
            assert lost(bob) == [("#old", TOO_LONG)], "what was refused before is no more seen in the channel, either"
            assert (await eve.client.call(ReadBookmarks())).bookmarks == ()
            async with Watched(server.address, "zoe", outbox=tmp_path / "zoe") as zoe:
                assert zoe.client.state.by_target("#old") is None

            again = await bob.client.join("old")
            await bob.client.sent(bob.client.post(again, "anew"))
            assert again != number and bob.bodies("#old") == ["anew"]
            await emptied(server, bob)
        await way.proxy.stop()
        assert server.stop() == 0
    database = tmp_path / "data" / "chat.db"
    assert [each for each in examine_file(database, search=True) if not each.sound] == []
    assert b"secret" not in database.read_bytes()
    with closing(sqlite3.connect(f"{database}-search")) as index:
        assert index.execute("SELECT count(*) FROM texts WHERE text LIKE '%secret%'").fetchone() == (0,)


async def test_bytes_of_its_files_are_removed_but_for_those_that_are_kept_elsewhere(tmp_path: Path) -> None:
    for name in ("here", "both"):
        (tmp_path / f"{name}.txt").write_text(f"what is in {name}")
    with ServerProcess(tmp_path / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number, general = await ann.client.join("old"), ann.room("#general").id
            for where, name in ((number, "here"), (number, "both"), (general, "both")):
                await ann.client.upload(where, tmp_path / f"{name}.txt")
            assert sorted(contents(server)) == ["what is in both", "what is in here"]

            await ann.client.call(DeleteChannel(conversation=number, name="old"))

            await ann.until(lambda: put_out(ann) != [])
            while contents(server) != ["what is in both"]:
                await ann.client.call(ReadBookmarks())  # the server gets on with it


async def test_server_killed_while_it_empties_a_channel_goes_on_at_its_next_start_and_so_does_a_restored_backup(
    tmp_path: Path,
) -> None:
    data, copy, backup = tmp_path / "data", tmp_path / "copy", tmp_path / "backup.db"
    with ServerProcess(data, program=KILLED) as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("old")
            for line in range(20):
                await ann.client.sent(ann.client.post(number, f"secret {line}"))
            await ann.client.call(DeleteChannel(conversation=number, name="old"))
            assert server.wait() < 0
    assert ask(data / "chat.db", LEFT) == [(20 - 3 * 3,)]
    assert [each for each in examine_file(data / "chat.db", search=True) if not each.sound] == []
    back_up(data, backup, force=False, clock=SystemClock())
    restore(backup, copy, replace=False, clock=SystemClock())

    for folder in (data, copy):
        assert ask(folder / "chat.db", LEFT) == [(11,)]
        with ServerProcess(folder) as server:
            async with Watched(server.address, "ann") as ann:
                assert ann.client.state.by_target("#old") is None
                await emptied(server, ann)
            assert server.stop() == 0
        assert [each for each in examine_file(folder / "chat.db", search=True) if not each.sound] == []
        assert b"secret" not in (folder / "chat.db").read_bytes()
