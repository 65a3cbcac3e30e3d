"""Which role holds which permission. A request names the one permission it needs; the router compares, nobody else."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """What a request may need."""

    OPEN = "open"
    """Begin: say hello, sign in."""
    READ = "read"
    """Resume, attach, read history and lists."""
    SPEAK = "speak"
    """Post, edit and delete one's own, be seen typing."""
    JOIN = "join"
    """Join, make and leave channels, open direct conversations."""
    TOPIC = "topic"
    """Set topics."""
    SELF = "self"
    """Change what belongs to one's own account."""


class Role(StrEnum):
    """What a connection acts as."""

    STRANGER = "stranger"
    """Not signed in."""
    MEMBER = "member"
    """Signed in."""


_HOLDS: Final[dict[Role, frozenset[Permission]]] = {
    Role.STRANGER: frozenset({Permission.OPEN}),
    Role.MEMBER: frozenset(Permission) - {Permission.OPEN},
}


def allowed(role: Role, permission: Permission) -> bool:
    """Return whether the role holds the permission."""
    return permission in _HOLDS[role]
