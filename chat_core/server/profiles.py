"""The two profiles of defence: what a connection may take of the server, by where it comes from.

Only the numbers, as settings; what is done with them stands in `server/defence`. A profile is chosen by the listener:
scripts and pipes on the server's own machine run free, strangers do not.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from chat_core.base.settings import LIVE
from chat_core.protocol.limits import CALLS_IN_FLIGHT

ProfileName = Literal["local", "internet"]

_Count = Annotated[int, Meta(ge=0, le=1_000_000), LIVE]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection may take of the server; 0 is no limit where the sentence says so."""

    connections_per_address: _Count = 0
    """Connections from one address at the same time, IPv6 by /64; 0: no limit."""
    unfinished: Annotated[int, Meta(ge=16, le=1_000_000), LIVE] = 4096
    """Connections that have not signed in yet; one more, and the oldest of them is closed, never the new one."""
    opening_frames: Annotated[int, Meta(ge=2, le=1_000_000), LIVE] = 100_000
    """Frames that are taken before a connection has signed in."""
    opening_bytes: Annotated[int, Meta(ge=1024, le=1024 * 1024 * 1024), LIVE] = 64 * 1024 * 1024
    """What is read before a connection has signed in."""
    sign_ins_per_address: _Count = 0
    """Sign-ins a minute from one address that fail or make an account, IPv6 by /64; 0: no limit."""
    sign_ins_per_account: _Count = 0
    """Sign-ins a minute with one account's name that fail; 0: no limit. Tokens of devices are not counted."""
    sign_ins_overall: _Count = 0
    """Sign-ins a minute that fail or make an account, of everybody together; 0: no limit. Tokens are not counted."""
    calls_at_once: Annotated[int, Meta(ge=1, le=CALLS_IN_FLIGHT), LIVE] = CALLS_IN_FLIGHT
    """Requests of one connection that are worked on at the same time; more of them wait, so that a burst of one
    does not stand before everybody else's next message."""
    request_burst: Annotated[int, Meta(ge=20, le=1_000_000), LIVE] = 1000
    """What a connection's requests may cost at once (docs/protocol.md says what each costs)."""
    request_rate: Annotated[float, Meta(ge=0, le=1_000_000), LIVE] = 0.0
    """What of that comes back each second; 0: requests are not counted."""
    byte_burst: Annotated[int, Meta(ge=64 * 1024, le=1024 * 1024 * 1024), LIVE] = 1024 * 1024
    """Bytes that one account's connections may send at once; a frame counts as at least 256."""
    byte_rate: Annotated[int, Meta(ge=0, le=1024 * 1024 * 1024), LIVE] = 0
    """Bytes of that which come back each second; who sends faster is read slower. 0: bytes are not counted."""


class LocalSection(Profile, frozen=True, kw_only=True):
    """Profile `local`: loopback and Unix sockets, so that scripts and pipes run free."""


class InternetSection(Profile, frozen=True, kw_only=True):
    """Profile `internet`: every other listener, where anybody can knock."""


LOCAL: Final = LocalSection()
INTERNET: Final = InternetSection(
    connections_per_address=16,
    unfinished=256,
    opening_frames=4,
    opening_bytes=8 * 1024,
    sign_ins_per_address=10,
    sign_ins_per_account=30,
    sign_ins_overall=300,
    calls_at_once=8,
    request_burst=60,
    request_rate=20.0,
    byte_burst=512 * 1024,
    byte_rate=64 * 1024,
)
