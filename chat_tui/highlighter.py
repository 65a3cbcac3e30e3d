"""Counts unread messages with a highlight word as mentions, on this computer: the server counts no such words.

So it counts what this client has seen since it started: messages that came, and those of pages that were read. What was
said before and is not here counts once it is scrolled to.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state.changes import (
    Batch,
    IgnoredChanged,
    MessageChanged,
    MessagesAppended,
    MessagesPrepended,
    TimelineReset,
)
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.client.state.reading import calls
from chat_core.client.state.timeline import behind
from chat_core.protocol.values import Account, Message
from chat_tui.views.highlighting import highlights


class Highlighter:
    """See the module's head.

    Args:
        words: returns the setting as it is now.
    """

    def __init__(self, words: Callable[[], str]) -> None:
        self._words_of = words
        self._words = ""
        self._found: dict[int, frozenset[int]] = {}

    def seen(self, batch: Batch) -> Batch:
        """Return a batch whose state counts what is highlighted, too."""
        words, before = self._words_of(), self._words
        if not words and not before:
            return batch
        self._words = words
        state = batch.state
        if words != before or any(isinstance(change, IgnoredChanged) for change in batch.changes):
            self._found = {number: self._all(state, known) for number, known in state.conversations.items()}
        else:
            self._follow(batch)
        return Batch(state=self._counted(state), changes=batch.changes)

    def _follow(self, batch: Batch) -> None:
        """Take note of what came; the rest is as it was."""
        state = batch.state
        for change in batch.changes:
            match change:
                case MessagesAppended(conversation=number, messages=messages):
                    found = {each.seq for each in messages if self._counts(state, each)}
                    if found:
                        self._found[number] = self._found.get(number, frozenset()) | found
                case MessagesPrepended(conversation=number) | TimelineReset(conversation=number):
                    known = state.conversations.get(number)
                    self._found[number] = frozenset() if known is None else self._all(state, known)
                case MessageChanged(conversation=number, seq=seq):
                    known = state.conversations.get(number)
                    message = None if known is None else known.timeline.find(seq)
                    rest = self._found.get(number, frozenset()) - {seq}
                    counts = message is not None and self._counts(state, message)
                    self._found[number] = rest | {seq} if counts else rest
                case _:
                    pass

    def _all(self, state: ClientState, known: ConversationState) -> frozenset[int]:
        return frozenset(each.seq for each in behind(known.timeline, known.read) if self._counts(state, each))

    def _counts(self, state: ClientState, message: Message) -> bool:
        """Return whether a message is highlighted and no mention besides, which the client counts itself."""
        me: Account | None = state.me
        if message.aside or message.author in state.ignored or calls(message, me):
            return False
        return highlights(message, me, self._words)

    def _counted(self, state: ClientState) -> ClientState:
        more: dict[int, ConversationState] = {}
        for number, seqs in list(self._found.items()):
            known = state.conversations.get(number)
            unread = frozenset() if known is None else frozenset(seq for seq in seqs if seq > known.read)
            if not unread:
                del self._found[number]
                continue
            self._found[number] = unread
            if known is not None:
                more[number] = replace(known, mentions=min(known.unread, known.mentions + len(unread)))
        return replace(state, conversations=MappingProxyType({**state.conversations, **more})) if more else state
