"""Keeping order: roles and rules of channels, who may come in, sanctions in a channel and on the whole server."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.base.durations import LONGEST_S
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.requests.conversations import WantedName
from chat_core.protocol.values import ChannelRole, ConversationRef, Reason, Sanction, SanctionAct, Visibility

Seconds = Annotated[int, Meta(ge=1, le=LONGEST_S)]


class SetRole(Request[Done], frozen=True, kw_only=True, tag="set_role"):
    """Give a member another role in a channel; who has the same rank or a higher one loses none.

    A channel without any operator is taken over by the member that has been there longest and is no guest: it makes
    itself `operator`. Moderators of the server may do that in public channels at any time; `#general` stays theirs.
    """

    conversation: ConversationRef
    """Which channel."""
    account: WantedName
    """The member's name, with or without `@`; one's own to give a role back."""
    role: ChannelRole
    """The new role."""


class SetRules(Request[Done], frozen=True, kw_only=True, tag="set_rules"):
    """Change the rules of a channel; what is nil, or left out, stays."""

    conversation: ConversationRef
    """Which channel."""
    visibility: Visibility | None = None
    """Who finds it."""
    moderated: bool | None = None
    """Whether only voices and operators write."""
    locked: bool | None = None
    """Whether only operators write, for now."""
    locked_s: Seconds | None = None
    """With `locked`: seconds after which that ends by itself; nil: when somebody ends it."""
    archived: bool | None = None
    """Whether nobody writes any more."""
    slow_s: Annotated[int, Meta(ge=0, le=24 * 3600)] | None = None
    """Seconds between two messages of one member; 0: none."""
    topic_by: ChannelRole | None = None
    """The lowest role that sets the topic."""
    reason: Reason = ""
    """Why; everybody there reads it."""


class DeleteChannel(Request[Done], frozen=True, kw_only=True, tag="delete_channel"):
    """Delete a channel with all that was said in it, for everybody and for good. Its name is free then.

    Whoever is in it gets a `conversation_left` with the reason `deleted`; who comes back later is told by `resume`.
    A message that still waits for it somewhere is refused with `no_conversation`. An invite to the server that led
    there lets in to the server alone. `#general` cannot be deleted.
    """

    conversation: ConversationRef
    """Which channel."""
    name: WantedName
    """Its name once more, with or without `#`: another one is refused with `bad_name`."""


class InviteMember(Request[Done], frozen=True, kw_only=True, tag="invite_member"):
    """Let somebody join a channel that is closed to others; they are told, unless they ignore who invites.

    Being a member already is no fault.

    In a group, every member that is no guest brings somebody in with it, at once; they read what is said from then on.
    Who has left it is not brought back by others, `not_allowed`: they come back with `open_group`.
    """

    conversation: ConversationRef
    """Which channel or group."""
    account: WantedName
    """Their name, with or without `@`."""


class SanctionMember(Request[Done], frozen=True, kw_only=True, tag="sanction_member"):
    """Warn, mute, kick or ban somebody in a channel, or let them be again; nobody of the same or a higher rank."""

    conversation: ConversationRef
    """Which channel."""
    account: WantedName
    """Their name, with or without `@`; for a ban they need not be a member."""
    act: SanctionAct
    """What to do."""
    seconds: Seconds | None = None
    """With `mute` and `ban`: how long; nil: until it is lifted."""
    reason: Reason = ""
    """Why; the one concerned reads it, and with all but `warn` everybody there."""


class SanctionAccount(Request[Done], frozen=True, kw_only=True, tag="sanction_account"):
    """Warn, mute, kick or ban somebody on the whole server, or let them be again; nobody of the same or a higher rank.

    A kick ends their connections. A ban does that too, and holds for the account and for the addresses that it is
    connected from at that moment, unless the one who asks is connected from there too.
    """

    account: Annotated[str, Meta(max_length=128)] = ""
    """Their name, with or without `@`; or leave it out and give an address."""
    address: Annotated[str, Meta(max_length=64)] = ""
    """With `ban` and `unban`: an IP address; of IPv6, the first 64 bits count."""
    act: SanctionAct
    """What to do."""
    seconds: Seconds | None = None
    """With `mute` and `ban`: how long; nil: until it is lifted."""
    reason: Reason = ""
    """Why; the one concerned reads it."""


class Lockdown(Request[Done], frozen=True, kw_only=True, tag="lockdown"):
    """Let nobody but moderators write, join or make an account on the whole server, or end that."""

    locked: bool = True
    """False: end it."""
    seconds: Seconds | None = None
    """How long; nil: until it is ended."""
    reason: Reason = ""
    """Why; whoever is refused reads it."""


class Sanctions(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """What is in force."""

    sanctions: tuple[Sanction, ...] = ()
    """The newest ones, oldest first; at most 200."""
    more: bool = False
    """Whether there are older ones."""
    locked: bool = False
    """Of the whole server: whether it is locked down."""
    locked_until: int | None = None
    """When that ends by itself, in milliseconds since 1970-01-01 UTC; nil: when somebody ends it."""
    reason: str = ""
    """Why it is locked down."""


class ListMemberSanctions(Request[Sanctions], frozen=True, kw_only=True, tag="list_member_sanctions"):
    """List the mutes and bans that are in force in a channel."""

    conversation: ConversationRef
    """Which channel."""


class ListSanctions(Request[Sanctions], frozen=True, kw_only=True, tag="list_sanctions"):
    """List the mutes and bans that are in force on the whole server."""


REQUESTS = (
    SetRole,
    SetRules,
    DeleteChannel,
    InviteMember,
    SanctionMember,
    ListMemberSanctions,
    SanctionAccount,
    ListSanctions,
    Lockdown,
)
"""This domain's requests, in the order of the documentation."""
