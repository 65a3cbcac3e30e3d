"""Reactions, and how they are folded into a message: one way, for the server, its checks and the client. Pure.

The order is that in which emoji came: one that nobody holds any more is gone, and comes back as the last.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace


class Reaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What some members think of a message, in one emoji."""

    emoji: str
    """It, in its full form."""
    count: int = 1
    """How many reacted so."""
    mine: bool = False
    """Whether oneself did."""


class Reactor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who reacted."""

    emoji: str
    """With what."""
    account: int
    """Who."""
    name: str
    """Their name."""


Reactions = tuple[Reaction, ...]


def with_added(reactions: Reactions, emoji: str, *, mine: bool) -> Reactions:
    """Return reactions with one more.

    Args:
        reactions: as they were.
        emoji: in its full form.
        mine: whether it is the reader's own.
    """
    if not any(each.emoji == emoji for each in reactions):
        return (*reactions, Reaction(emoji=emoji, mine=mine))
    return tuple(
        replace(each, count=each.count + 1, mine=each.mine or mine) if each.emoji == emoji else each
        for each in reactions
    )


def with_removed(reactions: Reactions, emoji: str, *, mine: bool) -> Reactions:
    """Return reactions with one less; one that is not there cannot be taken away.

    Args:
        reactions: as they were.
        emoji: in its full form.
        mine: whether it is the reader's own.
    """
    fewer = (
        replace(each, count=each.count - 1, mine=each.mine and not mine) if each.emoji == emoji else each
        for each in reactions
    )
    return tuple(each for each in fewer if each.count > 0)
