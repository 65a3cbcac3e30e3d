"""What a deleted channel left goes in pieces: bounded, found by indexes, and between two of them the store is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import FileInfo
from chat_core.server.admin.doctor import examine_file
from chat_core.server.store import leftovers, sqlite_file
from chat_core.server.store.acts import DeleteChannel, EmptyChannel
from chat_core.server.store.marks import ReactTo, SetBookmark
from chat_core.server.store.ops import emptying, removing
from chat_core.server.store.sqlite import SqliteStore
from tests.contract.world import GENERAL_ID, World
from tests.support.stores import ask

FILE = FileInfo(name="plan.txt", size=3, type="text/plain", sha256=b"7" * 32)
KEYS = {
    "events": "id",
    "messages": "id",
    "files": "message",
    "mentions": "message",
    "reactions": "message",
    "bookmarks": "message",
    "threads": "root",
}
"""Tables with the key of a message, and the column that has it."""
OF_ONE_EVENT = 4
"""Most tables that have a row for one event: itself, its message, file, cid. Whom it names comes on top."""


async def filled(path: Path) -> tuple[World, AccountId, ConversationId]:
    """Make a store with a channel of ann's in which everything is that can hang on a message."""
    world = World(lambda: SqliteStore(path, clock=SystemClock()))
    await world.open()
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "old")
    await world.join(bob, "old")
    await world.post(ann, room, "one, @bob", "two")
    await world.write(replace(world.message(bob, room, "plan.txt"), file=FILE))
    await world.post(bob, room, "an answer", thread=1)
    await world.edit(ann, 2, "two, @bob", room)
    for account in (ann, bob):
        await world.write(SetBookmark(account, room, 1, True, 1))
        for emoji in ("👍", "🎉", "❤️"):
            await world.write(ReactTo(account, room, 2, emoji, True, 1))
    await world.post(ann, room, *map(str, range(9)))
    return world, ann, room


def left(path: Path) -> int:
    """Return how many rows hang on what was said in other conversations than those that everybody is in."""
    where = [f"SELECT count(*) FROM {table} WHERE {key} >> 32 > 2" for table, key in KEYS.items()]
    where.append("SELECT count(*) FROM cids WHERE conversation > 2")
    return sum(ask(path, question)[0][0] for question in where)


async def test_rows_go_in_pieces_between_which_the_store_is_whole_and_after_which_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "PIECE_ROWS", 3)
    path = tmp_path / "chat.db"
    world, ann, room = await filled(path)
    await world.write(DeleteChannel(ann, room, "old", 9))
    rows, logs, more = [left(path)], [""], True
    while more:
        assert await world.read(lambda reader: reader.unemptied()) == [room]
        more = await world.write(EmptyChannel(room))
        rows.append(left(path))
        await world.reopen()
        outcomes = list(examine_file(path))
        assert [outcome for outcome in outcomes if not outcome.sound] == []
        logs += [outcome.text for outcome in outcomes if outcome.name == "logs"]
        await world.post(ann, GENERAL_ID, "beside it")

    steps = [before - after for before, after in pairwise(rows)]
    assert len(steps) > 8 and rows[-1] == 0
    assert all(0 < step <= 3 * (OF_ONE_EVENT + 1) for step in steps)
    assert all("of 1 deleted channel to be taken out yet" in text for text in logs[1:-1])
    assert "deleted" not in logs[-1]
    assert await world.read(lambda reader: reader.unemptied()) == []
    assert len(await world.messages(GENERAL_ID)) == len(steps)
    await world.store.close()


async def test_nothing_is_taken_out_of_a_channel_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    world, _, room = await filled(path)
    rows = left(path)

    for number in (room, GENERAL_ID, ConversationId(99)):
        assert not await world.write(EmptyChannel(number))

    assert left(path) == rows > 30
    await world.store.close()


def parts(values: tuple[Any, ...]) -> Iterator[UpdateBase | Select[Any]]:
    """Yield the statements among some values, and in tuples among them."""
    for each in values:
        if isinstance(each, tuple):
            yield from parts(each)
        elif isinstance(each, UpdateBase | Select):
            yield each


@pytest.mark.parametrize("module", [emptying, removing, leftovers], ids=lambda module: module.__name__)
async def test_what_is_to_go_is_found_by_an_index(tmp_path: Path, module: ModuleType) -> None:
    world = World(lambda: SqliteStore(tmp_path / "chat.db", clock=SystemClock()))
    await world.open()
    await world.store.close()
    engine = sqlite_file.reader_engine(tmp_path / "chat.db")
    said = [str(each.compile(engine)) for each in parts(tuple(vars(module).values()))]
    engine.dispose()

    database = sqlite3.connect(tmp_path / "chat.db")
    plans = {
        text: " ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?")))
        for text in said
    }
    database.close()

    # Conversations are looked through once in a run, and invites are few.
    scanned = {text: plan for text, plan in plans.items() if "SCAN" in plan.replace("SCAN conversations", "")}
    assert len(plans) > 1 and all("UPDATE invites" in text for text in scanned), scanned
