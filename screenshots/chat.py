"""The main screen at three widths and in the light look."""

from __future__ import annotations

from pathlib import Path

from screenshots.camera import demo, take, until


async def _chat(name: str, width: int, height: int, theme: str = "") -> Path:
    async with demo(width, height, theme=theme) as pilot:
        await until(pilot, "ann-bot", "Release planning")
        await until(pilot, "@ann-bot")
        await pilot.pause(1.5)
        for char in "thanks! I will also ":
            await pilot.press("space" if char == " " else "exclamation_mark" if char == "!" else char)
        await pilot.pause(0.5)
        return take(pilot, name)


async def narrow() -> Path:
    """80 columns: the timeline alone."""
    return await _chat("chat-80x24", 80, 24)


async def middle() -> Path:
    """120 columns: conversations at the left."""
    return await _chat("chat-120x32", 120, 32)


async def wide() -> Path:
    """168 columns: members at the right too."""
    return await _chat("chat-168x36", 168, 36)


async def light() -> Path:
    """The light look."""
    return await _chat("light-120x32", 120, 32, "chat-light")


PICTURES = (narrow, middle, wide, light)
