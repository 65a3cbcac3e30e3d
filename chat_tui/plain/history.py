"""`chat-tui history`: the newest messages of a conversation, oldest first, then done."""

from __future__ import annotations

from functools import partial

from chat_core.base.exit_codes import ExitCode
from chat_core.client import Client
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.messages import History
from chat_core.protocol.values import Message
from chat_tui.exports.lines import as_json, as_text, of_message
from chat_tui.plain.running import Server, emit, find, persist, spelled

CONNECT_WITHIN_S = 10.0
"""Time for connecting and signing in, in seconds."""


async def history(server: Server, target: str, *, last: int, json: bool) -> ExitCode:
    """Print the newest messages.

    Args:
        server: where, and as whom.
        target: `#channel` or `@user`.
        last: how many, at least 1.
        json: one JSON object a line instead of text.
    """
    target = spelled(target)
    async with server.client("chat-tui history") as client:
        conversation = await persist(client, partial(find, client, target), CONNECT_WITHIN_S)
        for message in await persist(client, partial(_newest, client, conversation, last), CONNECT_WITHIN_S):
            line = of_message(target, message)
            emit(as_json(line) if json else as_text(line))
    return ExitCode.OK


async def _newest(client: Client, conversation: int, count: int) -> list[Message]:
    """Return the newest `count` messages, oldest first, page by page from the end."""
    found: list[Message] = []
    while len(found) < count:
        limit = min(PAGE_ITEMS, count - len(found))
        if found:
            ask = History(conversation=conversation, anchor="before", seq=found[0].seq, limit=limit)
        else:
            ask = History(conversation=conversation, limit=limit)
        page = await client.call(ask)
        found[:0] = page.messages
        if page.at_start or not page.messages:
            break
    return found
