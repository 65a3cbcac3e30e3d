"""What counts as one address: a home has one IPv4 address, but a whole /64 of IPv6. Pure."""

from __future__ import annotations

import ipaddress


def address_key(host: str) -> str:
    """Return what an address is counted under: itself, or its IPv6 /64 as `2001:db8::/64`; as it is if it is none.

    An IPv4 address that came in over an IPv6 socket is the same as without.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
