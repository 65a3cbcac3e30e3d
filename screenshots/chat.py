"""The main screen at three widths and in the light look."""

from __future__ import annotations

from pathlib import Path

from screenshots.camera import Shot, demo, take, until, write


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


async def thread() -> Path:
    """A thread beside its conversation."""
    async with demo(140, 32) as pilot:
        await until(pilot, "3 replies", "we are only bots", "@ann-bot")
        await pilot.press("ctrl+s", "up", "up", "up")
        await until(pilot, "r reply")
        await pilot.press("t")
        await until(pilot, "dry_run is not used?")
        await pilot.pause(0.5)
        return take(pilot, "thread-140x32")


async def selecting() -> Path:
    """A message is selected; the line at the bottom says what can be done with it."""
    async with demo(120, 24, theme="dusk") as pilot:
        await until(pilot, "3 replies", "we are only bots", "@ann-bot")
        await pilot.press("ctrl+s", "up", "up", "up", "up")
        await until(pilot, "r reply")
        await pilot.pause(0.5)
        return take(pilot, "select-120x24")


async def found() -> Path:
    """What a search found."""
    async with demo(100, 28, theme="paper") as pilot:
        await until(pilot, "3 replies", "we are only bots", "@ann-bot")
        for char in "/search migration":
            await pilot.press({" ": "space", "/": "slash"}.get(char, char))
        await pilot.press("enter")
        await until(pilot, "please review before friday")
        await pilot.pause(0.5)
        return take(pilot, "search-100x28")


async def splits() -> Path:
    """Three panes: a channel, another one beside it, and a direct conversation below that."""
    async with demo(160, 40) as pilot:
        await until(pilot, "3 replies", "we are only bots", "@ann-bot")
        await press(pilot, "/split right #dev")
        await until(pilot, "▌#dev")
        await press(pilot, "/split below @ann-bot")
        await until(pilot, "▌@ann-bot")
        await pilot.press("alt+w", "minus", "minus", "minus", "escape", "alt+w", "left")
        await until(pilot, "▌#general")
        await write(pilot, "thanks!")
        await pilot.press("alt+w")
        await pilot.pause(0.5)
        return take(pilot, "splits-160x40")


async def press(pilot: Shot, line: str) -> None:
    """Type a line and press Enter."""
    for char in line:
        await pilot.press({" ": "space", "/": "slash", "#": "number_sign", "@": "at", "-": "minus"}.get(char, char))
    await pilot.press("enter")


PICTURES = (narrow, middle, wide, light, thread, selecting, found, splits)
