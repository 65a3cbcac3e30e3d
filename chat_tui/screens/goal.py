"""Which server somebody wants to be on, and as whom: what is chosen at the start, asked about, and visited."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from chat_core.transport.urls import DEFAULT_PORT, Invitation, parse_address
from chat_tui.paths import HERE

HERE_IN_WORDS: Final = "this computer"
"""How people read `HERE`."""


class Goal(Struct, frozen=True):
    """Where to go, and as whom."""

    address: str
    """Of the server, well-formed, or `storage.HERE`."""
    name: str
    """Well-formed."""
    link: Invitation | None = None
    """The link that leads there, with pin, invite and channel; None: it was chosen without one."""


def in_words(address: str) -> str:
    """Return an address as people read it."""
    if address == HERE:
        return HERE_IN_WORDS
    plain = address.removeprefix("chat://")
    # What a bare host would mean is told without its scheme, whatever else stands there with it.
    if address.startswith("chats://") and parse_address(address.removeprefix("chats://")).tls:
        plain = address.removeprefix("chats://")
    return plain.removesuffix(f":{DEFAULT_PORT}")
