"""Every step of moderation, in the order in which they are asked: one file and one line each."""

from __future__ import annotations

from typing import Final

from chat_core.server.moderation.steps.base import Step
from chat_core.server.moderation.steps.flood import FLOOD
from chat_core.server.moderation.steps.links import LINKS
from chat_core.server.moderation.steps.repeats import REPEATS
from chat_core.server.moderation.steps.shouting import SHOUTING
from chat_core.server.moderation.steps.words import WORDS

ALL: Final[tuple[Step, ...]] = (
    FLOOD,
    REPEATS,
    WORDS,
    LINKS,
    SHOUTING,
)
