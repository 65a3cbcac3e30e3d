"""Keys and text for tests with a pilot: all at once, as a fast typist or a burst on the line would send them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Final

from textual import events
from textual._queue import Queue
from textual.app import App
from textual.keys import _character_to_key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.support.drawing import draw

QUIET_TURNS: Final = 3
"""Turns of the loop without anything to do, one after another, after which nothing follows from what was done."""

PATIENCE_S: Final = 20.0
"""Longest wait for a handler that waits for something itself, in seconds."""


async def write(pilot: Pilot[Any], text: str) -> None:
    """Type text."""
    await press(pilot, *text)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after another without waiting in between, then wait until what they do here is done.

    What comes of it from elsewhere (an answer of the server, a file, a timer) is not waited for: that is for the test.

    Args:
        pilot: of the application.
        keys: characters, or names of keys.
    """
    for key in keys:
        char = " " if key == "space" else key if len(key) == 1 else None
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        pilot.app.post_message(events.Key(name, char))
    await quiet(pilot.app)


async def quiet(app: App[Any]) -> None:
    """Wait until all messages of the application are handled and all is laid out and drawn.

    What the toolkit puts off for a fraction of a second, so that much of it is done at once, is done here and now.

    The toolkit's own pause waits until the process uses little time. On a busy machine it uses little while it waits
    to be let do its work, and on an idle one each such wait costs more than the work.
    """
    end = time.monotonic() + PATIENCE_S
    turns = 0
    while turns < QUIET_TURNS and time.monotonic() < end:
        await asyncio.sleep(0)
        if any(_is_busy(pump) for pump in _pumps(app)):
            turns = 0
        elif app.is_running and app._resize_event is not None:
            app._check_resize()
            turns = 0
        elif app.is_running and _is_to_be_drawn(app):
            app.screen._on_timer_update()
            turns = 0
        elif app.is_running and draw(app):
            turns = 0
        else:
            turns += 1


def _pumps(app: App[Any]) -> Iterator[MessagePump]:
    yield app
    kept = [each for each in app._installed_screens.values() if isinstance(each, Screen) and each.is_running]
    for screen in {*app.screen_stack, *kept} if app.is_running else ():
        yield from screen.walk_children(with_self=True)


def _is_busy(pump: MessagePump) -> bool:
    """Whether it does something: it does not wait for a message."""
    queue: Queue[Message | None] = pump._message_queue
    waits = queue.empty() and any(not each.done() for each in queue.ready_event._waiters)
    return not pump._closed and not waits


def _is_to_be_drawn(app: App[Any]) -> bool:
    screen = app.screen
    wanted = (
        screen._layout_required,
        screen._scroll_required,
        screen._repaint_required,
        screen._recompose_required,
        screen._dirty_widgets,
        screen._callbacks,
    )
    return not app._batch_count and any(wanted)
