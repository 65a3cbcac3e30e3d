"""Private chats as values: ops of the store, and what it tells of them. Knows no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from chat_core.base.ids import AccountId
from chat_core.protocol.values import DmPolicy, PrivateChat

LISTED: Final = 50
"""Private chats and requests in one list."""
IGNORED_MOST: Final = 500
"""Accounts that one account can ignore."""


@dataclass(frozen=True, slots=True)
class AskChat:
    """Ask for a private chat; the caller has seen that the other one is online.

    Outcome: `reply` is `(PrivateChat, Conversation)` as the asker sees them; a `PrivateChatChanged` for each of them,
    unless nothing is new.
    Refused: `no_account`, `not_allowed` (closed, ignored, oneself), `unavailable` (one of the two is busy), `too_many`.
    """

    account: AccountId
    other_name: str
    ts: int


@dataclass(frozen=True, slots=True)
class ReplyChat:
    """Accept or decline. Outcome: `reply` None, a `PrivateChatChanged` for each of them.

    Refused: `no_account`, `not_allowed` (nobody asks), `unavailable`.
    """

    account: AccountId
    asker_name: str
    accept: bool
    ts: int


@dataclass(frozen=True, slots=True)
class CloseChat:
    """End a private chat, or withdraw a request; 0: the one that goes on. Refused: `not_allowed` (it is of others)."""

    account: AccountId
    number: int
    ts: int


@dataclass(frozen=True, slots=True)
class ChooseDmPolicy:
    """Say who may write to an account privately. Outcome: `reply` None."""

    account: AccountId
    policy: DmPolicy


@dataclass(frozen=True, slots=True)
class IgnoreAccount:
    """Ignore somebody, or no longer. Outcome: `reply` None. Refused: `no_account`, `not_allowed`, `too_many`."""

    account: AccountId
    other_name: str
    ignored: bool


PrivateOp = AskChat | ReplyChat | CloseChat | ChooseDmPolicy | IgnoreAccount


class PrivateReads(Protocol):
    """What a `Reader` tells of all this."""

    def chats_of(self, account: AccountId) -> tuple[Sequence[PrivateChat], DmPolicy]:
        """Return an account's private chat and its waiting requests, oldest first, and its policy."""
        ...

    def ignored_numbers(self, account: AccountId) -> Sequence[int]:
        """Return the numbers of those whom an account ignores."""
        ...

    def is_chatting(self, account: int) -> bool:
        """Return whether an account is in a private chat."""
        ...

    def ignored_by(self, account: AccountId) -> Sequence[str]:
        """Return the names of those whom an account ignores, sorted."""
        ...
