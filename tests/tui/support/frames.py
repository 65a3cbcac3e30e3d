"""The screen as text, and waiting for it: what a test of a drawn screen needs."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget

DEADLINE_S = 45.0


def rows(app: App[Any]) -> list[str]:
    """Return the rows of the screen as they are drawn, with their trailing spaces."""
    size = app.size
    strips = app.screen._compositor.render_strips(size)
    return [strip.text for strip in strips]


def frame(app: App[Any]) -> str:
    """Return the screen as rows of `|...|`, without trailing spaces."""
    return framed(rows(app))


def framed(texts: list[str]) -> str:
    """Return rows as `|...|`, without trailing spaces."""
    return "\n".join(f"|{text.rstrip()}|" for text in texts)


def pane(widget: Widget) -> list[str]:
    """Return what a widget draws, line by line, without trailing spaces."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def marker(lines: list[str]) -> int:
    """Return which line of a timeline says how much is below what is read: the newest ones stand behind it."""
    return next(y for y, line in enumerate(lines) if "↓" in line and " · End" in line)


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "the condition") -> None:
    """Wait until something is true.

    Raises:
        AssertionError: with the screen, when it was not within `DEADLINE_S`.
    """
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true; the screen was:\n{frame(pilot.app)}")
        await asyncio.sleep(0.005)
        await pilot.pause()


FRAMES = Path(__file__).parents[1] / "frames"


def expect(app: App[Any], name: str, top: int = 0) -> None:
    """Compare the screen with the one in `tests/tui/frames`; CHAT_FRAMES=write takes it over, to be looked at.

    Args:
        app: the application.
        name: of the file.
        top: first row that is compared.
    """
    path = FRAMES / f"{name}.txt"
    shown = framed(rows(app)[top:]) + "\n"
    if os.environ.get("CHAT_FRAMES") == "write":
        path.write_text(shown)
    assert shown == path.read_text()
