"""How somebody else on the network names this machine. Asks the operating system, never the network."""

from __future__ import annotations

import socket
from typing import Final

_WILDCARDS: Final = ("0.0.0.0", "::", "")
# Addresses for documentation (RFC 5737, RFC 3849): nobody is there, and a datagram socket that is only connected sends
# nothing anyway; it is told from which of this machine's addresses it would.
_FAR: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def reachable_host(host: str, public_host: str = "") -> str:
    """Return the host for the link of a listener.

    Args:
        host: what the listener was told to listen on.
        public_host: what the operator calls the machine; empty: not said.
    """
    if public_host:
        return public_host
    if host not in _WILDCARDS:
        return host
    return _first_address(only_v4=host == "0.0.0.0") or socket.gethostname()


def _first_address(*, only_v4: bool) -> str:
    """Return the address that leads out of here; empty: none does."""
    for family, far in _FAR:
        if only_v4 and family != socket.AF_INET:
            continue
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((far, 9))
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return ""
