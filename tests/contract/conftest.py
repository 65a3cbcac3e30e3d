"""Every store that must keep the contract, each over a real database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chat_core.base.clock import SystemClock
from chat_core.server.admin.doctor import examine_file
from chat_core.server.store.sqlite import SqliteStore
from tests.contract.world import MakeWorld, World


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[World]:
    world = World(lambda: SqliteStore(folder / "chat.db", clock=SystemClock()))
    await world.open()
    try:
        yield world
    finally:
        await world.store.close()
    # Whatever a test did through the port, it left a store that the doctor has nothing to say about.
    assert [outcome for outcome in examine_file(folder / "chat.db", search=True) if not outcome.sound] == []


@pytest.fixture(params=["sqlite"], scope="session")
def make_world(request: pytest.FixtureRequest) -> Iterator[MakeWorld]:
    """Make worlds, for the tests that need more than one: each call another one, in no order."""
    assert request.param == "sqlite"
    with TemporaryDirectory(prefix="chat-") as folder:
        numbers = iter(range(1_000_000))

        def make() -> AbstractAsyncContextManager[World]:
            own = Path(folder) / str(next(numbers))
            own.mkdir()
            return _sqlite(own)

        yield make


@pytest.fixture
async def world(make_world: MakeWorld) -> AsyncIterator[World]:
    """Open a new, empty store."""
    async with make_world() as opened:
        yield opened
