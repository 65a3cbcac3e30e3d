"""What is unread, and what names oneself: counted in the timeline where it is known, else as the server says. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec.structs import replace

from chat_core.base.names import name_key
from chat_core.client.state.model import ConversationState, Listener
from chat_core.client.state.timeline import behind
from chat_core.protocol.values import Account, Conversation, Message


def names(body: str, me: str) -> bool:
    """Return whether a text names somebody: `@name`, not as a part of a longer word or name, in any case."""
    return "@" in body and _pattern(name_key(me)).search(name_key(body)) is not None


def is_unread(message: Message, listener: Listener) -> bool:
    """Return whether a message counts behind the read marker.

    It does if somebody else wrote it whom one does not ignore, it is still there, and stands not in its thread only.
    """
    me, ignored = listener
    mine = me is not None and message.author == me.id
    return not (message.deleted or message.aside or mine or message.author in ignored)


def is_mention(message: Message, listener: Listener) -> bool:
    """Return whether a message counts as a mention: it calls one, is not ignored, and stands not in its thread only."""
    return not message.aside and message.author not in listener.ignored and calls(message, listener.me)


def calls(message: Message, me: Account | None) -> bool:
    """Return whether somebody else names oneself in a message, or calls everybody."""
    return me is not None and message.author != me.id and (bool(message.everyone) or me.id in message.mentions)


def move_marker(conversation: ConversationState, read: int, listener: Listener) -> ConversationState:
    """Move the read marker forward, and count anew what lies behind it; an older one changes nothing."""
    return conversation if read <= conversation.read else _moved(conversation, read, listener)


def move_back(conversation: ConversationState, read: int, listener: Listener) -> ConversationState:
    """Move the read marker to where it is said to be, also back: what follows is unread from now on."""
    return conversation if read == conversation.read else _moved(conversation, read, listener)


def _moved(conversation: ConversationState, read: int, listener: Listener) -> ConversationState:
    unread, mentions = _count(conversation, read, listener)
    known_from = conversation.timeline.known_from
    uncounted = read + 1 < known_from
    if uncounted:
        # Between the marker and the oldest known message nobody counted: this is the most it can be.
        between = known_from - 1 - read
        if read > conversation.read:
            unread, mentions = (
                min(conversation.unread, unread + between),
                min(conversation.mentions, mentions + between),
            )
        else:
            unread += between
    return replace(conversation, read=read, unread=unread, mentions=mentions, uncounted=uncounted)


def renewed(conversation: ConversationState, info: Conversation, listener: Listener) -> ConversationState:
    """Take over what a resume says, which is newer than all that is known here: a marker may have gone back there."""
    if info.read < conversation.confirmed:
        conversation = replace(conversation, read=info.read, confirmed=info.read)
    return recount(replace(conversation, put_back=0), info, listener)


def recount(
    conversation: ConversationState, info: Conversation, listener: Listener, *, asked_at: int = 0
) -> ConversationState:
    """Take the server's numbers over, which hold up to `info.head`, and add what came behind it.

    They may be older than what is known here: an answer crosses with events. So they never move the marker back, nor
    forward where it was put back meanwhile: then they say nothing of what is unread now.

    Args:
        conversation: as it is known here.
        info: the answer.
        listener: for whom it counts.
        asked_at: where the account's log stood here when it was asked for.
    """
    if asked_at < conversation.put_back and info.read > conversation.confirmed:
        return replace(conversation, info=_with_numbers_of(conversation.info, info))
    read = max(conversation.read, info.read)
    behind_head = _count(conversation, max(read, info.head), listener)
    all_known = _count(conversation, read, listener)
    if read + 1 >= conversation.timeline.known_from and conversation.position.seq >= info.head:
        counts = all_known
    elif read >= info.head:
        counts = behind_head
    else:
        told = _count(conversation, info.read, listener)
        unread, mentions = (
            max(0, theirs - (known_there - known_here)) + newer
            for theirs, known_there, known_here, newer in zip(
                (info.unread, info.mentions), told, all_known, behind_head, strict=True
            )
        )
        counts = unread, mentions
    confirmed = max(conversation.confirmed, info.read)
    return replace(
        conversation, info=info, read=read, confirmed=confirmed, unread=counts[0], mentions=counts[1], uncounted=False
    )


def _with_numbers_of(known: Conversation, info: Conversation) -> Conversation:
    """Return what is said of a conversation, with the numbers, and the head up to which they hold, from before."""
    return replace(info, head=known.head, eid=known.eid, read=known.read, unread=known.unread, mentions=known.mentions)


def page_came(conversation: ConversationState, before: ConversationState, listener: Listener) -> ConversationState:
    """Count a page of older messages; when it reaches the read marker, the number of unread ones is certain."""
    read, known_from = conversation.read, conversation.timeline.known_from
    if known_from > read + 1:
        return conversation
    if before.timeline.known_from <= read + 1 or conversation.position.seq < conversation.info.head:
        return conversation
    unread, mentions = _count(conversation, read, listener)
    return replace(conversation, unread=unread, mentions=mentions)


def caught_up(conversation: ConversationState, listener: Listener) -> ConversationState:
    """Count anew where the position has reached the head of the last resume: what the server counted is known now.

    The server may not have known how far was read here, and then its number is too high.
    """
    if conversation.read + 1 < conversation.timeline.known_from:
        return conversation
    unread, mentions = _count(conversation, conversation.read, listener)
    return replace(conversation, unread=unread, mentions=mentions)


def heard_anew(conversation: ConversationState, before: Listener, now: Listener) -> ConversationState:
    """Count anew because one ignores somebody else than before; where that needs what is not known here, say so."""
    read, known_from = conversation.read, conversation.timeline.known_from
    counts = _count(conversation, read, now)
    if read + 1 >= known_from and conversation.position.seq >= conversation.info.head:
        return replace(conversation, unread=counts[0], mentions=counts[1])
    if read >= max(conversation.position.seq, conversation.info.head):
        return conversation
    unread, mentions = (
        max(0, count + after - known)
        for count, known, after in zip(
            (conversation.unread, conversation.mentions), _count(conversation, read, before), counts, strict=True
        )
    )
    return replace(conversation, unread=unread, mentions=mentions, uncounted=True)


def is_exact(conversation: ConversationState) -> bool:
    """Return whether the unread count is certain: counted here, or as the server said."""
    return not conversation.unread or conversation.read + 1 >= conversation.timeline.known_from


def _count(conversation: ConversationState, read: int, listener: Listener) -> tuple[int, int]:
    """Count known messages that count as unread, and those that name oneself, behind a seq."""
    unread = mentions = 0
    for message in behind(conversation.timeline, read):
        unread += is_unread(message, listener)
        mentions += is_mention(message, listener)
    return unread, mentions


@lru_cache(maxsize=16)
def _pattern(key: str) -> re.Pattern[str]:
    # A name may hold "-", "_" and ".": "@ann-marie" is not ann, but "@ann." at the end of a sentence is.
    return re.compile(rf"(?<!\w)@{re.escape(key)}(?![\w]|[-.]+\w)")
