"""The settings of who gets in, and how. Nothing of what is done by them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from chat_core.base.settings import LIVE


class AccountsSection(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets in, and how. "Local" is the server's own machine: loopback and Unix sockets."""

    registration: Annotated[Literal["open", "invite", "allowlist", "closed"], LIVE] = "invite"
    """How an account is made: `open`: by anybody; `invite`: with an invite; `allowlist`: under names that `chat-core
    users allow` has listed; `closed`: with `chat-core users add` only. Who is local needs no invite."""
    name_only: Annotated[Literal["local", "everywhere", "nowhere"], LIVE] = "local"
    """Where a name that has no password is enough to sign in. `everywhere` is for networks where all trust all."""
    guests: Annotated[Literal["local", "everywhere", "nowhere"], LIVE] = "local"
    """Where one can be a guest, with a name that begins with `guest.`."""
    trust_loopback: Annotated[bool, LIVE] = True
    """Whether who connects over loopback counts as local; turn it off behind a proxy or a tunnel on this machine."""
    guest_idle_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """Days after which a guest that did not come back is ended."""
    argon2_memory_kib: Annotated[int, Meta(ge=8, le=4 * 1024 * 1024), LIVE] = 19_456
    """Memory that hashing one password takes, in KiB. After a change, passwords are hashed anew as people sign in."""
    argon2_passes: Annotated[int, Meta(ge=1, le=100), LIVE] = 2
    """Passes over that memory."""
    argon2_lanes: Annotated[int, Meta(ge=1, le=64), LIVE] = 1
    """Lanes that memory is divided into."""
    hashing_threads: Annotated[int, Meta(ge=1, le=64)] = 1
    """Passwords that are hashed at the same time; each takes a processor, and gives way to everything else."""
    hashing_waiting: Annotated[int, Meta(ge=0, le=10_000)] = 64
    """Passwords that may wait for that; who comes then is told to try again a little later."""


ACCOUNTS: Final = AccountsSection()
"""As they are by themselves."""
