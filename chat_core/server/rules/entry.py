"""How one gets in, from where one is: what the settings of a server mean for one connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from chat_core.protocol.codes import REFUSALS, Refusal

Registration = Literal["open", "invite", "allowlist", "closed"]
"""Who may make an account."""
Where = Literal["local", "everywhere", "nowhere"]
"""From which machines something is possible: the server's own, all, none."""


InviteState = Literal["good", "over", "orphaned"]
"""Of a code: it can be used; it was used up or ended, or never was; who made it may not be on the server now."""
ORPHANED: Final = (
    "This invite holds no more: who made it may not be on this server now. Ask somebody else for another one."
)

GUEST: Final = "guest."
"""What the names of guests begin with, and no others: they look like what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one connection may do to get in."""

    registration: Registration
    """How an account with a password is made."""
    name_only: bool
    """Whether a name without a password is enough."""
    makes: Literal["any", "listed", "none"]
    """Which accounts may be made by a name alone."""
    guests: bool
    """Whether one can be a guest."""

    @property
    def told(self) -> Literal["name", "open", "invite", "allowlist", "closed"]:
        """The welcome's word for it."""
        return "name" if self.name_only and self.makes == "any" else self.registration


def entry(registration: Registration, name_only: Where, guests: Where, *, local: bool) -> Entry:
    """Return how one gets in.

    Args:
        registration: of the server.
        name_only: where a name is enough.
        guests: where one can be a guest.
        local: whether the connection comes from the server's own machine: whoever is there needs no invite.
    """
    makes: dict[Registration, Literal["any", "listed", "none"]] = {"allowlist": "listed", "closed": "none"}
    return Entry(
        registration="open" if registration == "invite" and local else registration,
        name_only=_holds(name_only, local=local),
        makes=makes.get(registration, "any"),
        guests=_holds(guests, local=local),
    )


def why_not(how: Registration, name: str, *, listed: bool, invite: InviteState | None) -> tuple[Refusal, str] | None:
    """Return why an account cannot be registered, None: it can, as far as this is concerned.

    Args:
        how: who may.
        name: the wanted one.
        listed: whether it is on the list; asked with `allowlist` only.
        invite: what the invite that came with it is good for; None: none came.
    """
    if how == "closed":
        return Refusal.SIGN_IN_REFUSED, "This server takes no new accounts; ask the people who run it for one."
    if how == "allowlist" and not listed:
        return (
            Refusal.SIGN_IN_REFUSED,
            f"'{name}' is not on this server's list of names; ask the people who run it to allow it.",
        )
    if invite == "orphaned":
        return Refusal.INVITE_INVALID, ORPHANED
    if invite == "over":
        return Refusal.INVITE_INVALID, REFUSALS[Refusal.INVITE_INVALID].text
    if how == "invite" and invite is None:
        return Refusal.INVITE_INVALID, "An account is made with an invite here; ask somebody who is in for one."
    return None


def name_fault(name: str, *, guest: bool) -> str:
    """Return in a sentence why an account may not be called that, though the name is well-formed; empty: it may."""
    for_guests = name.casefold().startswith(GUEST)
    if for_guests and not guest:
        return f"Names that begin with '{GUEST}' are for guests; choose another one."
    if guest and not for_guests:
        return f"A guest's name begins with '{GUEST}'; to have another one, sign out and register."
    return ""


def _holds(where: Where, *, local: bool) -> bool:
    return where == "everywhere" or (where == "local" and local)
