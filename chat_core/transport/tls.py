"""How an encrypted stream is opened from the client's side: with which context, and who looks at the certificate.

There are two ways, and no third: an authority of the system vouches, or somebody checks the certificate by hand before
a byte is said. Whom to trust is decided elsewhere (`client/trust`).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from chat_core.base.errors import WorldFault
from chat_core.transport.driver import Driver

Check = Callable[[bytes], None]
"""Looks at a server's certificate, as DER, and raises what is wrong with it."""


class Unverified(WorldFault):
    """No authority that this system trusts vouches for the server."""


@dataclass(frozen=True, slots=True)
class Trusting:
    """How a certificate is judged. Made by `by_authority` or `by_check`."""

    context: ssl.SSLContext
    """For the handshake."""
    check: Check | None = None
    """Looks at the certificate behind the handshake, before anything is said."""


def by_authority(check: Check | None = None) -> Trusting:
    """Let the system's authorities vouch for host and certificate; reads their list, some milliseconds.

    Args:
        check: looks at the certificate besides.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return Trusting(context, check)


def by_check(check: Check) -> Trusting:
    """Let nobody vouch for the certificate but `check`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return Trusting(context, check)


class Gate(asyncio.Protocol):
    """Stands in the driver's place until the certificate was looked at; then lets the driver in, or nobody.

    Args:
        make_driver: called if all is well.
        check: see `Trusting`.
    """

    def __init__(self, make_driver: Callable[[], Driver], check: Check | None) -> None:
        self._make_driver = make_driver
        self._check = check
        self.fault: BaseException | None = None
        """Why nobody was let in."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Look, once the handshake is done (asyncio)."""
        stream = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        try:
            if self._check is not None:
                self._check(certificate_of(stream))
        except Exception as fault:
            self.fault = fault
            stream.abort()
            return
        driver = self._make_driver()
        stream.set_protocol(driver)
        driver.connection_made(stream)


def certificate_of(stream: asyncio.BaseTransport) -> bytes:
    """Return the certificate that the other side has shown, as DER. Raises: WorldFault: it has shown none."""
    secured: ssl.SSLObject | None = stream.get_extra_info("ssl_object")
    shown = secured.getpeercert(binary_form=True) if secured is not None else None
    if not shown:
        raise WorldFault("The server has shown no certificate.")
    return shown
