"""Where much is said a process of its own keeps the index: it is the same index, and it never outlives its server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.server.store.messages import AppendMessage, DeleteMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.search import apart, fts5_file, indexer
from chat_core.server.store.search.apart import Apart
from chat_core.server.store.search.checking import check_search
from chat_core.server.store.search.keeper import Here, KeeperFault
from chat_core.server.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[4]
ANN = AccountId(1)
WITHIN_S = 20.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[Apart]:
    """Let a process keep the index from the third event on; return those that do, as they come."""
    made: list[Apart] = []

    class Noted(Apart):
        def __init__(self, database: Path, index: Path) -> None:
            super().__init__(database, index)
            made.append(self)

    monkeypatch.setattr(indexer, "MUCH", 3)
    monkeypatch.setattr(indexer, "Apart", Noted)
    monkeypatch.setattr(indexer, "AGAIN_S", 0.01)
    return made


async def post(store: SqliteStore, first: int, last: int) -> None:
    await store.write(SignInByName("ann", 1))
    for number in range(first, last + 1):
        await store.write(
            AppendMessage(ANN, 1, Cid(number.to_bytes(16, "big")), None, f"word {number}", "", "text", None, 1)
        )


async def opened(path: Path) -> SqliteStore:
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    return store


def unindexed(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Make a store of ten messages of which the index knows nothing; return the two files."""

    async def fill() -> None:
        store = await opened(path)
        await post(store, 1, 10)
        await store.close()

    with monkeypatch.context() as patched:
        patched.setattr(indexer.Indexer, "start", lambda _: None)
        patched.setattr(indexer.Indexer, "stop", lambda _: None)
        asyncio.run(fill())
    return path, fts5_file.path_beside(path)


def said_of(path: Path) -> str:
    return check_search(path).text


async def test_process_keeps_the_index_once_much_is_said(path: Path, processes: list[Apart]) -> None:
    store = await opened(path)
    await post(store, 1, 2)
    await store.indexed()
    assert not processes

    await post(store, 3, 9)
    await store.indexed()
    await store.write(DeleteMessage(ANN, 1, 2, 3))
    await store.indexed()

    assert len(processes) == 1
    assert said_of(path) == "8 messages can be found, 0 events behind the log"
    await store.close()
    assert not there(processes[0].pid)


async def test_another_process_goes_on_when_one_is_killed(path: Path, processes: list[Apart]) -> None:
    store = await opened(path)
    await post(store, 1, 4)
    await store.indexed()
    await post(store, 5, 6)
    await store.indexed()

    os.kill(processes[0].pid, signal.SIGKILL)
    await post(store, 7, 9)
    await store.indexed()

    assert len(processes) == 2
    await store.close()
    assert said_of(path) == "9 messages can be found, 0 events behind the log"


@pytest.mark.parametrize("kind", [Here, Apart])
def test_keeper_is_told_when_somebody_else_put_in_what_it_was_to_put_in(
    path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Here | Apart]
) -> None:
    files = unindexed(path, monkeypatch)
    with closing(kind(*files)) as late:
        assert late.missing() == [1]
        with closing(Here(*files)) as other:
            assert other.put_in([1]).rest == []

        with pytest.raises(KeeperFault, match="Overtaken"):
            late.put_in([1])

    assert said_of(path) == "10 messages can be found, 0 events behind the log"


def test_process_is_ended_when_it_hangs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "ENDS_WITHIN_S", 0.05)
    with closing(Apart(*unindexed(path, monkeypatch))) as keeper:
        assert keeper.missing() == [1]
        monkeypatch.setattr(apart, "STEP_WITHIN_S", 0.05)
        os.kill(keeper.pid, signal.SIGSTOP)
        with pytest.raises(KeeperFault, match="does not answer"):
            keeper.put_in([1])

    assert not there(keeper.pid)


def test_process_says_so_when_there_is_no_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database, index = unindexed(path, monkeypatch)
    with (
        closing(Apart(database, index.with_name("none"))) as keeper,
        pytest.raises(KeeperFault, match="unable to open"),
    ):
        keeper.missing()


@pytest.mark.parametrize("said", ["Warning: of a library", "[1]", '["1", 2, 3]', '{"text": "no more"}', "null"])
def test_keeper_fails_when_its_process_says_something_else(
    path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    files, other = unindexed(path, monkeypatch), path.with_name("other")
    other.write_text(f"#!/bin/sh\nread step\necho '{said}'\nread step\n")
    other.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(other))

    with closing(Apart(*files)) as keeper, pytest.raises(KeeperFault, match="its process said something else"):
        keeper.put_in([1])


_SERVER = """
import sys
from pathlib import Path
from chat_core.server.store.search.apart import Apart
keeper = Apart(*map(Path, sys.argv[1:]))
print(keeper.missing(), keeper.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_process_outlives_signals_and_not_its_server(
    path: Path, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    files = [str(file) for file in unindexed(path, monkeypatch)]
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER, *files], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        missing, pid = server.stdout.readline().rsplit(maxsplit=1)
        assert missing == b"[1]"
        os.kill(int(pid), sent)
        assert there(int(pid))
        server.kill()
    asyncio.run(until_gone(int(pid)))


def there(pid: int) -> bool:
    """Return whether a process runs."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        while there(pid):  # noqa: ASYNC110  # nobody tells of the end of another's child
            await asyncio.sleep(0.01)
