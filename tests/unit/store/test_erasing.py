"""A deleted text is gone from the file, and found there without a walk through its conversation."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.server.store import opening, sqlite_file
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage
from chat_core.server.store.ops import changes
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore

ANN = AccountId(1)


@pytest.mark.parametrize("size", [10, 300, 16_000])
async def test_nothing_of_a_deleted_text_is_left_in_the_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "chat.db"
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    texts = [f"secret-{name} " * (1 + size // 10) for name in ("first", "second", "third")]
    try:
        await store.write(SignInByName("ann", 1))
        for number in range(20):
            cid = Cid(number.to_bytes(16, "big"))
            body = texts[0] if number == 9 else f"harmless {number}"
            await store.write(AppendMessage(ANN, 1, cid, None, body, body, "text", None, 1))
        for text in texts[1:]:
            await store.write(EditMessage(ANN, 1, 10, text, 2))
        await store.write(DeleteMessage(ANN, 1, 10, 3))
    finally:
        await store.close()

    assert sorted(file.name for file in tmp_path.iterdir()) == ["chat.db", "chat.db-search"]
    content = path.read_bytes()
    assert b"harmless 8" in content
    assert b"secret" not in content


def test_changes_of_one_message_are_found_by_an_index(tmp_path: Path) -> None:
    def no_copy(_connection: Connection, _version: str) -> Path:
        raise AssertionError("nothing is migrated")

    engine = sqlite_file.opener_engine(tmp_path / "chat.db")
    opening.prepare(engine, ts=1, keep_copy=no_copy)
    statements = [changes._erase_edited, changes._erase_posted, changes._erase_digest, changes._edit, changes._delete]
    said = [str(statement.compile(engine)) for statement in statements]
    engine.dispose()

    with sqlite3.connect(tmp_path / "chat.db") as database:
        plans = [
            " ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?")))
            for text in said
        ]
    database.close()

    assert "ix_events_target" in plans[0]
    assert all(plan.startswith("SEARCH") and "SCAN" not in plan for plan in plans), plans
