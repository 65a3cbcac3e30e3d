"""Decides whether a server is the one it is taken for. Pure: what was shown and what is known come as arguments.

A key that is pinned here beats everything: neither a link nor an authority overrides it, only a person does (`trust`).
Behind it come the pin of a link, then the system's authorities. What none of them knows is for a person to decide.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

import msgspec

How = Literal["authority", "link", "first use", "by hand"]


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a server."""

    how: How
    """How it came to be trusted."""
    pin: str = ""
    """Of its key; empty: an authority vouches for it, with whatever key."""


class Shown(msgspec.Struct, frozen=True):
    """What a server has shown."""

    pin: str
    """Of its key."""
    vouched: bool = False
    """Whether an authority vouches for it."""


class Verdict(Enum):
    """What to do with a server."""

    TRUSTED = "trusted"
    """It is the one."""
    UNKNOWN = "unknown"
    """Nothing is known of it: a person may decide."""
    CHANGED = "changed"
    """It is not the one that was here before, or cannot prove it: stop."""
    NOT_OF_LINK = "not of link"
    """It is not the one that the link means: stop."""


def decide(shown: Shown, known: Known | None, link_pin: str = "") -> Verdict:
    """Return what to do with a server.

    Args:
        shown: what it has shown.
        known: what is remembered of it; None: nothing.
        link_pin: the pin in the link that was followed; empty: none.
    """
    if known is not None and not (shown.pin == known.pin if known.pin else shown.vouched):
        return Verdict.CHANGED
    if link_pin and shown.pin != link_pin:
        return Verdict.NOT_OF_LINK
    return Verdict.TRUSTED if known is not None or link_pin or shown.vouched else Verdict.UNKNOWN


def needs_authority(known: Known | None, link_pin: str = "") -> bool:
    """Return whether `decide` must know if an authority vouches: where a pin decides, nobody else need be asked."""
    return not known.pin if known is not None else not link_pin


def to_remember(shown: Shown, known: Known | None, link_pin: str = "") -> Known | None:
    """Return what to remember of a server that is trusted; None: nothing new."""
    if known is not None:
        return None
    return Known("link", shown.pin) if link_pin else Known("authority")
