"""How a name is drawn: its colour, which stays the account's, and what is left of a long one. Pure."""

from __future__ import annotations

from typing import Final, Protocol

from chat_core.protocol.values import Conversation
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Role

# The sixth colour of the palette is left out: it is so near to one's own that "mine" would not stand out.
NAME_ROLES: Final[tuple[Role, ...]] = ("name-1", "name-2", "name-3", "name-4", "name-5")
_SOFT_ROLES: Final[tuple[Role, ...]] = ("soft-1", "soft-2", "soft-3", "soft-4", "soft-5")


def name_role(account: int, me: int | None) -> Role:
    """Return the role of an account's name: one's own, or one of five that depends on the number only."""
    if account == me:
        return "own"
    return NAME_ROLES[_color(account)]


def soft_role(account: int, me: int | None) -> Role:
    """Return `name_role` without the weight, for lists of names."""
    return "soft-own" if account == me else _SOFT_ROLES[_color(account)]


def _color(account: int) -> int:
    # Numbers are given out in order, so that people who came together never look alike.
    return account % len(NAME_ROLES)


class Named(Protocol):
    """Whoever has a name: a message's author, a member, somebody who types, an account."""

    @property
    def name(self) -> str:
        """What is typed to mean them."""
        ...

    @property
    def display(self) -> str:
        """What they want to be shown as; empty: that name."""
        ...


def called(who: Named) -> str:
    """Return what somebody is called where they are shown; the server sees to it that nobody passes for another."""
    return who.display or who.name


def title_of(info: Conversation) -> str:
    """Return what a conversation is called where one reads it: its TARGET; a group, which has only a number, by names.

    It is not safe to draw.
    """
    return called(info) if info.kind == "group" else info.target


def in_sentence(info: Conversation, *, first: bool = True) -> str:
    """Return the same for a sentence, which it begins unless it is not `first`: `The group with ann, cid`."""
    return f"{'T' if first else 't'}he group with {called(info)}" if info.kind == "group" else info.target


def label_of(info: Conversation) -> str:
    """Return the same where it stands among others of its sort: a direct conversation is who the other one is."""
    return called(info) if info.personal else info.target


def shown_name(name: str) -> str:
    """Return a name as it may be drawn, never empty."""
    return drawable_line(name) or "?"
