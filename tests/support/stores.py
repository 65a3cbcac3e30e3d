"""Store files as tests find and spoil them: read and changed with plain SQL, behind any server's back."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore


async def fill_store(path: Path, messages: int) -> None:
    """Make a store in which ann has said so many things in #general."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    ann = AccountId((await store.write(SignInByName("ann", 1)))[0].id)
    for number in range(messages):
        body = f"line {number}"
        await store.write(AppendMessage(ann, 1, Cid(number.to_bytes(16, "big")), None, body, body, "text", None, 1))
    await store.close()


def ask(path: Path, question: str) -> list[Any]:
    """Read a database and leave no file beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA query_only = ON")
        return connection.execute(question).fetchall()


def change(path: Path, *statements: str) -> None:
    """Run SQL that no server would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def log_of(path: Path) -> list[Any]:
    """Return every event of a store."""
    return ask(path, "SELECT id, eid, kind, author, ts, cid, payload FROM events ORDER BY id")


def epoch_of(path: Path) -> str:
    """Return the name of a store's life."""
    return str(ask(path, "SELECT value FROM meta WHERE key = 'epoch'")[0][0])


def mode_of(path: Path) -> int:
    """Return who may use a file."""
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())
