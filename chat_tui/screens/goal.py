"""Which server somebody wants to be on, and as whom: what is chosen at the start, asked about, and visited."""

from __future__ import annotations

from typing import NamedTuple

from chat_core.transport.urls import Invitation


class Goal(NamedTuple):
    """Where to go, and as whom."""

    address: str
    """Of the server, well-formed, or `storage.HERE`."""
    name: str
    """Well-formed."""
    link: Invitation | None = None
    """The link that leads there, with pin, invite and channel; None: it was chosen without one."""
