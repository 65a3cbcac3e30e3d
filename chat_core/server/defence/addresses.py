"""What counts as one address: a home has one IPv4 address, but a whole /64 of IPv6. Pure."""

from __future__ import annotations

import ipaddress
from typing import Final

IPV6_BITS: Final = 64
"""Bits of an IPv6 address that are one network's."""


def network_of(host: str) -> str | None:
    """Return what an address is counted and banned under: itself, of IPv6 its /64 as `2001:db8::/64`; None: it is none.

    An IPv4 address that came in over an IPv6 socket is the same as without.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, IPV6_BITS), strict=False))
    return str(address)


def address_key(host: str) -> str:
    """Return what a connection is counted under; the host as it is if it is no address."""
    return network_of(host) or host
