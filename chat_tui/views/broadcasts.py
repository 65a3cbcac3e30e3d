"""Announcements that are to be shown where one is, besides their own conversation. Pure."""

from __future__ import annotations

from chat_core.client.state.changes import Batch, MessagesAppended
from chat_core.protocol.values import Message


def broadcasts(batch: Batch, shown: int | None) -> list[Message]:
    """Return the announcements that came just now while another conversation was on the screen, oldest first.

    Args:
        batch: what came.
        shown: the conversation on the screen.
    """
    if shown is None:
        return []
    known = batch.state.conversations
    return [
        message
        for change in batch.changes
        if isinstance(change, MessagesAppended) and change.live and change.conversation != shown
        if change.conversation in known and known[change.conversation].info.kind == "announcements"
        for message in change.messages
    ]
