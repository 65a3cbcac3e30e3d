"""The port to the store, as far as it is about accounts, devices and invites: ops, and what reads return. No SQL here.

Secrets come as digests: neither a password nor a token nor a code is known below the handlers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from chat_core.base.ids import AccountId
from chat_core.protocol.values import Account, ServerRole
from chat_core.server.rules.entry import InviteState, Registration


@dataclass(frozen=True, slots=True)
class SignInByName:
    """Find or make the account of a name. A new one joins #general and announcements.

    Outcome: `reply` is `(Account, created)`. Refused: `bad_name`, `password_needed`, `disabled`, `name_taken` (a
    guest's), `sign_in_refused` (there is none, and none may be made).
    """

    name: str
    ts: int
    make: Literal["any", "listed", "none"] = "any"
    """Which accounts may be made; with `listed`, only listed names may sign in at all."""
    noted: bool = True
    """Whether the sign-in is noted: without, somebody known comes in although nothing can be written."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that is to be made."""

    token: bytes
    """Digest of its token."""
    label: str
    """Cleaned."""


@dataclass(frozen=True, slots=True)
class RegisterAccount:
    """Make an account with a password, in #general and announcements, and its first device.

    Outcome: `reply` is `(Account, device, created)`; `created` is false where an account without a password was taken
    over. Refused: `bad_name`, `name_taken`, `invite_invalid`, `sign_in_refused`; nothing of an invite is used then.
    """

    name: str
    password: str
    """As hashed."""
    device: NewDevice
    ts: int
    how: Registration
    """Who may."""
    invite: bytes | None = None
    """Digest of a code; with `open` it need not be there."""
    may_claim: bool = False
    """Whether an account without a password may be taken over."""
    may_own: bool = False
    """Whether the first registered account is the owner even without an invite of the server itself."""


@dataclass(frozen=True, slots=True)
class OpenDevice:
    """Make a device of an account whose password was found right.

    Outcome: `reply` is `(Account, device, evicted)`: numbers of devices that had to make room.
    Refused: `wrong_credentials` (the password is another one now), `disabled`.
    """

    account: AccountId
    password: str
    """As it was stored when it was found right."""
    device: NewDevice
    ts: int
    rehashed: str | None = None
    """To be stored in its place; None: it stays."""


@dataclass(frozen=True, slots=True)
class SignInByToken:
    """Find the account of a device. Outcome: `reply` is `(Account, device)`.

    Refused: `wrong_credentials`, `disabled`.
    """

    token: bytes
    ts: int
    noted: bool = True
    """As for `SignInByName`."""


@dataclass(frozen=True, slots=True)
class MakeGuest:
    """Make a guest, in #general and announcements, with a device.

    Outcome: `reply` is `(Account, device)`. Refused: `bad_name`.
    """

    names: tuple[str, ...]
    """The first that nobody has is taken; the last one is as good as unique."""
    device: NewDevice
    ts: int


@dataclass(frozen=True, slots=True)
class DropDevices:
    """Forget devices of an account. Outcome: `reply` is their numbers. Refused: `no_device`."""

    account: AccountId
    device: int


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Give an account a password; with its first one it is registered. All devices but one are forgotten.

    Outcome: `reply` is `(Account, numbers of the forgotten devices, number of the new device or None)`.
    Refused: `no_account`, `wrong_credentials` (it changed meanwhile), `not_allowed` (a guest).
    """

    account: AccountId
    password: str
    """As hashed."""
    ts: int
    before: str | None = None
    """As it was stored when the old one was found right; None: there was none."""
    for_them: bool = False
    """Whether somebody else does it, who need not know the old one."""
    by: AccountId | None = None
    """Who that is; None: the command line."""
    keep: int | None = None
    """The device that stays."""
    device: NewDevice | None = None
    """To be made."""


@dataclass(frozen=True, slots=True)
class AddAccount:
    """Make an account for somebody. Outcome: `reply` is the `Account`. Refused: `bad_name`, `name_taken`."""

    name: str
    password: str | None
    role: ServerRole
    ts: int
    by: AccountId | None = None
    """Who does it; None: the command line. Here and below, only owners may, and the audit log tells of it."""
    bot: NewDevice | None = None
    """With which it signs in if it belongs to a program; one that is there already loses its other devices."""


@dataclass(frozen=True, slots=True)
class DisableAccount:
    """Keep an account out, or let it in again. Outcome: `reply` is the `Account`.

    Refused: `no_account`, `not_allowed` (the last owner).
    """

    name: str
    disabled: bool
    ts: int
    by: AccountId | None = None


@dataclass(frozen=True, slots=True)
class SetServerRole:
    """Give an account another role. Outcome: `reply` is the `Account` with it.

    Refused: `no_account`, `not_allowed` (a guest, no password, the last owner).
    """

    name: str
    role: ServerRole
    ts: int
    by: AccountId | None = None


@dataclass(frozen=True, slots=True)
class AllowName:
    """Put a name on the list, or take it off. Outcome: `reply` None. Refused: `bad_name`."""

    name: str
    allowed: bool
    ts: int
    by: AccountId | None = None


@dataclass(frozen=True, slots=True)
class MakeInvite:
    """Make an invite. Outcome: `reply` is `(number, name of the channel)`. Refused: `no_conversation`."""

    code: bytes
    """Digest."""
    uses: int | None
    expires_ts: int | None
    channel: str
    """Without `#`; empty: none."""
    by: AccountId | None
    ts: int
    once: bool = False
    """Only if no invite was ever made here; else `reply` is None."""


@dataclass(frozen=True, slots=True)
class DropInvite:
    """Make an invite worthless. Outcome: `reply` None. Refused: `invite_invalid` (there is none)."""

    number: int
    ts: int
    by: AccountId | None = None


SWEPT: Final = 100
"""Most guests ended in one transaction."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Forget what has expired: guests that were idle for long, and invites.

    Outcome: `reply` is the accounts of guests that were ended, at most `SWEPT`; their memberships end.
    """

    ts: int
    idle_since: int
    """Guests that were seen last before it."""
    spared: Collection[AccountId]
    """Accounts that are connected."""


@dataclass(frozen=True, slots=True)
class RenameAccount:
    """Give an account another name. Outcome: `reply` is the `Account`.

    Refused: `name_taken`, `bad_name`, `no_account`, `sign_in_refused` (not on the list of names).
    """

    account: AccountId
    name: str
    ts: int
    listed: bool = False
    """Whether it must be on the list of names; another spelling of the name so far need not be."""


@dataclass(frozen=True, slots=True)
class SetDisplayName:
    """Say what an account is shown as. Outcome: `reply` is the `Account`, as `renamed`, if it is new.

    Refused: `name_taken`, `bad_name`, `no_account`, `not_allowed` (somebody else's: no moderator, rank, not empty).
    """

    account: AccountId
    target: str
    """Name of whose it is; empty: of `account`."""
    display: str
    """Checked; empty: none."""
    ts: int


NamingOp = RenameAccount | SetDisplayName

PeopleOp = (
    SignInByName
    | RegisterAccount
    | OpenDevice
    | SignInByToken
    | MakeGuest
    | DropDevices
    | SetPassword
    | AddAccount
    | DisableAccount
    | SetServerRole
    | AllowName
    | MakeInvite
    | DropInvite
    | Sweep
)

NO_SUCH_LOGIN: Final = "No account has that name and that password."
"""The one answer to whatever is wrong with a name and a password."""

# --- what reads return ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is compared with."""

    account: Account
    password: str | None
    """As hashed; None: there is none."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device of an account."""

    id: int
    label: str
    made_ts: int
    used_ts: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the people who run the server see it."""

    account: Account
    registered: bool
    disabled: bool
    seen_ts: int
    devices: int


@dataclass(frozen=True, slots=True)
class InviteRow:
    """An invite that is not over."""

    id: int
    uses: int | None
    expires_ts: int | None
    made_ts: int
    by: str
    """Name of the account; empty: the server itself."""
    orphaned: bool = False
    """Whether it is of no use at present, because who made it may not be on the server."""


class PeopleReader(Protocol):
    """Reads on one consistent snapshot."""

    def credentials(self, who: str | AccountId) -> Credentials | None:
        """Return what a password is compared with, by name or number; None: there is no such account."""
        ...

    def devices_of(self, account: AccountId) -> Sequence[DeviceRow]:
        """Return the devices of an account, the one used last first."""
        ...

    def account_rows(self, after: str, limit: int) -> tuple[Sequence[AccountRow], bool]:
        """Return a page of accounts by name behind `after`, and whether more follow."""
        ...

    def account_row(self, account: AccountId) -> AccountRow | None:
        """Return one account."""
        ...

    def allowed_names(self, after: str, limit: int) -> tuple[Sequence[str], bool]:
        """Return a page of the listed names behind `after`, and whether more follow."""
        ...

    def is_allowed(self, name: str) -> bool:
        """Return whether a name is on the list."""
        ...

    def invite_rows(self, now: int) -> Sequence[InviteRow]:
        """Return the newest invites that are not over at a time (milliseconds), oldest first."""
        ...

    def invite_state(self, code: bytes, now: int) -> InviteState:
        """Return what an invite, named by the digest of its code, is good for at a time (milliseconds)."""
        ...
