"""Which messages stand where one writes: those of the thread that is open, else those of the conversation itself. Pure.

What stands in a thread only is no line of the conversation: whoever speaks of the last message there does not mean it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Account, Message

_LOOKED_AT: Final = 500
"""Newest messages of a conversation that are looked at."""


def messages_here(conversation: ConversationState, thread: int) -> Iterator[Message]:
    """Yield the messages there, as far as they are known, the newest first.

    Args:
        conversation: that is open.
        thread: the thread that is open in it, by the seq of what it hangs on, which comes last; 0: none.
    """
    inside = conversation.threads.get(thread)
    if inside is not None:
        yield from reversed((inside.root, *inside.messages))
        return
    for message in reversed(conversation.timeline.newest(_LOOKED_AT)):
        if thread in (message.seq, message.thread) if thread else not message.aside:
            yield message


def message_here(conversation: ConversationState, thread: int, seq: int) -> Message | None:
    """Return the message of a number; None: it is not known here."""
    inside = conversation.threads.get(thread)
    there = (inside.root, *inside.messages) if inside is not None else ()
    return next((each for each in there if each.seq == seq), None) or conversation.timeline.find(seq)


def last_of_others(conversation: ConversationState, thread: int, silent: frozenset[int]) -> Message | None:
    """Return the last message that was not deleted, by nobody of some accounts."""
    there = messages_here(conversation, thread)
    return next((each for each in there if not each.deleted and each.author not in silent), None)


def last_own(conversation: ConversationState, thread: int, me: Account | None) -> Message | None:
    """Return one's own last message that was not deleted."""
    there = messages_here(conversation, thread)
    return next((each for each in there if not each.deleted and me is not None and each.author == me.id), None)
