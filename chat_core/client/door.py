"""How this client gets in: which sign-in to ask for at each connect, and what is kept of the answer. Without a wire.

A token, once there is one, is all that later connects need; the password is forgotten then. Where there is none, or it
is refused, whoever has the password may be asked for it. A registration whose answer was lost may have been carried
out: the next try signs in first.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from chat_core.base.errors import ChatError
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.session import SignedIn, SignIn
from chat_core.protocol.requests.signin import PasswordChanged, Register, SignInGuest, SignInPassword, SignInToken

if TYPE_CHECKING:
    from chat_core.client.errors import CallFailed


_log = logging.getLogger(__name__)

ASK_A_PERSON: Final = frozenset(
    {
        Refusal.PASSWORD_NEEDED,
        Refusal.WRONG_CREDENTIALS,
        Refusal.SIGN_IN_REFUSED,
        Refusal.INVITE_INVALID,
        Refusal.BAD_PASSWORD,
        Refusal.BAD_NAME,
        Refusal.NAME_TAKEN,
        Refusal.DISABLED,
    }
)
"""Refusals of a sign-in that another answer of the person at the keyboard can mend."""
ASK_WHO_GAVE_A_NAME: Final = frozenset({Refusal.PASSWORD_NEEDED, Refusal.WRONG_CREDENTIALS, Refusal.SIGN_IN_REFUSED})
"""Refusals of who gave a name only, after which there is more to be asked."""


_AS_A_TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)
"""What tokens look like; a password may, too."""


def this_device(program: str) -> str:
    """Return what to call this device in the list of devices, if nobody says."""
    return f"{program.partition(' ')[0]} on {platform.node().partition('.')[0][:40] or 'some machine'}"


class Tokens(Protocol):
    """Where a device's tokens are kept from one run to the next, for one server. May block."""

    def find(self, name: str) -> str:
        """Return the token of an account; empty: there is none. Raises: UsageFault (the file cannot be trusted)."""
        ...

    def keep(self, name: str, token: str) -> None:
        """Keep the token of an account; empty: keep none. Raises: ChatError."""
        ...


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """What a person gave to get in."""

    name: str
    """The account's, or the wanted one."""
    password: str = ""
    """Empty: none was given."""
    token: str = ""
    """Of a device; it is tried first. Empty: the one that is kept, if any is."""
    register: bool = False
    """Make the account, with the password."""
    invite: str = ""
    """Code for that."""
    guest: bool = False
    """Be a guest."""
    device: str = ""
    """What to call this device in the list of devices."""
    ask: Callable[[], Awaitable[str]] | None = None
    """Returns the password, or a token, once one is needed; empty: it has none. Raises: UsageFault."""


class Door:
    """See the module's head.

    Args:
        login: what was given.
        tokens: keeps the token beyond this client's life; None: nobody does.
    """

    def __init__(self, login: Login, tokens: Tokens | None) -> None:
        self._login = login
        self._tokens = tokens
        self._token = login.token
        self._kept = False
        self._asked: Request[SignedIn] | None = None
        self._unsure = False
        self._looked = login.token != ""

    async def prepare(self) -> None:
        """Look for a token that was kept; without one, ask for what gets one in. Raises: UsageFault."""
        if not self._looked and self._tokens is not None:
            self._token = await asyncio.to_thread(self._tokens.find, self._login.name)
            self._kept = self._token != ""
        self._looked = True
        login = self._login
        if login.ask is None or self._token or login.password or login.guest or login.register:
            return
        secret = await login.ask()
        self._login = msgspec.structs.replace(login, password=secret, ask=login.ask if secret else None)
        self._token = secret if _AS_A_TOKEN.fullmatch(secret) else ""

    def knock(self, name: str) -> Request[SignedIn]:
        """Return the request to sign in with now; `name` is the account's present one."""
        self._asked = self._request(name)
        if isinstance(self._asked, Register):
            self._unsure = True  # until it is answered
        return self._asked

    def other_way(self, failure: CallFailed) -> bool:
        """Return whether another request is worth trying after this refusal, and after `prepare`."""
        wrong = failure.code == Refusal.WRONG_CREDENTIALS
        match self._asked:
            case SignInToken():
                self._token = ""
                return wrong and (self._login.password != "" or self._login.guest or self._login.ask is not None)
            case SignInPassword() if self._unsure:
                self._unsure = False
                return wrong
            case _:
                self._unsure = False
                return False

    async def entered(self, signed_in: SignedIn) -> None:
        """Keep the token that was answered, and forget the password."""
        self._unsure = False
        if signed_in.token:
            self._token = signed_in.token
        elif isinstance(self._asked, SignIn):
            self._token = ""
        self._login = Login(name=signed_in.account.name, device=self._login.device, ask=self._login.ask)
        await self._keep(signed_in.account.name)

    async def changed(self, reply: PasswordChanged) -> None:
        """Keep the token that came with a first password."""
        if reply.token:
            self._token = reply.token
            await self._keep(self._login.name)

    async def renamed(self, name: str) -> None:
        """Keep the token under the account's new name."""
        if name_key(name) != name_key(self._login.name):
            self._login = msgspec.structs.replace(self._login, name=name)
            await self._keep(name)

    async def signed_out(self) -> None:
        """Forget the token."""
        self._token = ""
        await self._keep(self._login.name)

    async def _keep(self, name: str) -> None:
        """Keep the token, whose place under another name is given up; without one, none."""
        if self._tokens is None or not (self._token or self._kept):
            return
        try:
            await asyncio.to_thread(self._tokens.keep, name, self._token)
        except ChatError as fault:
            _log.warning("a token is not kept: %s", fault)
        else:
            self._kept = self._token != ""

    def _request(self, name: str) -> Request[SignedIn]:
        login = self._login
        if self._token:
            return SignInToken(token=self._token)
        if login.guest:
            return SignInGuest(name=login.name, device=login.device)
        if login.register and not self._unsure:
            return Register(name=login.name, password=login.password, invite=login.invite, device=login.device)
        if login.password:
            return SignInPassword(name=login.name, password=login.password, device=login.device)
        return SignIn(name=name)
