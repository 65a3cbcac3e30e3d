"""How it is drawn that somebody is there, away, busy or not connected: each by a sign, not only a colour. Pure."""

from __future__ import annotations

from chat_core.protocol.values import Availability
from chat_tui.views.lines import Span


def dot(online: bool, state: Availability) -> Span:
    """Return the sign, with a blank behind it."""
    if not online:
        return Span("○ ", "quiet")
    match state:
        case "away":
            return Span("◐ ", "away")
        case "busy":
            return Span("◆ ", "error")
        case "online":
            return Span("● ", "ok")


def in_a_word(online: bool, state: Availability) -> str:
    """Return the same as a word."""
    return state if online else "offline"
