"""What who came into a group later gets of a change of an older message: that there was one, not the text. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.protocol.events import ConversationEvent, MessageEdited


def for_latecomer(event: ConversationEvent, since: int) -> ConversationEvent:
    """Return an event as a member gets it that reads what is behind `since`; the seqs stay without a gap."""
    if isinstance(event, MessageEdited) and event.message <= since:
        return replace(event, body="", mentions=(), everyone="")
    return event
