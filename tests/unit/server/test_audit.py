"""The audit log as `chat-core audit` reads it, from a file that no server uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.audit import lines, verify
from chat_core.server.admin.faults import AdminFault
from chat_core.server.store.acts import LockServer
from chat_core.server.store.sqlite import SqliteStore


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """Make a store with three acts."""
    store = SqliteStore(tmp_path / "chat.db", clock=SystemClock())
    await store.open(lambda _: None)
    for ts, reason in ((1_000, "a raid"), (2_000, "again"), (3_000, "and again")):
        await store.write(LockServer(None, True, ts, None, reason))
    await store.close()
    return tmp_path


def test_list_prints_acts_for_people_and_for_programs(data: Path) -> None:
    assert list(lines(data, 1, as_json=False)) == ["     3  1970-01-01 00:00:03Z  server: lock this server (and again)"]
    first, *_ = lines(data, None, as_json=True)
    assert json.loads(first) == {
        "number": 1,
        "ts": 1_000,
        "actor": "server",
        "act": "lock",
        "target": "this server",
        "detail": "a raid",
    }


def test_verify_finds_a_hash_that_was_noted_earlier_and_misses_one_that_never_was(data: Path) -> None:
    said = verify(data, None)
    assert said.startswith("3 acts in an unbroken chain; the newest has the hash ")
    assert verify(data, said.split()[-1]) == said
    with pytest.raises(AdminFault, match="it has no act with that hash") as fault:
        verify(data, "ab" * 32)
    assert fault.value.code is ExitCode.UNSOUND
    with pytest.raises(AdminFault, match="is no hash"):
        verify(data, "xyz")


async def test_verify_has_nothing_to_say_against_a_store_without_acts(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "chat.db", clock=SystemClock())
    await store.open(lambda _: None)
    await store.close()
    assert verify(tmp_path, None) == "0 acts in an unbroken chain"
