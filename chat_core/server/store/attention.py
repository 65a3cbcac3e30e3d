"""What deserves attention, as values: ops of the store, and what it tells of them. Knows no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import Conversation, Message


@dataclass(frozen=True, slots=True)
class MarkEverythingRead:
    """Move many read markers of an account forward, each at most to its head.

    Outcome: `reply` None, a `ReadMarkerMoved` for each that moved. What the account is not in is left out.
    """

    account: AccountId
    read: Mapping[int, int]
    """seq up to which was read, by conversation."""


@dataclass(frozen=True, slots=True)
class QuietConversation:
    """Say whether an account wants to hear of a conversation only where it is named.

    Outcome: `reply` None, a `ConversationQuieted` unless it is so already. Refused: `not_member`, `no_conversation`.
    """

    account: AccountId
    conversation: int | str
    quiet: bool


AttentionOp = MarkEverythingRead | QuietConversation

MentionKey = tuple[int, int]
"""Where a message stands among those that mention somebody: when it was posted, and its key."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A message that mentions somebody."""

    conversation: ConversationId
    message: Message
    key: MentionKey


class AttentionReads(Protocol):
    """What a `Reader` tells of all this."""

    def unread_of(self, account: AccountId) -> Sequence[Conversation]:
        """Return the conversations of an account in which something is unread, by id."""
        ...

    def mentions_of(
        self, account: AccountId, before: MentionKey | None, limit: int
    ) -> tuple[Sequence[Mentioned], bool]:
        """Return what mentions an account where it is a member, the newest first, and whether there is more.

        At most `limit`, and some PAGE_BYTES, but at least one.
        """
        ...
