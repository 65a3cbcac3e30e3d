"""`chat-tui react`, `edit` and `delete`: one change of one message, then done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import parse_message
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.marks import React
from chat_core.protocol.requests.messages import Delete, Edit
from chat_tui.commands.emoji import emoji_of
from chat_tui.plain.running import Server, emit, find, persist

CONNECT_WITHIN_S = 10.0
"""Time for connecting and signing in, in seconds."""

Make = Callable[[int, int], Request[Any]]
"""Returns the request for a conversation's number and a seq."""


async def react(server: Server, address: str, emoji: str, *, on: bool) -> ExitCode:
    """React to a message, or take that back.

    Args:
        server: where, and as whom.
        address: `#ops:17`.
        emoji: itself, or its shortcode in colons.
        on: False: take it back.
    """
    found = emoji_of(emoji)
    if not found:
        raise UsageFault(f"'{emoji[:40]}' is no emoji: write one, or its name as :+1:.")
    return await _change(server, address, "react", lambda where, seq: _react(where, seq, found, on))


async def edit(server: Server, address: str, text: str) -> ExitCode:
    """Replace the text of a message of one's own."""
    return await _change(server, address, "edit", lambda where, seq: Edit(conversation=where, seq=seq, body=text))


async def delete(server: Server, address: str) -> ExitCode:
    """Delete a message."""
    return await _change(server, address, "delete", lambda where, seq: Delete(conversation=where, seq=seq))


def _react(where: int, seq: int, emoji: str, on: bool) -> Request[Any]:
    return React(conversation=where, seq=seq, emoji=emoji, on=on)


async def _change(server: Server, address: str, name: str, make: Make) -> ExitCode:
    """Ask for a change, which is safe to repeat, and print the address of the event that tells of it."""
    target, seq = parse_message(address)
    async with server.client(f"chat-tui {name}") as client:
        where = await persist(client, partial(find, client, target), CONNECT_WITHIN_S)
        done = await persist(client, partial(client.call, make(where, seq)), CONNECT_WITHIN_S)
        emit(f"{target}:{done.seq}")
    return ExitCode.OK
