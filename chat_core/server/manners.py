"""What a server, or a channel, asks of those who write there: the settings of moderation, and nothing of what it does.

A channel may set each of them for itself; what it does not set is as on the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from chat_core.base.settings import LIVE

Action = Literal["off", "warn", "mute", "kick", "ban"]
"""What a rule comes to in the end; before that it warns."""

Own = tuple[tuple[str, bool | int | str], ...]
"""What a channel sets for itself: names and values, by name."""

_Action = Annotated[Action, LIVE]
_List = Annotated[str, Meta(max_length=1000), LIVE]


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """What is moderated in channels. Operators can set each of these for their channel with `/moderation`; who keeps
    order in a channel is not moderated there. A rule that is not `off` warns first, and then does what it says.
    """

    shouting: _Action = "off"
    """Messages in capitals; a first one is let through. Code, and one word of up to four letters, is no shouting."""
    shouting_letters: Annotated[int, Meta(ge=1, le=10_000), LIVE] = 12
    """Capitals from which on a message can be shouting."""
    flood: _Action = "off"
    """More than `flood_messages` within `flood_within_s`."""
    flood_messages: Annotated[int, Meta(ge=1, le=100), LIVE] = 8
    """Messages of one account that are taken within `flood_within_s`."""
    flood_within_s: Annotated[int, Meta(ge=1, le=3600), LIVE] = 10
    """Time over which messages are counted."""
    repeats: _Action = "off"
    """The same text more than `repeats_messages` times within `repeats_within_s`."""
    repeats_messages: Annotated[int, Meta(ge=1, le=100), LIVE] = 3
    """How often the same text is taken within `repeats_within_s`."""
    repeats_within_s: Annotated[int, Meta(ge=1, le=86_400), LIVE] = 60
    """Time over which repeats are counted."""
    words: _Action = "off"
    """Messages with a word of `words_list`."""
    words_list: _List = ""
    """Words and patterns, with spaces between them; `*` stands for any letters within a word, as in `spam*`."""
    links: _Action = "off"
    """Messages with links, but to hosts of `links_allowed`."""
    links_allowed: _List = ""
    """Hosts, with spaces between them, that links may lead to; what is below them, too."""
    warnings: Annotated[int, Meta(ge=0, le=100), LIVE] = 1
    """How often one rule warns somebody before it acts."""
    decay_s: Annotated[int, Meta(ge=0, le=31_536_000), LIVE] = 600
    """Time without another offence after which the earlier ones are forgotten; 0: never, but at a restart."""
    mute_s: Annotated[int, Meta(ge=1, le=31_536_000), LIVE] = 600
    """How long a rule mutes."""
    dry_run: Annotated[bool, LIVE] = False
    """Whether rules only log what they would do."""


class MessagesSection(msgspec.Struct, frozen=True, kw_only=True):
    """How long people may change what they said. Those who keep order in a channel need not mind there."""

    edit_within_s: Annotated[int, Meta(ge=0, le=31_536_000)] = 0
    """Time after a message was sent in which its author can edit it; 0: for ever."""
    delete_within_s: Annotated[int, Meta(ge=0, le=31_536_000)] = 0
    """The same for deleting it."""


MESSAGES: Final = MessagesSection()
"""Everything may be changed, for ever."""
NO_MANNERS: Final = Manners()
"""Nothing is moderated."""
NAMES: Final = Manners.__struct_fields__
"""Every setting there is."""
STEPS: Final = ("flood", "shouting", "words", "links", "repeats")
"""Those that turn a step on."""


def any_on(manners: Manners) -> bool:
    """Return whether there is anything to moderate."""
    return any(getattr(manners, name) != "off" for name in STEPS)


def with_own(manners: Manners, own: Own) -> Manners:
    """Return what holds in a channel: the server's settings under its own; what no longer is one is left out."""
    values: dict[str, Any] = {name: value for name, value in own if name in NAMES}
    return msgspec.structs.replace(manners, **values)


def own_from(values: Mapping[str, bool | int | str]) -> Own:
    """Return a channel's own settings as they are looked at."""
    return tuple(sorted(values.items()))
