"""The only place that starts an asyncio task: named, kept alive, and never silent about its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_running: set[asyncio.Task[Any]] = set()
_log = logging.getLogger(__name__)


def spawn(name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start `work` as a named task and keep a reference until it ends.

    An exception that nobody awaits is logged with the task's name instead of vanishing
    (asyncio itself keeps only a weak reference, and reports at collection time).
    """
    task = asyncio.get_running_loop().create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def running() -> int:
    """Return how many tasks there are."""
    return len(_running)


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("task %s failed: %r", task.get_name(), error, exc_info=error)


async def stop(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel the tasks and wait until each has ended; their errors were logged by `spawn`."""
    alive = [task for task in tasks if task is not None and not task.done()]
    for task in alive:
        task.cancel()
    if alive:
        await asyncio.gather(*alive, return_exceptions=True)
