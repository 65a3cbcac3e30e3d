"""Two servers in one client: the list, a narrow window, and the switcher."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from chat_core.client import Client
from chat_tui.app import ChatApp
from chat_tui.embedded import Embedded, throw_away_folder
from chat_tui.screens.goal import Goal
from screenshots.camera import WAIT_S, YOU, Shot, demo, take, until

_GARDEN = "garden.example.org"


async def servers() -> Path:
    """Two servers, one of them with something that needs you."""
    async with _both(120, 32) as pilot:
        return take(pilot, "servers-120x32")


async def servers_narrow() -> Path:
    """The same where there is no room for the list."""
    async with _both(80, 24) as pilot:
        return take(pilot, "servers-80x24")


async def servers_switcher() -> Path:
    """Going to a conversation of any of them."""
    async with _both(100, 28) as pilot:
        await pilot.press("ctrl+k")
        await until(pilot, "go to")
        return take(pilot, "servers-switcher-100x28")


@asynccontextmanager
async def _both(width: int, height: int) -> AsyncIterator[Shot]:
    """Open the application on two servers, and let somebody write on the one that is not on the screen."""
    with throw_away_folder("chat-shot-") as folder:
        server = Embedded(folder)
        address = await asyncio.to_thread(server.ensure)
        async with Client(address, "rosa") as rosa, Client(address, YOU) as before:
            await rosa.online(10)
            await before.online(10)
            numbers = [await rosa.join(channel) for channel in ("seeds", "compost", "tools")]
            for channel in ("seeds", "compost", "tools"):
                await before.join(channel)
            async with demo(width, height) as pilot:
                app = pilot.app
                assert isinstance(app, ChatApp)
                await until(pilot, "Release planning", "we are only bots")
                app.open_server(Goal(str(address), YOU), show=False)
                _, garden = app.row
                assert garden.chat is not None
                garden.chat.title_here = _GARDEN
                await _until(pilot, lambda: garden.state.by_target("#tools") is not None)
                garden.chat.going.open_soon(next(iter(garden.state.conversations)))
                await rosa.sent(rosa.post(numbers[0], f"@{YOU} shall we sow the beans on Saturday?"))
                for line in ("turned it over", "it is warm inside"):
                    await rosa.sent(rosa.post(numbers[1], line))
                await rosa.sent(rosa.post(await rosa.open_direct(YOU), "I have tomatoes left for you"))
                await _until(pilot, lambda: app.row.views()[1].unread == 4)
                await pilot.pause(0.5)
                yield pilot
        server.let_go()


async def _until(pilot: Shot, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await pilot.pause(0.05)


PICTURES = (servers, servers_narrow, servers_switcher)
