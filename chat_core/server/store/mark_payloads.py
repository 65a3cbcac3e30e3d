"""Reactions, pins and bookmarks to rows and back. Pure; `payloads` asks it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from chat_core.protocol.events import (
    AccountEvent,
    BookmarkChanged,
    ConversationEvent,
    MessagePinned,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
)
from chat_core.protocol.reactions import Reaction

REACTION_ADDED: Final = "reaction_added"
REACTION_REMOVED: Final = "reaction_removed"
MESSAGE_PINNED: Final = "message_pinned"
MESSAGE_UNPINNED: Final = "message_unpinned"
BOOKMARK_CHANGED: Final = "bookmark_changed"
"""Kinds as they stand in the tables: for ever, whatever becomes of the names on the wire."""


class _Reacted(msgspec.Struct, frozen=True):
    emoji: str


class _Bookmark(msgspec.Struct, frozen=True):
    message: int
    kept: bool


_pack = msgspec.msgpack.Encoder().encode
_reacted = msgspec.msgpack.Decoder(_Reacted).decode
_bookmark = msgspec.msgpack.Decoder(_Bookmark).decode
_counts = msgspec.msgpack.Decoder(tuple[tuple[str, int], ...]).decode


def pack_reacted(emoji: str) -> bytes:
    """Return the payload of a `ReactionAdded` or `ReactionRemoved`."""
    return _pack(_Reacted(emoji))


def reacted_with(payload: bytes) -> str:
    """Return the emoji in the payload of a `ReactionAdded` or `ReactionRemoved`."""
    return _reacted(payload).emoji


def pack_bookmark(message: int, *, kept: bool) -> bytes:
    """Return the payload of a `BookmarkChanged`."""
    return _pack(_Bookmark(message, kept))


def pack_counts(reactions: tuple[Reaction, ...]) -> bytes:
    """Return what a message's row keeps of its reactions: emoji and how often, not whose."""
    return _pack([(each.emoji, each.count) for each in reactions]) if reactions else b""


def unpack_counts(packed: bytes, mine: frozenset[str] = frozenset()) -> tuple[Reaction, ...]:
    """Return the reactions of a message's row.

    Args:
        packed: as it keeps them.
        mine: with what the reader reacted.
    """
    if not packed:
        return ()
    return tuple(Reaction(emoji=emoji, count=count, mine=emoji in mine) for emoji, count in _counts(packed))


def conversation_event(kind: str, payload: bytes, about: int, head: dict[str, Any]) -> ConversationEvent | None:
    """Return the event of a row; None: it is of another kind.

    Args:
        kind: one of the kinds above.
        payload: as packed.
        about: seq of the message.
        head: the fields that every event has.
    """
    if kind == REACTION_ADDED:
        return ReactionAdded(**head, message=about, emoji=_reacted(payload).emoji)
    if kind == REACTION_REMOVED:
        return ReactionRemoved(**head, message=about, emoji=_reacted(payload).emoji)
    if kind == MESSAGE_PINNED:
        return MessagePinned(**head, message=about)
    if kind == MESSAGE_UNPINNED:
        return MessageUnpinned(**head, message=about)
    return None


def account_event(seq: int, kind: str, payload: bytes, conversation: int) -> AccountEvent | None:
    """Return the account event of a row; None: it is of another kind."""
    if kind != BOOKMARK_CHANGED:
        return None
    bookmark = _bookmark(payload)
    return BookmarkChanged(seq=seq, conversation=conversation, message=bookmark.message, kept=bookmark.kept)
