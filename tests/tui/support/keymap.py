"""What each row of the keymap does, shown by pressing its keys: one function for each id of the table.

A function is given somebody who sits in #general, and the first key of the row. Whoever adds a row adds one here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from chat_core.client import Client
from tests.tui.support.visiting import Sitting, bodies, other, unique

Check = Callable[[Sitting, str], Awaitable[None]]

CHECKS: Final[dict[str, Check]] = {}


def row(*ids: str) -> Callable[[Check], Check]:
    """Say which rows a function shows."""

    def declare(check: Check) -> Check:
        for id in ids:
            assert id not in CHECKS, id
            CHECKS[id] = check
        return check

    return declare


def name_of(me: Sitting) -> str:
    """Return the address of the server."""
    return str(me.chat.bridge._address)


@asynccontextmanager
async def friend(me: Sitting, name: str = "") -> AsyncIterator[Client]:
    """Let somebody else be on the same server, or somebody with a name."""
    async with other(name_of(me), name) as client:
        yield client


async def in_channel(me: Sitting, *lines: str) -> str:
    """Go to a channel of one's own, and say something there."""
    channel = unique("#k")
    await me.enter(f"/join {channel}")
    await me.is_at(channel)
    for line in lines:
        await me.enter(line)
    await me.until(lambda: bodies(me.here) == list(lines) and not me.here.unsent, "all is sent")
    return channel


async def typed(me: Sitting, text: str, *keys: str) -> str:
    """Write something and press keys; return what is written then."""
    await me.write(text)
    await me.press(*keys)
    return me.written
