"""Named tasks that are kept, logged and stopped."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref

import pytest

from chat_core.base.tasks import spawn, stop


async def test_spawn_returns_a_named_task_with_the_result() -> None:
    async def work() -> int:
        return 7

    task = spawn("adder", work())

    assert task.get_name() == "adder"
    assert await task == 7


async def test_spawn_keeps_a_task_that_nobody_else_holds() -> None:
    async def work() -> None:
        # Nobody else knows what it waits for, so nothing but `spawn` can keep it.
        await asyncio.get_running_loop().create_future()

    held = weakref.ref(spawn("orphan", work()))
    await asyncio.sleep(0)
    gc.collect()

    assert held() is not None
    await stop(held())


async def test_spawn_lets_go_of_a_task_that_has_ended() -> None:
    async def work() -> None:
        return None

    task = spawn("short", work())
    await task
    await asyncio.sleep(0)
    held = weakref.ref(task)
    del task
    gc.collect()

    assert held() is None


async def test_spawn_logs_an_error_that_nobody_awaits(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise ValueError("broken")

    task = spawn("breaker", work())
    with caplog.at_level(logging.ERROR):
        await asyncio.wait([task])
        await asyncio.sleep(0)

    assert [record.getMessage() for record in caplog.records] == ["task breaker failed: ValueError('broken')"]
    assert caplog.records[0].exc_info is not None


async def test_spawn_says_nothing_when_a_task_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    task = spawn("waiter", asyncio.Event().wait())
    await asyncio.sleep(0)
    await stop(task)

    assert task.cancelled()
    assert not caplog.records


async def test_stop_waits_until_each_task_has_cleaned_up() -> None:
    cleaned: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(name)

    tasks = [spawn(name, work(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    await stop(*tasks)

    assert sorted(cleaned) == ["a", "b"]


async def test_stop_takes_nothing_and_what_has_ended() -> None:
    async def work() -> None:
        return None

    ended = spawn("ended", work())
    await ended

    await stop(None, ended)
    await stop()

    assert ended.done()


async def test_stop_swallows_an_error_on_the_way_out() -> None:
    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("while stopping")

    task = spawn("clumsy", work())
    await asyncio.sleep(0)
    await stop(task)

    assert isinstance(task.exception(), ValueError)
