"""What is unread, and what names oneself: counted in the timeline where it is known, else as the server says. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec.structs import replace

from chat_core.base.names import name_key
from chat_core.client.state.model import ConversationState
from chat_core.client.state.timeline import behind
from chat_core.protocol.values import Account, Conversation, Message


def names(body: str, me: str) -> bool:
    """Return whether a text names somebody: `@name`, not as a part of a longer word or name, in any case."""
    return "@" in body and _pattern(name_key(me)).search(name_key(body)) is not None


def is_mention(message: Message, me: Account | None) -> bool:
    """Return whether somebody else names oneself in a message."""
    return me is not None and message.author != me.id and names(message.body, me.name)


def move_marker(conversation: ConversationState, read: int, me: Account | None) -> ConversationState:
    """Move the read marker forward, and count anew what lies behind it; an older one changes nothing."""
    if read <= conversation.read:
        return conversation
    unread, mentions = _count(conversation, read, me)
    if read + 1 < conversation.timeline.known_from:
        # Between the marker and the oldest known message nobody counted: this is the most it can be.
        unread = min(conversation.unread, unread + conversation.timeline.known_from - 1 - read)
    return replace(conversation, read=read, unread=unread, mentions=mentions)


def recount(conversation: ConversationState, info: Conversation, me: Account | None) -> ConversationState:
    """Take the server's numbers over, which hold up to `info.head`, and add what came behind it."""
    read = max(conversation.read, info.read)
    behind_head, _ = _count(conversation, max(read, info.head), me)
    all_known, mentions = _count(conversation, read, me)
    if read + 1 >= conversation.timeline.known_from and conversation.position.seq >= info.head:
        unread = all_known
    elif read >= info.head:
        unread = behind_head
    else:
        # The server may not know yet how far was read here.
        unread = max(0, info.unread - (_count(conversation, info.read, me)[0] - all_known)) + behind_head
    return replace(conversation, info=info, read=read, unread=unread, mentions=mentions)


def page_came(conversation: ConversationState, before: ConversationState, me: Account | None) -> ConversationState:
    """Count a page of older messages; when it reaches the read marker, the number of unread ones is certain."""
    read, known_from = conversation.read, conversation.timeline.known_from
    if known_from > read + 1:
        page = _mentions_between(conversation, read, before.timeline.known_from, me)
        return replace(conversation, mentions=conversation.mentions + page)
    if before.timeline.known_from <= read + 1 or conversation.position.seq < conversation.info.head:
        return conversation
    unread, mentions = _count(conversation, read, me)
    return replace(conversation, unread=unread, mentions=mentions)


def caught_up(conversation: ConversationState, me: Account | None) -> ConversationState:
    """Count anew where the position has reached the head of the last resume: what the server counted is known now.

    The server may not have known how far was read here, and then its number is too high.
    """
    if conversation.read + 1 < conversation.timeline.known_from:
        return conversation
    unread, mentions = _count(conversation, conversation.read, me)
    return replace(conversation, unread=unread, mentions=mentions)


def is_exact(conversation: ConversationState) -> bool:
    """Return whether the unread count is certain: counted here, or as the server said."""
    return not conversation.unread or conversation.read + 1 >= conversation.timeline.known_from


def _count(conversation: ConversationState, read: int, me: Account | None) -> tuple[int, int]:
    """Count known messages by others, and those that name oneself, behind a seq."""
    unread = mentions = 0
    for message in behind(conversation.timeline, read):
        if not message.aside and (me is None or message.author != me.id):
            unread += 1
            mentions += is_mention(message, me)
    return unread, mentions


def _mentions_between(conversation: ConversationState, read: int, known_from: int, me: Account | None) -> int:
    count = 0
    for message in conversation.timeline:
        if message.seq >= known_from:
            break
        count += message.seq > read and not message.aside and is_mention(message, me)
    return count


@lru_cache(maxsize=16)
def _pattern(key: str) -> re.Pattern[str]:
    # A name may hold "-", "_" and ".": "@ann-marie" is not ann, but "@ann." at the end of a sentence is.
    return re.compile(rf"(?<!\w)@{re.escape(key)}(?![\w]|[-.]+\w)")
