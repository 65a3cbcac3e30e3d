"""Deleted channels are emptied behind everything else, also where the store refuses a piece for a while."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.ids import ConversationId
from chat_core.base.tasks import spawn, stop
from chat_core.protocol.codes import Refusal
from chat_core.server import emptying
from chat_core.server.emptying import Emptying
from chat_core.server.store.acts import DeleteChannel, EmptyChannel
from chat_core.server.store.base import Op, Refused, StoreBroken
from chat_core.server.store.ops import emptying as pieces
from chat_core.server.store.sqlite import SqliteStore
from tests.contract.world import World


class Refusing(SqliteStore):
    """A store that refuses the first pieces, or breaks at them."""

    refusals: Sequence[Exception] = ()

    async def write(self, op: Op) -> Any:
        """See SqliteStore."""
        if isinstance(op, EmptyChannel) and self.refusals:
            first, *self.refusals = self.refusals
            raise first
        return await super().write(op)


async def two_deleted(path: Path) -> tuple[World, Refusing, list[ConversationId]]:
    """Make a store with two deleted channels of five messages each."""
    store = Refusing(path, clock=SystemClock())
    world = World(lambda: store)
    await world.open()
    (ann,) = await world.sign_in("ann")
    rooms = [await world.join(ann, name) for name in ("old", "older")]
    for room, name in zip(rooms, ("old", "older"), strict=True):
        await world.post(ann, room, *"12345")
        await world.write(DeleteChannel(ann, room, name, 1))
    return world, store, rooms


async def test_what_an_earlier_run_left_and_what_is_told_of_is_emptied_also_after_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "AGAIN_S", 0.0)
    monkeypatch.setattr(pieces, "PIECE_ROWS", 2)
    world, store, rooms = await two_deleted(tmp_path / "chat.db")
    store.refusals = [Refused(Refusal.STORE_FULL, "The disk is full.", 1.0)] * 3
    (bob,) = await world.sign_in("bob")
    late = await world.join(bob, "late")
    await world.post(bob, late, "later")
    kept = Emptying(store)
    task = spawn("emptying", kept.run())
    while await world.read(lambda reader: reader.unemptied()):
        continue
    assert await world.messages(rooms[0]) == [] == await world.messages(rooms[1])

    await world.write(DeleteChannel(bob, late, "late", 1))
    kept.note(number for outcome in world.committed for number in outcome.removed)

    while await world.read(lambda reader: reader.unemptied()):
        continue
    assert await world.messages(late) == []
    await stop(task)
    await store.close()


async def test_nothing_more_is_tried_where_the_store_is_broken(tmp_path: Path) -> None:
    world, store, rooms = await two_deleted(tmp_path / "chat.db")
    store.refusals = [StoreBroken("The disk failed.")]

    await Emptying(store).run()

    assert await world.read(lambda reader: reader.unemptied()) == rooms
    await store.close()
