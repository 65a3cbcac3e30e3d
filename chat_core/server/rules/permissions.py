"""Which role holds which permission. A request names the one permission it needs; the router compares, nobody else.

What a permission means in one channel - who may speak in a moderated one, who may set its topic - is decided where the
membership is known: in the store's transaction.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from chat_core.protocol.values import ChannelRole, ServerRole


class Permission(StrEnum):
    """What a request may need."""

    OPEN = "open"
    """Begin: say hello, sign in."""
    READ = "read"
    """Resume, attach, read history and lists."""
    SPEAK = "speak"
    """Post, edit and delete one's own, be seen typing."""
    JOIN = "join"
    """Join and leave channels, open direct conversations."""
    TOPIC = "topic"
    """Set topics."""
    SELF = "self"
    """Change what belongs to one's own account."""
    PASSWORD = "password"
    """Have a password, and change it."""
    INVITE = "invite"
    """Make invites to the server."""
    BROADCAST = "broadcast"
    """Write announcements."""
    OPERATE = "operate"
    """Change a channel's rules and its members' roles, invite to it, where the channel decides who of the members may;
    begin groups and bring people into them."""
    MODERATE = "moderate"
    """Warn, mute, kick and ban on the whole server."""
    ADMINISTER = "administer"
    """Make, disable and allow accounts, change their roles and passwords, read the audit log."""


class Role(StrEnum):
    """What a connection acts as."""

    STRANGER = "stranger"
    """Not signed in."""
    GUEST = "guest"
    """Signed in without an account that lasts."""
    MEMBER = "member"
    """Signed in."""
    MODERATOR = "moderator"
    """Keeps order on the whole server."""
    OWNER = "owner"
    """Runs the server."""
    CONSOLE = "console"
    """The command line on the server's own machine: no account, but whoever may do anything with all of them."""


class Inside(StrEnum):
    """What a request needs in the conversation that it names, besides its permission; the store's transaction asks it.

    Of a conversation that somebody may not know of, every request is refused with `no_conversation`.
    """

    READER = "reader"
    """Members, and in a public channel everybody; former members up to where they left."""
    MEMBER = "member"
    """Members."""
    SPEAKER = "speaker"
    """Members that may write there now: in a moderated channel voices and operators, and nobody who is muted."""
    OPERATOR = "operator"
    """Operators of the channel, and moderators of the server."""
    MAKER = "maker"
    """Who made the channel, while an operator of it, and owners of the server."""


class Heard(StrEnum):
    """Whether others hear of what a request does. Who is muted on the whole server is not heard: it is refused then."""

    NO = "no"
    """They do not, or not by anything that its author says or begins."""
    NEWS = "news"
    """If something new comes of it: what was sent, made or begun before is answered as then."""
    ALWAYS = "always"
    """Always."""


_GUEST: Final = frozenset({Permission.READ, Permission.SPEAK, Permission.JOIN, Permission.SELF})
_MEMBER: Final = _GUEST | {Permission.TOPIC, Permission.OPERATE, Permission.PASSWORD}
_MODERATOR: Final = _MEMBER | {Permission.INVITE, Permission.BROADCAST, Permission.MODERATE}
_HOLDS: Final[dict[Role, frozenset[Permission]]] = {
    Role.STRANGER: frozenset({Permission.OPEN}),
    Role.GUEST: _GUEST,
    Role.MEMBER: _MEMBER,
    Role.MODERATOR: _MODERATOR,
    Role.OWNER: _MODERATOR | {Permission.ADMINISTER},
    Role.CONSOLE: frozenset({Permission.INVITE, Permission.ADMINISTER}),
}
_LOCAL: Final = frozenset({Permission.INVITE, Permission.BROADCAST})
"""What everybody holds, too, whose connection comes from the server's own machine."""
_TOLD: Final = {
    Role.GUEST: "people who are signed in",
    Role.MEMBER: "people with an account that lasts",
    Role.MODERATOR: "moderators and owners of this server",
    Role.OWNER: "owners of this server",
}
"""Those who hold what this role is the first to hold, as they are called in a refusal; from the lowest role up."""
_RANKS: Final[dict[str, int]] = {"guest": 0, "member": 1, "moderator": 2, "owner": 3}
_CHANNEL_RANKS: Final[dict[str, int]] = {"member": 0, "voice": 1, "operator": 2}
_MAKER: Final = 3
"""How high the maker of a channel stands in it: above its other operators."""


def allowed(role: Role, permission: Permission, *, local: bool = False) -> bool:
    """Return whether the role holds the permission.

    Args:
        role: of the connection.
        permission: what the request needs.
        local: whether the connection comes from the server's own machine.
    """
    if permission in _HOLDS[role]:
        return True
    return local and permission in _LOCAL and role in (Role.MEMBER, Role.MODERATOR, Role.OWNER)


def only(permission: Permission, what: str = "do that") -> str:
    """Return why a request is refused whose permission one does not hold: who does hold it, as a sentence.

    Args:
        permission: what the request needs.
        what: what only they do.
    """
    lowest = next((role for role in _TOLD if permission in _HOLDS[role]), None)
    return f"Only {_TOLD[lowest]} {what}." if lowest else "Nobody who is signed in does that."


def only_operators(channel: str | None, what: str = "do that", *, voices: bool = False) -> str:
    """Return why something is refused that a channel's operators do: who they are, as a sentence.

    Args:
        channel: its name; None: of any.
        what: what only they do.
        voices: whether its voices do it, too.
    """
    where = f"#{channel}" if channel else "a channel"
    return f"Only operators{' and voices' if voices else ''} of {where} and moderators of this server {what}."


def only_maker(channel: str | None) -> str:
    """Return why somebody may not delete a channel: who may, as a sentence."""
    return (
        f"Only who made #{channel} and is an operator there, and owners of this server, delete it; "
        "/archive keeps it for reading only."
    )


def at_least(role: ServerRole, wanted: ServerRole) -> bool:
    """Return whether a server role is as high as another one."""
    return _RANKS[role] >= _RANKS[wanted]


def channel_at_least(role: ChannelRole, wanted: ChannelRole) -> bool:
    """Return whether a channel role is as high as another one."""
    return _CHANNEL_RANKS[role] >= _CHANNEL_RANKS[wanted]


def standing(server: ServerRole, channel: ChannelRole = "member", *, maker: bool = False) -> int:
    """Return how high somebody stands in a channel: nobody acts on those who stand as high or higher.

    Args:
        server: role on the server; from moderator on it counts more than any in a channel.
        channel: role in the channel.
        maker: whether they made it, and are in it.
    """
    if at_least(server, "moderator"):
        return _MAKER + _RANKS[server]
    return _MAKER if maker else _CHANNEL_RANKS[channel]


def operates(server: ServerRole, channel: ChannelRole) -> bool:
    """Return whether somebody may do in a channel what its operators may: they, and whoever keeps order everywhere."""
    return at_least(server, "moderator") or channel_at_least(channel, "operator")


def calls_everybody(server: ServerRole, channel: ChannelRole) -> bool:
    """Return whether somebody may write `@channel` and `@here` in a channel: its voices and operators, moderators."""
    return at_least(server, "moderator") or channel_at_least(channel, "voice")
