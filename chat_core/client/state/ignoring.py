"""Whom one ignores: what they say is nothing new, so everything is counted anew when somebody is ignored, or no longer.

Where the messages behind a read marker are not known here, only the server can count: it is asked for all numbers at
once, which come as `Recounted`. Pure.
"""

from __future__ import annotations

from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state.changes import Change, IgnoredChanged
from chat_core.client.state.inputs import Opened, Recounted
from chat_core.client.state.listing import differences, opened
from chat_core.client.state.model import ClientState, ConversationState, Listener
from chat_core.client.state.reading import heard_anew
from chat_core.protocol.events import IgnoreChanged


def changed(state: ClientState, event: IgnoreChanged) -> tuple[ClientState, list[Change]]:
    """Ignore somebody, or no longer, in every conversation."""
    ignored = state.ignored | {event.account} if event.ignored else state.ignored - {event.account}
    before, listener = state.listener, Listener(state.me, ignored)
    changes: list[Change] = [IgnoredChanged()]
    conversations: dict[int, ConversationState] = {}
    for number, known in state.conversations.items():
        now = _without_typists(heard_anew(known, before, listener), ignored)
        if now.followed:
            now = replace(now, recounts=now.recounts + 1)
        changes += differences(known, now)
        conversations[number] = now
    return replace(state, ignored=ignored, conversations=MappingProxyType(conversations)), changes


def recounted(state: ClientState, input: Recounted) -> tuple[ClientState, list[Change]]:
    """Take over what the server says of these conversations, but for who is online, of which it says nothing.

    Its heads may lie behind what has come here yet. What follows up to there is taken as known to the list, so the
    list gets all of it: topics, rules, roles and people, not the numbers alone.
    """
    changes: list[Change] = []
    for info in input.conversations:
        known = state.conversations.get(info.id)
        if known is None:
            continue
        told = replace(info, online=known.info.online, state=known.info.state)
        state, more = opened(state, Opened(conversation=told, asked_at=input.asked_at))
        changes += more
    return state, changes


def _without_typists(conversation: ConversationState, ignored: frozenset[int]) -> ConversationState:
    typing = tuple(typist for typist in conversation.typing if typist.account not in ignored)
    return conversation if len(typing) == len(conversation.typing) else replace(conversation, typing=typing)
