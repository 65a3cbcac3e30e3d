"""Servers with TLS for tests: certificates of an authority that nobody knows, or that one test knows."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import trustme

from chat_core.transport.pins import pin_of


class Pair:
    """A certificate and its key, as files that a server is told of.

    Args:
        folder: where they are written.
        authority: who vouches.
        name: host name or address in it.
    """

    def __init__(self, folder: Path, authority: trustme.CA, name: str = "127.0.0.1") -> None:
        self.certificate = folder / "given.pem"
        self.key = folder / "given.key"
        self._authority = authority
        self._name = name
        self.renew()

    def renew(self) -> None:
        """Write another certificate, with another key."""
        made = self._authority.issue_cert(self._name)
        made.private_key_pem.write_to_path(self.key)
        self.key.chmod(0o600)
        for number, part in enumerate(made.cert_chain_pems):
            part.write_to_path(self.certificate, append=number > 0)

    @property
    def environment(self) -> dict[str, str]:
        """What a server is told."""
        return {"CHAT_CORE_TLS_CERTIFICATE": str(self.certificate), "CHAT_CORE_TLS_KEY": str(self.key)}


def shown_pin(port: int) -> str:
    """Return the pin that a server on loopback shows, looked at with nothing but Python's own TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as stream,
    ):
        certificate = stream.getpeercert(binary_form=True)
    assert certificate is not None
    return pin_of(certificate)
