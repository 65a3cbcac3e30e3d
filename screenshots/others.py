"""The screens around the chat: start, help, completion."""

from __future__ import annotations

import os
from pathlib import Path

from screenshots.camera import demo, take, until, write


async def start() -> Path:
    """The start screen."""
    os.environ["LOGNAME"] = "ann"  # the name that is offered, whoever takes the picture
    async with demo(80, 24, start=True) as pilot:
        await until(pilot, "this computer")
        return take(pilot, "start-80x24")


async def help_screen() -> Path:
    """The help."""
    async with demo(100, 32) as pilot:
        await until(pilot, "Release planning")
        await pilot.press("f1")
        await until(pilot, "WRITING")
        return take(pilot, "help-100x32")


async def completion() -> Path:
    """Completing a command."""
    async with demo(100, 24) as pilot:
        await until(pilot, "Release planning", "we are only bots")
        await pilot.press("slash")
        await until(pilot, "/join")
        return take(pilot, "completion-100x24")


async def settings() -> Path:
    """The settings, with another theme just chosen."""
    async with demo(100, 28) as pilot:
        await until(pilot, "Release planning", "we are only bots")
        await pilot.press("f2")
        await until(pilot, "SETTINGS")
        await pilot.press("right", "right", "right")
        await until(pilot, "Written.")
        return take(pilot, "settings-100x28")


async def filters() -> Path:
    """Lines that are hidden, which rules hide them, and how much that is."""
    async with demo(100, 24) as pilot:
        await until(pilot, "Release planning", "we are only bots")
        for line in ("/filter @peter-bot", "/filter everywhere joins", "/filter"):
            await write(pilot, line)
            await pilot.press("enter")
            await until(pilot, "Hidden from now on" if line != "/filter" else "Your filters hide")
            await until(pilot, "everywhere" if line != "/filter @peter-bot" else "peter-bot says")
        return take(pilot, "filters-100x24")


async def marks() -> Path:
    """Named places, and the list that leads back to them."""
    async with demo(100, 28) as pilot:
        await until(pilot, "Release planning", "we are only bots")
        await pilot.press("ctrl+s", *["up"] * 4, "m")
        await until(pilot, "Mark a is at")
        await pilot.press("escape", "escape")
        await write(pilot, "/mark here")
        await pilot.press("enter")
        await until(pilot, "Mark here is at")
        await pilot.press("escape")
        await write(pilot, "/marks")
        await pilot.press("enter")
        await until(pilot, "Del drops it")
        return take(pilot, "marks-100x28")


PICTURES = (start, help_screen, completion, settings, filters, marks)
