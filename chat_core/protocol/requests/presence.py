"""How people want to be met: available, away with a word why, busy, or not seen at all; and asking about one person."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.requests.conversations import WantedName
from chat_core.protocol.values import Account, Availability


class SetPresence(Request[Done], frozen=True, kw_only=True, tag="set_presence"):
    """Say how one wants to be met. It holds for all devices of the account, until it is said anew or the server stops.

    Others hear of it gathered, in `members_changed`; the text is told to whoever asks with `whois`.
    """

    state: Literal["online", "away", "busy", "hidden"]
    """`busy`: nobody can ask one for a private chat; `hidden`: to everybody else it is as if one were not connected;
    nobody is told that one writes."""
    text: Annotated[str, Meta(max_length=400)] = ""
    """Why, or until when: one line of at most 200 characters; it is cleaned. With `away` and `busy`. None is taken,
    `muted`, while one is muted on the whole server."""


class AboutPerson(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """What everybody may know of somebody."""

    account: Account
    """Who."""
    online: bool = False
    """Whether any of their devices is connected."""
    state: Availability = "online"
    """How they want to be met, while they are."""
    text: str = ""
    """What they say about that."""
    since: int = 0
    """When they said so, milliseconds since 1970; 0: they did not."""
    chatting: bool = False
    """Whether they are in a private chat: one can ask them for none."""


class Whois(Request[AboutPerson], frozen=True, kw_only=True, tag="whois"):
    """Ask about one person."""

    account: WantedName
    """Their name, with or without `@`."""


REQUESTS = (SetPresence, Whois)
"""This domain's requests, in the order of the documentation."""
