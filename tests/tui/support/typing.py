"""Keys and text for tests with a pilot: all at once, as a fast typist or a burst on the line would send them."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot


async def write(pilot: Pilot[Any], text: str) -> None:
    """Type text."""
    await press(pilot, *text)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after another without waiting in between, then wait until all is quiet.

    Args:
        pilot: of the application.
        keys: characters, or names of keys.
    """
    for key in keys:
        char = " " if key == "space" else key if len(key) == 1 else None
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        pilot.app.post_message(events.Key(name, char))
    await pilot.pause()
