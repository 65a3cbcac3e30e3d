"""Lines between messages: the newest of them are kept. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.client.state.model import ConversationState, Notice

NOTICES = 200
"""Lines between messages that are kept."""


def add_notice(conversation: ConversationState, notice: Notice) -> ConversationState:
    """Put a line at the end; the oldest goes when there are too many."""
    return replace(conversation, notices=(*conversation.notices[-NOTICES + 1 :], notice))
