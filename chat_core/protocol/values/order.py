"""Keeping order: sanctions, settings of moderation, the log of privileged acts."""

from __future__ import annotations

from typing import Literal

import msgspec

SanctionKind = Literal["mute", "ban"]
"""What lasts: `mute`: may not write; `ban`: may not be there."""

SanctionAct = Literal["warn", "mute", "unmute", "kick", "ban", "unban"]
"""What is done to somebody to keep order."""


class Sanction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mute or a ban that is in force."""

    id: int
    """Its number."""
    kind: SanctionKind
    """Which of the two."""
    conversation: int | None = None
    """Where; nil: on the whole server."""
    account: int | None = None
    """Whom it concerns; nil: an address."""
    name: str = ""
    """That account's name."""
    address: str = ""
    """The address it concerns: one of IPv4, or 64 bits of IPv6."""
    until: int | None = None
    """When it ends by itself, in milliseconds since 1970-01-01 UTC; nil: when it is lifted."""
    reason: str = ""
    """Why."""
    by: str = ""
    """Name of who decided it; empty: the server itself."""
    ts: int = 0
    """When, in milliseconds since 1970-01-01 UTC."""


class AuditedAct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An act of privilege, as the audit log tells of it."""

    number: int
    """Its number there."""
    ts: int
    """When, in milliseconds since 1970-01-01 UTC."""
    actor: str
    """Name of who did it; `server`: no account."""
    act: str
    """What, in a word."""
    target: str
    """To whom or to what."""
    detail: str = ""
    """With what."""


class ModerationSetting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A setting as it holds in a channel."""

    name: str
    """What `set_moderation` calls it."""
    value: str
    """What it is."""
    own: bool = False
    """Whether the channel set it; else it is as on the server."""
