"""Which columns make a message, and which an event, for all who read them: a new one is read by all, or by none."""

from __future__ import annotations

from typing import Final

import msgspec

from chat_core.protocol.values import Everyone, Style
from chat_core.server.store.gathered import Blob
from chat_core.server.store.schema import accounts, events, files, messages

FOLDED: Final = (
    messages.c.changed,
    messages.c.body,
    messages.c.style,
    messages.c.reply_to,
    messages.c.edits,
    messages.c.deleted,
    messages.c.thread,
    messages.c.in_channel,
    messages.c.replies,
    messages.c.last_reply,
    messages.c.mentions,
    messages.c.everyone,
    messages.c.bot,
    messages.c.via,
    messages.c.reactions,
    messages.c.pinned,
)
"""What a message is made of besides its number, time and author."""
ATTACHED: Final = (
    files.c.name.label("file_name"),
    files.c.size.label("file_size"),
    files.c.type.label("file_type"),
    files.c.sha256,
)
"""What is told of the file that hangs on one; all NULL where there is none."""


class MessageRow(msgspec.Struct, array_like=True):
    """A message as it is read: number, time, author, author's names, then the columns above."""

    id: int
    ts: int
    author: int
    name: str
    display: str
    changed: int
    body: str
    style: Style
    reply_to: int | None
    edits: int
    deleted: bool
    thread: int | None
    in_channel: bool | None
    replies: int
    last_reply: int
    mentions: str
    everyone: Everyone
    bot: bool
    via: str
    reactions: Blob
    pinned: bool
    file_name: str | None
    file_size: int | None
    file_type: str | None
    sha256: Blob


NAMED_EVENT: Final = (
    events.c.id,
    events.c.eid,
    events.c.kind,
    events.c.author,
    accounts.c.name,
    events.c.ts,
    events.c.cid,
    events.c.payload,
    events.c.target,
)
"""An event with the name of who did it, in the order in which `payloads.conversation_event` takes them."""
