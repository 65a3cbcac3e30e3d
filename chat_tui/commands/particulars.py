"""What stands behind the name in `/mute @bob #ops 10m too loud`, and behind `/channel`. Pure."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from chat_core.base.durations import is_duration, parse_duration
from chat_core.base.errors import UsageFault
from chat_core.base.names import check_channel_name

SERVER: Final = "server"
"""The word for the whole server."""
_ON: Final = {"on": True, "yes": True, "off": False, "no": False}
_VISIBILITY: Final = {"public": "public", "unlisted": "unlisted", "invite": "invite", "invite-only": "invite"}
_TOPIC_BY: Final = {
    "members": "member",
    "everybody": "member",
    "voices": "voice",
    "operators": "operator",
}
_EXPLAINED: Final = (
    "Say what to change: public, unlisted or invite-only; moderated on or off; slow 30s or off; "
    "topic members, voices or operators; archived on or off."
)


class Particulars(NamedTuple):
    """Where, how long, why."""

    where: str
    """`#channel`, `server`, or empty: not said."""
    seconds: int | None
    """How long; None: not said."""
    reason: str
    """Why; may be empty."""


def particulars(text: str, *, timed: bool) -> Particulars:
    """Read them; what is said is said in this order, each of it may be left out.

    Args:
        text: what stands behind the name.
        timed: whether it can be said how long; else such a word begins the reason.

    Raises:
        UsageFault: a channel's name or a length of time is ill-formed.
    """
    rest = text.strip()
    where, seconds = "", None
    word, _, behind = rest.partition(" ")
    if word.casefold() == SERVER or (word.startswith("#") and len(word) > 1):
        where = SERVER if word.casefold() == SERVER else "#" + check_channel_name(word)
        rest = behind.strip()
        word, _, behind = rest.partition(" ")
    if timed and is_duration(word):
        seconds = parse_duration(word)
        rest = behind.strip()
    return Particulars(where, seconds, rest)


def rule_change(text: str) -> dict[str, Any]:
    """Return the fields of a `SetRules` that a person means by `moderated on`, `slow 30s`, `unlisted`.

    Raises:
        UsageFault: it is none of what can be changed.
    """
    what, _, value = text.strip().casefold().partition(" ")
    value = value.strip()
    if what in _VISIBILITY and not value:
        return {"visibility": _VISIBILITY[what]}
    if what in ("moderated", "archived") and (value in _ON or not value):
        return {what: _ON.get(value, True)}
    if what == "slow" and value:
        return {"slow_s": 0 if value == "off" else parse_duration(value)}
    if what == "topic" and value in _TOPIC_BY:
        return {"topic_by": _TOPIC_BY[value]}
    raise UsageFault(_EXPLAINED)
