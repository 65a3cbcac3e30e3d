"""Somebody who is on two servers at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chat_core.client.state.model import LinkStatus
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.open_servers import OpenServer
from tests.tui.support.visiting import Sitting, sitting


@asynccontextmanager
async def at_both(
    server: str, second: str, home: Path, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Sitting, OpenServer, OpenServer]]:
    """Let somebody be on two servers, with the second on the screen; yield them, and both."""
    async with sitting(server, home, size=size) as me:
        await add(me, second)
        first, last = me.app.row
        yield me, first, last


async def add(me: Sitting, address: str) -> None:
    """Open another server."""
    known = len(me.app.row)
    await me.enter(f"/connect {address}")
    await me.until(lambda: len(me.app.row) == known + 1 and isinstance(me.app.screen, ChatScreen))
    await me.until(lambda: me.state.link.status is LinkStatus.ONLINE, "online")
    await me.is_at("#general")


def listed(me: Sitting) -> list[str]:
    """Return the rows of the list at the left, with one space between what stands in them."""
    return [" ".join(line[1:23].split()) for line in me.screen.splitlines()]
