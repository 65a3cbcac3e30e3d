"""Shouting: a message in capitals, of whatever script has them.

Code, links and names that are called are no shouting, and neither is a single short word: `OK`, `NASA`. Nor is the name
of a file that was sent without a word: `IMG_2034.JPG`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from chat_core.server.manners import Manners
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.moderation.texts import without_code
from chat_core.server.rules.judging import Draft

LOUD: Final = 0.9
"""Share of capitals among the letters that have a case, from which on all of it is loud."""
SHORT: Final = 4
"""Letters of a word that may be an acronym."""


def check(draft: Draft, manners: Manners, past: Sequence[Said]) -> str:
    """Object to a message in capitals."""
    if draft.body == draft.file:
        return ""
    words = [word for word in without_code(draft.body).split() if not _is_aside(word)]
    spoken = [word for word in words if any(map(str.isalpha, word))]
    text = unicodedata.normalize("NFKC", "".join(spoken))
    capitals = sum(map(str.isupper, text))
    if capitals < manners.shouting_letters or capitals < LOUD * (capitals + sum(map(str.islower, text))):
        return ""
    if len(spoken) == 1 and capitals <= SHORT:
        return ""
    return "Please do not write in capitals: it reads as shouting."


def _is_aside(word: str) -> bool:
    return "://" in word or word.startswith(("@", "#", "/"))


SHOUTING = Step("shouting", check, edits=True, spoils=False)
