"""Ways into an account that outlast a connection, and out again: passwords, tokens, registration, devices."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import MAX_NUMBER
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.requests.session import SignedIn
from chat_core.protocol.values import Device

Name = Annotated[str, Meta(max_length=128)]
Password = Annotated[str, Meta(max_length=1024)]
DeviceLabel = Annotated[str, Meta(max_length=128)]
Token = Annotated[str, Meta(min_length=1, max_length=128)]
InviteCode = Annotated[str, Meta(max_length=64)]
DeviceNumber = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]


class SignInPassword(Request[SignedIn], frozen=True, kw_only=True, tag="sign_in_password"):
    """Sign in with a password, and make a device whose token is answered.

    Refused with `wrong_credentials` whether there is no such account, it has no password, or the password is wrong.
    """

    name: Name
    """Of the account."""
    password: Password
    """Its password."""
    device: DeviceLabel = ""
    """What to call this device in the list of devices."""


class SignInToken(Request[SignedIn], frozen=True, kw_only=True, tag="sign_in_token"):
    """Sign in as a device that was made before; refused with `wrong_credentials` once it is signed out."""

    token: Token
    """As it was answered."""


class Register(Request[SignedIn], frozen=True, kw_only=True, tag="register"):
    """Make an account with a password, and a device of it. Who may is in the welcome's `registration`.

    From the server's own machine, the account of a name that has no password yet is taken over.
    """

    name: Name
    """The wanted name."""
    password: Password
    """The wanted password."""
    invite: InviteCode = ""
    """Code of an invite, in any spelling; empty: none."""
    device: DeviceLabel = ""
    """What to call this device in the list of devices."""


class SignInGuest(Request[SignedIn], frozen=True, kw_only=True, tag="sign_in_guest"):
    """Make a guest, and a device of it; the guest lasts as long as its token is used now and then."""

    name: Name = ""
    """What to be called, behind `guest.`; empty, or in use: the server finds something."""
    device: DeviceLabel = ""
    """What to call this device in the list of devices."""


class SignOut(Request[Done], frozen=True, kw_only=True, tag="sign_out"):
    """Forget this connection's device and its token; the connection ends with `signed_out` behind the answer."""


class PasswordChanged(Reply, frozen=True, kw_only=True):
    """The password is another one now."""

    device: int | None = None
    """Number of the device that the connection belongs to."""
    token: str = ""
    """That device's token, if it was made just now, because a name had been enough so far."""


class ChangePassword(Request[PasswordChanged], frozen=True, kw_only=True, tag="change_password"):
    """Give one's own account another password, or its first one; all its other devices are signed out.

    With its first one, the name is registered: from now on it asks for the password, always.
    """

    old: Password = ""
    """The password so far; empty: the account has none."""
    new: Password
    """The wanted one."""
    device: DeviceLabel = ""
    """What to call this device in the list of devices, if it is made just now."""


class Devices(Reply, frozen=True, kw_only=True):
    """All devices of an account."""

    devices: tuple[Device, ...]
    """The one used last comes first."""


class ListDevices(Request[Devices], frozen=True, kw_only=True, tag="list_devices"):
    """List the devices of one's own account; sign-ins by name alone are none."""


class RevokeDevice(Request[Done], frozen=True, kw_only=True, tag="revoke_device"):
    """Sign one of one's own devices out: its token is worth nothing from now on, its connections are closed."""

    device: DeviceNumber
    """Its number."""


REQUESTS = (
    SignInPassword, SignInToken, Register, SignInGuest, SignOut, ChangePassword, ListDevices, RevokeDevice,
)  # fmt: skip
"""This domain's requests, in the order of the documentation."""
