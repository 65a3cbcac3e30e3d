"""Connects to servers that can be trusted, and to no others. The shell around `decision`.

Nothing is said to a server before it is found to be the one. Without TLS there is nothing to find: such addresses are
this machine's own, or called insecure by the one who typed them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.client.errors import Untrusted
from chat_core.client.trust.decision import Known, Shown, Verdict, decide, needs_authority, to_remember
from chat_core.client.trust.known import KnownServers
from chat_core.transport.connect import connect
from chat_core.transport.driver import Driver
from chat_core.transport.pins import pin_of
from chat_core.transport.tls import Trusting, Unverified, by_authority, by_check
from chat_core.transport.urls import Address

_NOTHING: Final = "Nothing was said to it."


class TrustingConnector:
    """See the module's head, and `Connector`.

    Args:
        servers: those that are known.
        link_pin: the pin in the link that was followed; empty: none.
    """

    def __init__(self, servers: KnownServers, link_pin: str = "") -> None:
        self._servers = servers
        self._link_pin = link_pin
        self._authority: Trusting | None = None

    @classmethod
    def of(cls, folder: Path, link_pin: str = "") -> TrustingConnector:
        """Make one that keeps known servers in a folder."""
        return cls(KnownServers(folder), link_pin)

    async def __call__(self, address: Address, make_driver: Callable[[], Driver]) -> None:
        """Open a stream.

        Raises:
            Untrusted: the server is not known yet, or not the one it is taken for.
            WorldFault: it cannot be reached.
            UsageFault: the address cannot be used at all.
        """
        if not address.tls:
            await connect(address, make_driver)
            return
        known = self._servers.find(address)
        if needs_authority(known, self._link_pin):
            with contextlib.suppress(Unverified):
                self._authority = self._authority or by_authority()
                check = partial(self._check, address, known, vouched=True)
                await connect(address, make_driver, trusting=replace(self._authority, check=check))
                return
        # Where no authority vouches, what was shown is not known yet: a handshake that fails does not tell.
        await connect(address, make_driver, trusting=by_check(partial(self._check, address, known, vouched=False)))

    def _check(self, address: Address, known: Known | None, certificate: bytes, *, vouched: bool) -> None:
        shown = Shown(pin_of(certificate), vouched)
        verdict = decide(shown, known, self._link_pin)
        if verdict is not Verdict.TRUSTED:
            raise untrusted(address, verdict, shown.pin, known, self._link_pin)
        if (new := to_remember(shown, known, self._link_pin)) is not None:
            self._remember(address, new)

    def _remember(self, address: Address, known: Known) -> None:
        try:
            self._servers.keep(address, known)
        except Untrusted:
            raise
        except WorldFault:
            pass  # a script without a place of its own has a pin in its link, or an authority, the next time too


def untrusted(address: Address, verdict: Verdict, pin: str, known: Known | None, link_pin: str) -> Untrusted:
    """Return why a server is not trusted, in words that say what to do."""
    trust = f"run `chat-tui trust {address} --pin {pin}`"
    match verdict:
        case Verdict.NOT_OF_LINK:
            text = (
                f"STOP: {address} shows the pin {pin}, but the link says {link_pin}. Either the link is old, or "
                f"somebody stands between you and the server. {_NOTHING} Ask its operator for a new link."
            )
        case Verdict.CHANGED if known is not None and known.pin:
            text = (
                f"STOP: the key of {address} has changed: somebody may stand between you and the server. {_NOTHING} "
                f"Its pin was {known.pin}, now it is {pin}: {trust} if its operator confirms that."
            )
        case Verdict.CHANGED:
            text = (
                f"STOP: an authority vouched for {address} before, and does no more: its certificate has expired, or "
                f"somebody stands between you and the server. {_NOTHING} "
                f"Its pin is {pin}: {trust} if its operator confirms that."
            )
        case _:
            text = (
                f"{address} is not known here, and no authority vouches for it. {_NOTHING} "
                f"Its pin is {pin}: {trust} if that is what its operator tells you."
            )
    return Untrusted(text, pin=pin, unknown=verdict is Verdict.UNKNOWN)


class _Seen(Exception):
    """A certificate was looked at; nothing else was wanted."""


async def look(address: Address) -> Shown:
    """Return what a server shows to whoever comes; nothing is said to it.

    Raises:
        WorldFault: it cannot be reached.
    """
    seen: list[str] = []

    def check(certificate: bytes) -> None:
        seen.append(pin_of(certificate))
        raise _Seen

    for vouched in (True, False):
        try:
            await connect(address, _nobody, trusting=by_authority(check) if vouched else by_check(check))
        except Unverified:
            continue
        except _Seen:
            return Shown(seen[-1], vouched)
    raise AssertionError("a check that always raises lets nobody in")


def _nobody() -> Driver:
    raise AssertionError("nothing is to be said")
