"""Which columns make a message, and which an event, for all who read them: a new one is read by all, or by none."""

from __future__ import annotations

from typing import Final

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
