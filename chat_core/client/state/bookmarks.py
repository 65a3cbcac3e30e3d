"""At which messages one has bookmarks: as a resume tells it, and as it changes on any device. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state.changes import BookmarksChanged, Change
from chat_core.client.state.model import ClientState
from chat_core.protocol.events import BookmarkChanged
from chat_core.protocol.requests.marks import BookmarkedSeqs


def resumed(state: ClientState, told: Iterable[BookmarkedSeqs]) -> tuple[ClientState, list[Change]]:
    """Take over what there is now."""
    now = {each.conversation: frozenset(each.messages) for each in told}
    before = state.bookmarks
    changes: list[Change] = [
        BookmarksChanged(conversation=number)
        for number in sorted(now.keys() | before.keys())
        if now.get(number) != before.get(number)
    ]
    return (replace(state, bookmarks=MappingProxyType(now)) if changes else state), changes


def forgotten(state: ClientState, conversation: int) -> tuple[ClientState, list[Change]]:
    """Drop those of a conversation that is gone with all that was said in it; nobody tells of each of them."""
    if conversation not in state.bookmarks:
        return state, []
    rest = {number: kept for number, kept in state.bookmarks.items() if number != conversation}
    return replace(state, bookmarks=MappingProxyType(rest)), [BookmarksChanged(conversation=conversation)]


def changed(state: ClientState, event: BookmarkChanged) -> tuple[ClientState, list[Change]]:
    """Take one more, or one less."""
    number = event.conversation
    before = state.bookmarks.get(number, frozenset())
    after = before | {event.message} if event.kept else before - {event.message}
    rest = {other: kept for other, kept in state.bookmarks.items() if other != number}
    state = replace(state, bookmarks=MappingProxyType({**rest, number: after} if after else rest))
    return state, [BookmarksChanged(conversation=number)]
