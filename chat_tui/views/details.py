"""What is told of a message besides its text: by whom, when, where; a term and some words each. Pure."""

from __future__ import annotations

from datetime import datetime

from chat_core.base.filenames import file_name
from chat_core.client.state.model import Unsent
from chat_core.protocol.values import Message
from chat_tui.views.clean import drawable_line
from chat_tui.views.when import local

Pairs = list[tuple[str, str]]


def of_message(target: str, message: Message) -> Pairs:
    """Return what matters of a message that is on the server.

    Args:
        target: the conversation it stands in.
        message: it.
    """
    pairs = [
        ("From", _author(message)),
        ("Taken at", moment(message.ts)),
        ("Address", drawable_line(f"{target}:{message.seq}")),
    ]
    if message.reply_to is not None:
        pairs.append(("Answers", f"{drawable_line(target)}:{message.reply_to}"))
    if message.file is not None:
        kind = drawable_line(message.file.type)
        pairs.append(("File", f"{file_name(message.file.name)}, {message.file.size:,} bytes, {kind}"))
    if message.deleted:
        pairs.append(("Deleted", "its text is gone, on the server too"))
    elif message.edits:
        pairs.append(("Edited", "once" if message.edits == 1 else f"{message.edits} times"))
    return pairs


def of_unsent(unsent: Unsent) -> Pairs:
    """Return what matters of a message that is not on the server."""
    state = {"queued": "waits for the connection", "sending": "is on its way", "failed": "was refused"}[unsent.status]
    why = drawable_line(unsent.text)
    return [("From", "you"), ("Written at", moment(unsent.ts)), ("State", f"{state}: {why}" if why else state)]


def size_of(body: str) -> tuple[str, str]:
    """Return how long a text is."""
    return "Size", f"{len(body):,} characters, {len(body.encode()):,} bytes"


def further(message: Message) -> Pairs:
    """Return what only whoever looks closely asks for."""
    pairs = [("Numbers", _numbers(message))]
    if message.style != "text":
        pairs.append(("Style", drawable_line(message.style)))
    if message.thread is not None:
        pairs.append(("Thread", f"{message.thread}{', and in the channel' if message.in_channel else ''}"))
    if message.replies:
        pairs.append(("Replies", f"{message.replies:,}, the last at {moment(message.last_reply)}"))
    if message.mentions or message.everyone:
        named = ", ".join(f"account {account}" for account in message.mentions)
        pairs.append(("Names", ", ".join(filter(None, (drawable_line(message.everyone), named)))))
    if message.via:
        pairs.append(("By way of", drawable_line(message.via)))
    return pairs


def moment(ts: int) -> str:
    """Return a time, milliseconds since 1970, with everything that belongs to it."""
    then: datetime = local(ts, None)
    return then.strftime("%A %d %B %Y, %H:%M:%S %z")


def _numbers(message: Message) -> str:
    changed = "" if message.changed == message.seq else f", changed last by event {message.changed}"
    return f"event {message.seq}{changed}, {message.ts} ms since 1970"


def _author(message: Message) -> str:
    shown = f"{drawable_line(message.display)}, who is " if message.display else ""
    return f"{shown}{drawable_line(message.name)} (account {message.author})"
