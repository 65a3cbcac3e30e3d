"""`chat-tui unread`: where something is unread, and how much of it mentions one, then done."""

from __future__ import annotations

import json as jsons
from functools import partial

from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.requests.attention import ListUnread
from chat_core.protocol.values import Conversation
from chat_tui.plain.running import Server, emit, persist
from chat_tui.views.clean import drawable_line

CONNECT_WITHIN_S = 10.0
"""Time for connecting and signing in, in seconds."""


async def unread(server: Server, *, json: bool) -> ExitCode:
    """Print a line for each conversation in which something is unread; none, if nothing is.

    Args:
        server: where, and as whom.
        json: one JSON object a line instead of text.
    """
    async with server.client("chat-tui unread") as client:
        found = await persist(client, partial(client.call, ListUnread()), CONNECT_WITHIN_S)
    for each in found.conversations:
        emit(as_json(each) if json else as_text(each))
    return ExitCode.OK


def as_json(conversation: Conversation) -> str:
    """Return a conversation as one JSON object."""
    return jsons.dumps(
        {
            "conversation": conversation.target,
            "unread": conversation.unread,
            "mentions": conversation.mentions,
            "quiet": conversation.quiet,
            "read": conversation.read,
            "head": conversation.head,
        }
    )


def as_text(conversation: Conversation) -> str:
    """Return it for people."""
    words = f"{drawable_line(conversation.target)}: {conversation.unread} unread"
    if conversation.mentions:
        words += f", {conversation.mentions} of them {'mentions' if conversation.mentions == 1 else 'mention'} you"
    return words + (" (quiet)" if conversation.quiet else "")
