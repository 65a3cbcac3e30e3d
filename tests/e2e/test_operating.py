"""`chat-core backup`, `restore` and `doctor` as an operator sees them: beside a running server, on a full disk."""

from __future__ import annotations

import asyncio
import json
import re
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from chat_core.base.tasks import spawn
from tests.support.commands import Done, assert_one_sentence, run_core
from tests.support.people import post_all
from tests.support.processes import ServerProcess
from tests.support.stores import change, epoch_of, fill_store, log_of, names_in
from tests.support.watching import Watched
from tests.support.wire import Wire


def refused(done: Done, code: int, *words: str) -> None:
    """Look whether a command ended with a code and one sentence that has these words."""
    assert done.code == code, done
    assert done.out == ""
    assert_one_sentence(done.err)
    for word in words:
        assert word in done.err, done.err


@pytest.fixture
async def data(home: Path) -> Path:
    """Make the data folder of a server that was stopped."""
    await fill_store(home / "data" / "chat.db", 300)
    return home / "data"


async def under_load(server: ServerProcess, work: Callable[[], Done]) -> tuple[int, int, Done]:
    """Run a command while two clients write; return the acknowledged messages before and after it, and its outcome."""
    async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
        number = await ann.client.join("general")
        counts = {"acknowledged": 0}
        stop = asyncio.Event()

        async def chatter(one: Watched) -> None:
            while not stop.is_set():
                cids = [one.client.post(number, "x" * 200) for _ in range(20)]
                for cid in cids:
                    await one.client.sent(cid)
                    counts["acknowledged"] += 1

        talking = [spawn("chatter", chatter(one)) for one in (ann, bob)]
        await ann.until(lambda: counts["acknowledged"] > 500)
        before = counts["acknowledged"]
        done = await asyncio.to_thread(work)
        after = counts["acknowledged"]
        await ann.until(lambda: counts["acknowledged"] > after + 100)
        stop.set()
        await asyncio.gather(*talking)
    return before, after, done


async def test_backup_holds_one_moment_of_a_server_that_is_written_to(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        before, after, done = await under_load(
            server, lambda: run_core("backup", home / "saved.db", "--data", home / "data")
        )
        assert server.stop() == 0

    assert done.code == 0, done.err
    assert after > before, "the server went on meanwhile"
    saved, everything = log_of(home / "saved.db"), log_of(home / "data" / "chat.db")
    assert before <= len(saved) <= len(everything)
    assert saved == everything[: len(saved)], "the log up to one moment"
    assert [path.name for path in home.iterdir() if "saved" in path.name] == ["saved.db"]
    restored = run_core("restore", home / "saved.db", "--data", home / "other")
    assert restored.code == 0, restored.err
    assert run_core("doctor", "--data", home / "other").code == 0


async def test_doctor_finds_nothing_in_a_server_that_is_written_to(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        before, after, done = await under_load(server, lambda: run_core("doctor", "--data", home / "data"))

    assert done.code == 0, done.out
    assert after > before, "the server went on meanwhile"
    assert all(line.startswith("ok ") for line in done.out.splitlines())


def test_commands_say_what_they_did(home: Path, data: Path) -> None:
    saved = run_core("backup", home / "saved.db", "--data", data)

    assert (saved.code, saved.err) == (0, "")
    first, second = saved.out.splitlines()
    assert first == "saved 300 messages in 2 conversations of 1 account"
    before = epoch_of(data / "chat.db")
    assert re.fullmatch(rf"{home}/saved\.db: 0\.\d MB, epoch {before}, \d+\.\d s", second)

    restored = run_core("restore", home / "saved.db", "--data", data, "--replace")

    assert (restored.code, restored.err) == (0, "")
    (kept,) = [path for path in data.iterdir() if "replaced" in path.name]
    assert restored.out.splitlines() == [
        "restored 300 messages in 2 conversations of 1 account",
        f"epoch {epoch_of(data / 'chat.db')}; that of the backup, {before}, has ended",
        f"the database that was there is now {kept}",
    ]

    doctor = run_core("doctor", "--data", data)

    assert (doctor.code, doctor.err) == (0, "")
    assert "ok   logs          300 events in 2 conversations, each log whole from 1 to its head" in doctor.out


def test_commands_leave_the_write_ahead_log_of_a_killed_server_alone_and_read_it(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        with Wire(server.port) as ann:
            ann.enter("ann")
            post_all(ann, "#general", ["hello"] * 20)
        server.kill()
    before = {name: (home / "data" / name).read_bytes() for name in ("chat.db", "chat.db-wal")}
    assert before["chat.db-wal"]

    doctor = run_core("doctor", "--data", home / "data")
    saved = run_core("backup", home / "saved.db", "--data", home / "data")

    assert (doctor.code, saved.code) == (0, 0), doctor.out
    assert "20 events" in doctor.out
    assert {name: (home / "data" / name).read_bytes() for name in before} == before
    assert len(log_of(home / "saved.db")) == 20


def test_restore_touches_nothing_while_a_server_runs(home: Path, data: Path) -> None:
    assert run_core("backup", home / "saved.db", "--data", data).code == 0
    with ServerProcess(data) as server, Wire(server.port) as ann:
        epoch = ann.enter("ann")["epoch"]

        refused(run_core("restore", home / "saved.db", "--data", data, "--replace"), 79, "server is running", "stop it")

        assert ann.say("#general", "undisturbed")["seq"] == 301
        assert server.stop() == 0
    assert epoch_of(data / "chat.db") == epoch
    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]


def test_nothing_is_left_behind_or_lost_when_the_disk_is_full(home: Path, data: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    before = (data / "chat.db").read_bytes()
    refused(run_core("backup", home / "saved.db", "--data", data, preexec=small_files), 74, "saved.db")
    assert not [path.name for path in home.iterdir() if "saved" in path.name]

    assert run_core("backup", home / "saved.db", "--data", data).code == 0
    restored = run_core("restore", home / "saved.db", "--data", data, "--replace", preexec=small_files)

    refused(restored, 74, "chat.db")
    assert (data / "chat.db").read_bytes() == before
    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]


def test_commands_end_with_a_sentence_and_a_code_of_their_own(home: Path, data: Path) -> None:
    refused(run_core("backup", home / "saved.db", "--data", home / "none"), 66, "no data folder")
    refused(run_core("doctor", "--data", home / "none"), 66, "no data folder")
    refused(run_core("backup", data, "--data", data), 2, "is a folder")
    assert run_core("restore", data / "chat.db").code == 2, "the folder must be named"


def test_doctor_tells_what_is_wrong_for_people_and_as_json(data: Path) -> None:
    change(data / "chat.db", "UPDATE messages SET body = 'other' WHERE id % 10 = 1")

    told, as_json = run_core("doctor", "--data", data), run_core("doctor", "--data", data, "--json")

    assert (told.code, as_json.code) == (80, 80)
    assert (told.err, as_json.err) == ("", "")
    assert "BAD  messages      30 findings" in told.out.splitlines()
    assert "       and 25 more" in told.out.splitlines()
    report = json.loads(as_json.out)
    assert [check["name"] for check in report["checks"] if not check["sound"]] == ["messages"]
    assert report["sound"] is False
