"""The camera: runs the real application on the demo's world, headless, presses keys, and takes a picture as SVG.

Real server, real bots, real client: what the picture shows is what the program draws.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor")

from textual.pilot import Pilot

from chat_core.client import Address
from chat_tui.app import ChatApp
from chat_tui.demo.world import World
from chat_tui.embedded import Embedded, throw_away_folder
from chat_tui.paths import HERE
from chat_tui.screens.goal import Goal

FOLDER: Final = Path(__file__).parent
YOU: Final = "you"
WAIT_S: Final = 60.0

Shot = Pilot[None]


@asynccontextmanager
async def demo(
    width: int,
    height: int,
    *,
    theme: str = "",
    start: bool = False,
    others: Callable[[Address], Awaitable[None]] | None = None,
) -> AsyncIterator[Shot]:
    """Open the application at a size: among bots who have fallen silent, or (`start`) on the start screen.

    Args:
        width: cells of a line.
        height: lines.
        theme: name of a look; empty: the default one.
        start: whether to open the start screen.
        others: does what else somebody is to have done there.
    """
    with throw_away_folder("chat-shot-") as folder, World(Embedded(folder).address, YOU, seed=7, still=True):
        choice = None if start else Goal(HERE, YOU)
        app = ChatApp(
            choice, config=folder, data=folder, outbox=folder / "outbox", theme=theme, title="" if start else "acme"
        )
        async with app.run_test(size=(width, height), notifications=True) as pilot:
            if others is not None:
                await others(Embedded(folder).address)
            yield pilot


async def until(pilot: Shot, *texts: str) -> None:
    """Wait until all the texts are on the screen.

    Raises:
        TimeoutError: with what is there instead.
    """
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while not all(text in screen(pilot) for text in texts):
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"{texts} did not appear:\n{screen(pilot)}")
        await pilot.pause(0.05)


async def write(pilot: Shot, text: str) -> None:
    """Type text, key by key."""
    for char in text:
        await pilot.press(char)


def screen(pilot: Shot) -> str:
    """Return what is on the screen, a line a row."""
    return "\n".join("".join(part.text for part in row) for row in pilot.app.screen._compositor.render_strips())


def take(pilot: Shot, name: str) -> Path:
    """Write the picture beside the scripts and return its path."""
    svg = pilot.app.export_screenshot(title=f"chat-tui {name.rpartition('-')[2]}")
    # Without this a renderer drops the blanks that a piece of text begins with.
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    path = FOLDER / f"{name}.svg"
    path.write_text(svg + "\n")
    return path


Picture = Callable[[], Awaitable[Path]]
