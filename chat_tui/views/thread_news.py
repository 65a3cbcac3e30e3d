"""What is new in the threads that one follows: which has news, the row in the list, the words in the status. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from chat_core.client.state.model import ClientState, ConversationState
from chat_tui.views.lines import Line, Span, spread

THREADS: Final = 0
"""Stands in the list for the threads, where others have the number of their conversation."""
_MANY: Final = 99


class Waiting(Struct, frozen=True):
    """A thread with news."""

    conversation: int
    """Where it is."""
    thread: int
    """seq of what it hangs on."""
    mentions: int
    """How much of what is new calls oneself."""


def all_unread(conversation: ConversationState) -> int:
    """Return how many messages are unread in a conversation, and in the threads there that one follows."""
    return conversation.unread + sum(news.unread for news in conversation.followed.values())


def waiting(state: ClientState, besides: tuple[int | None, int] | None = None) -> list[Waiting]:
    """Return the followed threads in which something is new, those that call one first.

    Args:
        state: what is known.
        besides: conversation and thread that are on the screen: they wait no more.
    """
    found = [
        Waiting(number, thread, news.mentions)
        for number, conversation in sorted(state.conversations.items())
        for thread, news in sorted(conversation.followed.items())
        if news.unread and (number, thread) != besides
    ]
    return sorted(found, key=lambda each: not each.mentions)


def row(state: ClientState, cells: int) -> Line | None:
    """Return the row on top of the list, None: one follows no thread.

    It stays when nothing is new, so that the rows below it keep their place.
    """
    if not any(conversation.followed for conversation in state.conversations.values()):
        return None
    new = waiting(state)
    name = (Span(" "), Span("↳ ", "thread"), Span("Threads", "strong" if new else "muted"))
    count = number(len(new))
    badge = (Span(f" {count} ", "badge") if new[0].mentions else Span(count, "attention"),) if new else ()
    return Line(spread(name, (*badge, Span(" ")), cells, gap=1))


def label(state: ClientState) -> tuple[bool, str] | None:
    """Return the words in the status, and whether something in there calls one; None: nothing is new."""
    new = waiting(state)
    return (new[0].mentions > 0, f"Threads {number(len(new))}") if new else None


def number(count: int) -> str:
    """Return a count in at most three characters."""
    return str(count) if count <= _MANY else f"{_MANY}+"
