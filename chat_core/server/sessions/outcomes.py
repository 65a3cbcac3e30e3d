"""What the hub must know of a commit, and of the logs at the start: the store's values have it. Knows no store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.events import AccountEvent, ConversationEvent
from chat_core.protocol.values import Account
from chat_core.server.sessions.bouncer import Sanctioned


class Head(Protocol):
    """Where a conversation's log stands, as the store tells it at the start."""

    @property
    def conversation(self) -> ConversationId:
        """Its number."""
        ...

    @property
    def seq(self) -> int:
        """Its newest event."""
        ...

    @property
    def eid(self) -> bytes:
        """That event's id."""
        ...


class Membership(Protocol):
    """An account became or ceased to be a member."""

    @property
    def conversation(self) -> ConversationId:
        """Where."""
        ...

    @property
    def account(self) -> AccountId:
        """Who."""
        ...

    @property
    def name(self) -> str:
        """Their name."""
        ...

    @property
    def joined(self) -> bool:
        """Or left."""
        ...

    @property
    def members(self) -> int:
        """Number of members afterwards."""
        ...

    @property
    def told(self) -> bool:
        """Whether an event of the log says so already."""
        ...


class Expulsion(Protocol):
    """Whose connections are to end."""

    @property
    def account(self) -> AccountId | None:
        """Those of an account."""
        ...

    @property
    def address(self) -> str | None:
        """Those from an address."""
        ...

    @property
    def code(self) -> Goodbye:
        """What they are told, in a word."""
        ...

    @property
    def text(self) -> str:
        """And in a sentence."""
        ...


class Outcome(Protocol):
    """What one write did, as far as it concerns connections; the store's `Committed` is one."""

    @property
    def events(self) -> Sequence[ConversationEvent]:
        """For everybody attached to their conversation."""
        ...

    @property
    def latecomers(self) -> Collection[AccountId]:
        """Who gets the last of them without its text."""
        ...

    @property
    def account_events(self) -> Sequence[tuple[AccountId, AccountEvent]]:
        """For the devices of their account."""
        ...

    @property
    def memberships(self) -> Sequence[Membership]:
        """Who came and went."""
        ...

    @property
    def renamed(self) -> Account | None:
        """An account with another name."""
        ...

    @property
    def sanctions(self) -> Sequence[Sanctioned]:
        """Mutes and bans that are new, and those that were lifted."""
        ...

    @property
    def expelled(self) -> Sequence[Expulsion]:
        """Whose connections are to end."""
        ...
