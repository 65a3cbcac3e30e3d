"""`chat-tui unread`: where something is unread, in which threads, and how much of it mentions one, then done."""

from __future__ import annotations

import json as jsons
from collections.abc import Iterable
from functools import partial

from chat_core.base.exit_codes import ExitCode
from chat_core.client import Client
from chat_core.protocol.requests.attention import ListUnread
from chat_core.protocol.requests.conversations import Find
from chat_core.protocol.requests.threads import CountThreads
from chat_core.protocol.values import Conversation, ThreadCount
from chat_tui.plain.running import Server, emit, persist
from chat_tui.views.clean import drawable_line

CONNECT_WITHIN_S = 10.0
"""Time for connecting and signing in, in seconds."""


async def unread(server: Server, *, json: bool) -> ExitCode:
    """Print a line for each conversation and each followed thread in which something is unread; none, if nothing is.

    Args:
        server: where, and as whom.
        json: one JSON object a line instead of text.
    """
    async with server.client("chat-tui unread") as client:
        found = await persist(client, partial(client.call, ListUnread()), CONNECT_WITHIN_S)
        threads = await persist(client, partial(_threads, client, found.conversations), CONNECT_WITHIN_S)
    for each in found.conversations:
        emit(as_json(each) if json else as_text(each))
    for target, thread in threads:
        emit(thread_as_json(target, thread) if json else thread_as_text(target, thread))
    return ExitCode.OK


async def _threads(client: Client, known: Iterable[Conversation]) -> list[tuple[str, ThreadCount]]:
    """Return the threads with something unread, and the TARGET of each one's conversation."""
    targets = {conversation.id: conversation.target for conversation in known}
    counted = [count for count in (await client.call(CountThreads())).counts if count.unread]
    for number in {count.conversation for count in counted} - targets.keys():
        targets[number] = (await client.call(Find(conversation=number))).conversation.target
    return [(targets[count.conversation], count) for count in counted]


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
    words = f"{drawable_line(conversation.target)}: {_counted(conversation)}"
    return words + (" (quiet)" if conversation.quiet else "")


def thread_as_json(target: str, thread: ThreadCount) -> str:
    """Return a thread as one JSON object."""
    return jsons.dumps(
        {
            "conversation": target,
            "thread": thread.thread,
            "unread": thread.unread,
            "mentions": thread.mentions,
            "read": thread.read,
        }
    )


def thread_as_text(target: str, thread: ThreadCount) -> str:
    """Return it for people."""
    return f"{drawable_line(target)}:{thread.thread}, a thread: {_counted(thread)}"


def _counted(place: Conversation | ThreadCount) -> str:
    words = f"{place.unread} unread"
    if place.mentions:
        words += f", {place.mentions} of them {'mentions' if place.mentions == 1 else 'mention'} you"
    return words
