"""Accounts, and what belongs to them: roles, devices, invites, private chats."""

from __future__ import annotations

from typing import Literal

import msgspec

from chat_core.protocol.values.numbers import AccountNumber, ConversationNumber

ServerRole = Literal["guest", "member", "moderator", "owner"]
"""What an account may do on the whole server, from least to most."""

DmPolicy = Literal["open", "request", "closed"]
"""Who may write to an account privately: `open`: everybody; `request`: only in a private chat, which it accepts or
declines; `closed`: nobody."""

Availability = Literal["online", "away", "busy"]
"""How somebody wants to be met who is connected."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is: the number stays, the name may change."""

    id: AccountNumber
    """Number of the account."""
    name: str
    """Its name at the time of the answer."""
    role: ServerRole = "member"
    """What it may do on the whole server."""
    display: str = ""
    """What it is shown as, in its own spelling; empty: its name."""
    bot: bool = False
    """Whether it belongs to a program."""


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who somebody is, as short as can be."""

    account: AccountNumber
    """Number of the account."""
    name: str
    """Its name at that time."""
    display: str = ""
    """What it was shown as; empty: its name."""


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """How one account wants to be met from now on."""

    account: AccountNumber
    """Which one."""
    state: Availability
    """How."""


class PrivateChat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A numbered interval over a direct conversation, or the request for one."""

    number: int
    """Its number, on the whole server."""
    conversation: ConversationNumber
    """The direct conversation of the two."""
    account: AccountNumber
    """The other one."""
    name: str
    """Their name."""
    asked: int
    """When it was asked for, in milliseconds since 1970-01-01 UTC."""
    mine: bool = False
    """Whether one asked for it oneself."""
    begun: bool = False
    """Whether it goes on; False: it waits for an answer."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device of one's own account."""

    id: int
    """Its number."""
    label: str
    """What it is called."""
    made: int
    """When it signed in first, milliseconds since 1970."""
    used: int
    """When it signed in last, about."""
    here: bool = False
    """Whether it is the one that asks."""
    online: bool = False
    """Whether it is connected."""


class AccountDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the people who run the server see it."""

    account: Account
    """Who."""
    registered: bool = False
    """Whether it has a password."""
    disabled: bool = False
    """Whether it may not sign in."""
    seen: int = 0
    """When it signed in last, about; milliseconds since 1970; 0: never since that is noted."""
    online: bool = False
    """Whether it is connected."""
    devices: int = 0
    """Number of its devices."""


class InviteDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An invite that is not used up or ended. Its code is known to whoever was given it only."""

    id: int
    """Its number."""
    uses: int | None = None
    """How many accounts can still be made with it; nil: any number."""
    expires: int | None = None
    """When it ends, milliseconds since 1970; nil: never."""
    made: int
    """When it was made, milliseconds since 1970."""
    by: str = ""
    """Name of the account that made it; empty: the server itself, or its command line."""
    orphaned: bool = False
    """Whether it is of no use at present, because the account that made it is disabled or banned."""
