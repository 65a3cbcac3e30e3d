"""What is kept in a file soon after it changed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chat_core.base.tasks import spawn
from chat_tui.screens import saving
from chat_tui.screens.saving import Saving


async def test_nothing_is_saved_beside_a_save_that_is_under_way_when_it_is_closed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "SAVED_WITHIN_S", 0.0)
    begun, go_on = threading.Event(), threading.Event()
    changed = ["one"]
    taken: list[str] = []
    written: list[str] = []

    def take() -> Callable[[Path], None] | None:
        if not changed:
            return None
        text = changed.pop()
        taken.append(text)

        def write(_folder: Path) -> None:
            begun.set()
            go_on.wait(15)
            written.append(text)

        return write

    kept = Saving("Drafts", home, take, pytest.fail, pytest.fail)
    kept.soon()
    await asyncio.to_thread(begun.wait, 15)
    changed.append("two")
    kept.soon()
    closing = spawn("close", kept.close())
    for _ in range(10):  # as often as it wants to, before the disk is ready
        await asyncio.sleep(0)
    assert taken == ["one"], "a save reads the file first: two at once would forget what the other one has written"

    go_on.set()
    await closing
    assert written == ["one", "two"]
