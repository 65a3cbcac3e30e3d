"""Who may come, and what accounts may do: invites, and what the people who run a server do with accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from chat_core.protocol.limits import MAX_NUMBER, PAGE_ITEMS
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.requests.signin import Name, Password
from chat_core.protocol.values import AccountDetails, AuditedAct, InviteDetails, ServerRole


class Invite(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """An invite, just made."""

    code: str
    """What a new account is registered with; told once."""
    uses: int | None = None
    """How many accounts can be made with it; nil: any number."""
    expires: int | None = None
    """When it ends, milliseconds since 1970; nil: never."""
    channel: str = ""
    """The channel that one is in then, besides `#general`; without `#`."""
    link: str = ""
    """All that a friend needs in one line, to be given to `chat-tui connect`: the server's address as it knows it, its
    pin, the code and the channel; empty: it listens on no network."""


class MakeInvite(Request[Invite], frozen=True, kw_only=True, tag="make_invite"):
    """Make an invite to this server."""

    uses: Annotated[int, Meta(ge=1, le=1_000_000)] | None = 1
    """How many accounts can be made with it; nil: any number."""
    lasts_s: Annotated[int, Meta(ge=1, le=10 * 366 * 24 * 3600)] | None = 7 * 24 * 3600
    """Seconds until it ends; nil: it does not."""
    channel: Name = ""
    """A channel that one is in then, besides `#general`; with or without `#`; empty: none. A closed one is known to its
    members only, and an invite-only one its operators alone can name."""


class AboutAccount(Reply, frozen=True, kw_only=True):
    """The account as it is now."""

    about: AccountDetails
    """It."""
    token: str = ""
    """With which a new bot signs in; it is told this once."""


class AccountList(Reply, frozen=True, kw_only=True):
    """A page of accounts, ordered by name."""

    accounts: tuple[AccountDetails, ...]
    """At most `limit`."""
    more: bool = False
    """Whether there are accounts behind the last one."""


class ListAccounts(Request[AccountList], frozen=True, kw_only=True, tag="list_accounts"):
    """List the accounts with what only the people who run the server need."""

    after: Name = ""
    """Begin behind this name; empty: from the first."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = PAGE_ITEMS
    """Most accounts wanted."""


class AddAccount(Request[AboutAccount], frozen=True, kw_only=True, tag="add_account"):
    """Make an account. The first one with a password on a server is its owner, whatever is asked for."""

    name: Name
    """The wanted name."""
    password: Password = ""
    """Its password; empty: none, so that the name alone is enough where it is."""
    role: Literal["member", "moderator", "owner"] = "member"
    """What it may do; more than `member` needs a password."""
    bot: bool = False
    """Whether it belongs to a program, which signs in with a token only. If it is there already, the token is a new
    one, and those before are worthless."""


class SetAccountPassword(Request[Done], frozen=True, kw_only=True, tag="set_account_password"):
    """Give an account another password, or its first one; all its devices are signed out."""

    name: Name
    """Of the account."""
    password: Password
    """The new one."""


class DisableAccount(Request[AboutAccount], frozen=True, kw_only=True, tag="disable_account"):
    """Keep an account out, or let it in again; its connections end with `signed_out`."""

    name: Name
    """Of the account."""
    disabled: bool = True
    """Which of the two."""


class SetServerRole(Request[AboutAccount], frozen=True, kw_only=True, tag="set_server_role"):
    """Give an account another role on the server; it holds at once."""

    name: Name
    """Of the account."""
    role: ServerRole
    """The role; `guest` cannot be given."""


class AllowName(Request[Done], frozen=True, kw_only=True, tag="allow_name"):
    """Put a name on the list of those that may register, or take it off; done too if it is so already."""

    name: Name
    """It."""
    allowed: bool = True
    """Which of the two."""


class AllowedNames(Reply, frozen=True, kw_only=True):
    """Names on the list."""

    names: tuple[str, ...]
    """Ordered; at most `limit`."""
    more: bool = False
    """Whether there are names behind the last one."""


class ListAllowed(Request[AllowedNames], frozen=True, kw_only=True, tag="list_allowed"):
    """List the names that may register where only listed ones may."""

    after: Name = ""
    """Begin behind this name; empty: from the first."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = PAGE_ITEMS
    """Most names wanted."""


class Invites(Reply, frozen=True, kw_only=True):
    """Invites that are not used up or ended."""

    invites: tuple[InviteDetails, ...]
    """Oldest first."""


class ListInvites(Request[Invites], frozen=True, kw_only=True, tag="list_invites"):
    """List the newest invites that are not used up or ended, at most 200."""


class RevokeInvite(Request[Done], frozen=True, kw_only=True, tag="revoke_invite"):
    """Make an invite worthless; what was made with it stays."""

    invite: Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
    """Its number."""


class AuditedActs(Reply, frozen=True, kw_only=True):
    """A piece of the audit log."""

    acts: tuple[AuditedAct, ...]
    """Oldest first."""


class ListAudit(Request[AuditedActs], frozen=True, kw_only=True, tag="list_audit"):
    """List the newest acts of privilege: sanctions, roles, rules, accounts."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    """Most acts wanted."""


REQUESTS = (
    MakeInvite, ListInvites, RevokeInvite, ListAccounts, AddAccount, SetAccountPassword, DisableAccount, SetServerRole,
    AllowName, ListAllowed, ListAudit,
)  # fmt: skip
"""This domain's requests, in the order of the documentation."""
