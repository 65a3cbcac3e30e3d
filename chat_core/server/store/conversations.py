"""Conversations as values: ops of the store about who is in which, and what it tells of them. Knows no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import ChannelRole, ChannelSummary, Conversation, Member, target_of


@dataclass(frozen=True, slots=True)
class JoinChannel:
    """Make an account a member of a channel, and the channel, with it as operator, if it is missing and `create`.

    Outcome: `reply` is `(Conversation, created)`; if it was no member before, one `ConversationJoined` account event
    and one membership; what was said before counts as read.
    Refused: `no_conversation` (also: it is closed, and may not be known of), `name_taken` (the same, where it would
    have been made), `too_many`, `not_allowed` (guests make none), `banned`, `locked`, `bad_name`.
    """

    account: AccountId
    name: str
    create: bool
    ts: int


@dataclass(frozen=True, slots=True)
class OpenDirect:
    """Find or make the direct conversation of two accounts; both become members, once, for ever.

    Outcome: `reply` is `(Conversation as `account` sees it, created)`; when made, a `ConversationJoined` for each of
    the two (one, if somebody writes to themselves). Refused: `no_account`, `too_many`.
    """

    account: AccountId
    other_name: str
    ts: int


@dataclass(frozen=True, slots=True)
class LeaveConversation:
    """End a membership of a channel or a group. Outcome: `reply` None, a `ConversationLeft`, a membership; of a group
    a `MemberLeft`, too.

    Refused: `not_member`, `no_conversation`, `not_allowed` (direct, announcements).
    """

    account: AccountId
    conversation: int | str
    ts: int


@dataclass(frozen=True, slots=True)
class SetChannelTopic:
    """Set a topic. Outcome: `reply` None and one `TopicChanged` (none, if it is the same).

    Refused: `not_member`, `not_allowed`, `no_conversation`, `moderated`.
    """

    account: AccountId
    conversation: int | str
    topic: str
    ts: int


ConversationOp = JoinChannel | OpenDirect | LeaveConversation | SetChannelTopic


class Place(NamedTuple):
    """A conversation as seen by one account that may or may not be in it."""

    id: ConversationId
    kind: str
    name: str
    head: int
    eid: bytes
    member: bool
    last_readable: int | None
    """seq of the last event a former member may read; None: no such bound (a member, or never one)."""
    since: int = 0
    """seq behind which a member, or a former one, may read: what was said before it came is not for it."""
    public: bool = False
    """Whether everybody may read it."""
    role: ChannelRole = "member"
    """What the account may do in it, as a member."""

    @property
    def target(self) -> str:
        """The conversation spelled as a TARGET."""
        return target_of(self.kind, self.id, self.name)


class ConversationReads(Protocol):
    """What a `Reader` tells of conversations, and of who is in them."""

    def find(self, account: AccountId, ref: int | str) -> Place:
        """Resolve a number, `#channel` or `@user`.

        Raises: Refused `no_conversation`, also for what the account may not know of.
        """
        ...

    def readable(self, account: AccountId, ref: int | str) -> Place:
        """Do the same, but let a former member of a closed channel find it, who may read up to `last_readable`."""
        ...

    def places_of(self, account: AccountId) -> Sequence[Place]:
        """Return all conversations the account is a member of, by id, each as `find` does."""
        ...

    def numbers_of(self, account: AccountId) -> Sequence[ConversationId]:
        """Return the numbers of all conversations the account is a member of, in order."""
        ...

    def conversations_of(self, account: AccountId) -> Sequence[Conversation]:
        """Return all conversations the account is a member of, by id, with unread counts; `online` is left 0."""
        ...

    def conversation(self, account: AccountId, conversation: ConversationId) -> Conversation:
        """Return one of these."""
        ...

    def members(self, conversation: ConversationId, after: str, limit: int) -> tuple[Sequence[Member], int, bool]:
        """Return members by name behind `after`, the number of all, and whether more follow; nobody is `online`."""
        ...

    def channels(self, account: AccountId, after: str, limit: int) -> tuple[Sequence[ChannelSummary], bool]:
        """Return a page of channels by name behind `after`, and whether more follow: public ones, and one's own."""
        ...
