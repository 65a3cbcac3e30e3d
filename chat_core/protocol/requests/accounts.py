"""Accounts: renaming and looking up."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.values import Account, Member


class Renamed(Reply, frozen=True, kw_only=True):
    """The account as it is now called."""

    account: Account
    """Number and new name."""


class Rename(Request[Renamed], frozen=True, kw_only=True, tag="rename"):
    """Give one's own account another name; refused with `name_taken` if it is in use.

    Refused with `muted` while one is muted on the whole server, and with `sign_in_refused` where a list says which
    names there are, and this one is not on it.
    """

    name: Annotated[str, Meta(max_length=128)]
    """The wanted name."""


class SetDisplay(Request[Renamed], frozen=True, kw_only=True, tag="set_display"):
    """Say what one's own account is shown as beside its name, or nothing; moderators take it away from others.

    Refused with `name_taken` if it looks like the name of another account, or like what one is shown as; with `muted`
    while one is muted on the whole server, unless it is empty.
    """

    display: Annotated[str, Meta(max_length=400)]
    """As it is to be shown, one line of at most 48 characters; it is cleaned. Empty: nothing but the name."""
    account: Annotated[str, Meta(max_length=128)] = ""
    """Whose, by name, with or without `@`; empty: one's own. Of others it can only be emptied."""


class Users(Reply, frozen=True, kw_only=True):
    """A page of accounts, ordered by name."""

    accounts: tuple[Member, ...]
    """At most `limit` accounts."""
    online: int
    """Number of all accounts that are connected."""
    more: bool = False
    """Whether there are accounts behind the last one."""


class ListUsers(Request[Users], frozen=True, kw_only=True, tag="list_users"):
    """List the accounts of the server."""

    after: Annotated[str, Meta(max_length=128)] = ""
    """Begin behind this name; empty: from the first."""
    online_only: bool = False
    """Leave out those that are not connected."""
    limit: Annotated[int, Meta(ge=1, le=PAGE_ITEMS)] = PAGE_ITEMS
    """Most accounts wanted."""


REQUESTS = (Rename, SetDisplay, ListUsers)
"""This domain's requests, in the order of the documentation."""
