"""The port to the store, as far as it is about webhooks: ops, and what reads return. No SQL here.

A webhook writes as an account of its own, which nobody can sign in with. Its secret comes as a digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import Hook

HOOKS_PER_CHANNEL: Final = 20
"""Most webhooks of one channel."""


@dataclass(frozen=True, slots=True)
class AddHook:
    """Make a webhook of a channel, and the account that it writes as, which becomes a member.

    A name that a removed webhook had may be used again: then it is the same account.
    Outcome: `reply` is the `Hook`; one membership and one `ConversationJoined`.
    Refused: `no_conversation`, `not_allowed`, `bad_name`, `name_taken`, `too_many`, `banned` (the account is).
    """

    account: AccountId
    conversation: int | str
    name: str
    secret: bytes
    """Digest."""
    ts: int


@dataclass(frozen=True, slots=True)
class RemoveHook:
    """Make a webhook's secret worthless; its account leaves the channel, what it wrote stays.

    Outcome: `reply` None; one membership and one `ConversationLeft`, unless it was put out before.
    Refused: `no_conversation`, `not_allowed`, `no_account` (the channel has no such webhook).
    """

    account: AccountId
    conversation: int | str
    number: int
    ts: int


HookOp = AddHook | RemoveHook


@dataclass(frozen=True, slots=True)
class HookFound:
    """A webhook, as needed to write by it."""

    id: int
    account: AccountId
    conversation: ConversationId
    name: str
    """Name of its account."""
    secret: bytes
    """Digest of its secret."""


class HookReads(Protocol):
    """What a `Reader` tells of webhooks."""

    def hook(self, secret: bytes) -> HookFound | None:
        """Return the webhook whose secret has this digest."""
        ...

    def passes_for_another(self, name: str, account: AccountId) -> bool:
        """Return whether a name that a webhook gives itself looks like another account's, or like a word that is kept.

        Args:
            name: cleaned.
            account: the webhook's own.
        """
        ...

    def hooks_of(self, conversation: ConversationId) -> Sequence[Hook]:
        """Return the webhooks of a channel, by number."""
        ...
