"""What stands in the place of words by somebody whom one ignores, wherever messages are listed. Pure."""

from __future__ import annotations

from chat_core.protocol.values import Message
from chat_tui.views.names import called, shown_name


def folded_words(message: Message) -> str:
    """Return words that stand for a message; safe to draw."""
    return f"a message of {shown_name(called(message))}, whom you ignore"
