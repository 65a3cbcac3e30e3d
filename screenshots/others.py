"""The screens around the chat: start, help, completion."""

from __future__ import annotations

import os
from pathlib import Path

from screenshots.camera import demo, take, until


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


PICTURES = (start, help_screen, completion, settings)
