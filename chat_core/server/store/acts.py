"""Acts that keep order, as values: ops of the store that need a right, and what they leave behind. Knows no SQL.

The actor is an account, or None: the server itself (a rule, the command line), which outranks everybody. Every act is
written into the audit log in its own transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.events import ConversationLeft
from chat_core.protocol.values import Account, ChannelRole, Sanction, SanctionAct, SanctionKind, Visibility
from chat_core.server.manners import Own

Who = AccountId | str
"""An account's number, or its name in whatever spelling."""


@dataclass(frozen=True, slots=True)
class GiveRole:
    """Give a member another role in a channel.

    Outcome: `reply` None, one `RoleChanged` (none, if it has that role). Where a moderator takes the maker's role, the
    channel has no maker any more.
    Refused: `no_conversation`, `no_account`, `not_allowed`.
    """

    account: AccountId
    conversation: int | str
    target: Who
    role: ChannelRole
    ts: int


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Change a channel's rules; None: as it was.

    Outcome: `reply` None, one `RulesChanged` (none, if nothing is new). Refused: `no_conversation`, `not_allowed`.
    """

    account: AccountId
    conversation: int | str
    ts: int
    visibility: Visibility | None = None
    moderated: bool | None = None
    locked: bool | None = None
    locked_until: int | None = None
    """With `locked`: when that ends by itself."""
    archived: bool | None = None
    slow_s: int | None = None
    topic_by: ChannelRole | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeleteChannel:
    """Delete a channel with all that was said in it; its name is free then.

    Outcome: `reply` None; for each member a `ConversationLeft` and a membership; `removed`. What its log holds is
    out of everybody's reach, and goes by and by (`EmptyChannel`).
    Refused: `no_conversation`, `not_allowed` (neither its maker nor an owner; #general; no channel), `bad_name`
    (another one than the channel's).
    """

    account: AccountId
    conversation: int | str
    name: str
    """The channel's, in whatever spelling, with or without `#`: whoever asks means this one."""
    ts: int


@dataclass(frozen=True, slots=True)
class EmptyChannel:
    """Take a piece of what is left out of a deleted channel, small enough that no other write waits for it.

    Outcome: `reply` whether there is more; `dropped`. Of a channel that is not deleted there is never anything to take.
    """

    conversation: ConversationId


@dataclass(frozen=True, slots=True)
class ChangeManners:
    """Change one of the settings of moderation that a channel has for itself.

    Outcome: `reply` None. Refused: `no_conversation`, `not_allowed`.
    """

    account: AccountId
    conversation: int | str
    name: str
    """One of `Manners`."""
    value: bool | int | str | None
    """Valid there; None: as on the server."""
    ts: int


@dataclass(frozen=True, slots=True)
class InviteToChannel:
    """Let an account join a channel that is closed to others.

    Outcome: `reply` None, one `Invited` for it (none, if it was invited before, is a member, or ignores who invites).
    In a group it is a member at once: one `MembersAdded`, and for it a `ConversationJoined` and a membership.
    Refused: `no_conversation`, `no_account`, `not_allowed` (also: it has left that group), `banned` (it is),
    `too_many`, `muted`, `locked`.
    """

    account: AccountId
    conversation: int | str
    target: Who
    ts: int


@dataclass(frozen=True, slots=True)
class SanctionInChannel:
    """Warn, mute, unmute, kick, ban or unban somebody in a channel.

    Outcome: `reply` None. A warning: an `AccountSanctioned`; anything else: a `MemberSanctioned`; and who is put out
    has a `ConversationLeft` and a membership. Lifting what is not there does nothing.
    Refused: `no_conversation`, `no_account`, `not_allowed` (no operator; rank; a kick of no member; no channel).
    """

    account: AccountId | None
    conversation: int | str
    target: Who
    act: SanctionAct
    ts: int
    until_ts: int | None = None
    """With `mute` and `ban`."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SanctionOnServer:
    """Do the same on the whole server.

    Outcome: `reply` None; an `AccountSanctioned` for warnings and mutes; `expelled` for kicks and bans. A ban holds for
    the account and for the addresses, each by a row of its own; lifting one lifts those of an account together.
    Refused: `no_account`, `not_allowed` (no moderator; rank).
    """

    account: AccountId | None
    target: Who | None
    """None: only addresses."""
    act: SanctionAct
    ts: int
    addresses: tuple[str, ...] = ()
    """Normalised: an IPv4 address, or an IPv6 network of 64 bits."""
    until_ts: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LockServer:
    """Let nobody but moderators write, join or come in anew, or end that.

    Outcome: `reply` None. Refused: `not_allowed`.
    """

    account: AccountId | None
    locked: bool
    ts: int
    until_ts: int | None = None
    reason: str = ""


OrderOp = (
    GiveRole
    | ChangeRules
    | DeleteChannel
    | EmptyChannel
    | ChangeManners
    | InviteToChannel
    | SanctionInChannel
    | SanctionOnServer
    | LockServer
)


@dataclass(frozen=True, slots=True)
class Enforced:
    """A mute or a ban, as the live side of the server needs it."""

    id: int
    kind: SanctionKind
    conversation: ConversationId | None
    account: AccountId | None
    address: str | None
    until_ts: int | None
    reason: str
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Expelled:
    """Whose connections are to end: those of an account, or from an address, or both."""

    account: AccountId | None
    address: str | None
    code: Goodbye
    text: str


class ServerLock(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the whole server is locked down."""

    until: int | None = None
    """When that ends by itself, milliseconds since 1970."""
    reason: str = ""
    """Why."""

    def over(self, now_ms: int) -> bool:
        """Return whether it has ended."""
        return self.until is not None and now_ms >= self.until


@dataclass(frozen=True, slots=True)
class Act:
    """An act of privilege, as the audit log tells of it."""

    number: int
    ts: int
    """When, milliseconds since 1970."""
    actor: str
    """Name of who did it; `server`: no account."""
    act: str
    """What, in a word."""
    target: str
    """To whom or to what."""
    detail: str
    """With what."""


class OrderReads(Protocol):
    """What a `Reader` tells of all this."""

    def acts(self, newest: int) -> Sequence[Act]:
        """Return the newest acts of the audit log, oldest first."""
        ...

    def unemptied(self) -> Sequence[ConversationId]:
        """Return the deleted channels that something is left of."""
        ...

    def account_named(self, name: str) -> Account | None:
        """Return the account that has this name, in whatever spelling."""
        ...

    def last_leave(self, account: AccountId, conversation: int) -> ConversationLeft | None:
        """Return how the account left a conversation the last time; None: it never did."""
        ...

    def invited_to(self, account: AccountId, conversations: Collection[int]) -> frozenset[int]:
        """Return into which of some closed channels the account may come, for somebody invited it."""
        ...

    def manners(self, conversation: ConversationId) -> Own:
        """Return what a channel sets of moderation, for itself."""
        ...

    def sanctions(self, conversation: int | None, now_ms: int, limit: int) -> tuple[Sequence[Sanction], bool]:
        """Return the newest mutes and bans in force in a channel, or on the whole server, and whether older ones are.

        Oldest first.
        """
        ...

    def server_lock(self, now_ms: int) -> ServerLock | None:
        """Return how the whole server is locked down; None: it is not."""
        ...
