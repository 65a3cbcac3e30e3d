"""Words that are for somebody as if they named them: how they are written in a setting, and where they stand. Pure.

Words, not patterns: what people write into a setting must not be able to take for ever.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.text import clean_line
from chat_core.client.state.reading import calls
from chat_core.protocol.limits import QUERY_CHARACTERS
from chat_core.protocol.values import Account, Message
from chat_tui.views.clean import drawable_line

MOST: Final = 50
"""Words."""
CHARS: Final = 50
"""Longest word, in characters; it may be of several words, as a name is."""
_SEARCHED: Final = 25
"""Words that are searched for at once, counting those that a word is made of."""
LOOKED_AT: Final = 4_000
"""Characters of a message that are looked at."""


def words_of(setting: str) -> tuple[str, ...]:
    """Return the words of a setting, which stand with commas between them, each once."""
    found: dict[str, str] = {}
    for part in setting.split(","):
        word = " ".join(clean_line(part).split())[:CHARS]
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())[:MOST]


def with_word(setting: str, word: str) -> str:
    """Return a setting with one more word.

    Raises:
        UsageFault: it is none, or there is no room.
    """
    known, wanted = words_of(setting), words_of(word)
    if len(wanted) != 1 or len(" ".join(word.split())) > CHARS:
        raise UsageFault(f"Name one word, or a few that belong together, without a comma and up to {CHARS} characters.")
    if len(known) >= MOST:
        raise UsageFault(f"You have {MOST} highlight words, which is the most; /highlight remove takes one away.")
    return ", ".join(words_of(f"{setting},{wanted[0]}"))


def without_word(setting: str, word: str) -> str:
    """Return a setting without a word.

    Raises:
        UsageFault: it is not there.
    """
    unwanted = " ".join(clean_line(word).split()).casefold()
    rest = [each for each in words_of(setting) if each.casefold() != unwanted]
    if len(rest) == len(words_of(setting)):
        raise UsageFault(f"'{drawable_line(word[:CHARS])}' is none of your highlight words; /highlight lists them.")
    return ", ".join(rest)


def places(text: str, setting: str) -> list[tuple[int, int]]:
    """Return where a text has one of the words: as a whole word, in any case."""
    pattern = _pattern(setting) if setting else None
    if pattern is None:
        return []
    return [match.span() for match in pattern.finditer(text[:LOOKED_AT])]


def highlights(message: Message, me: Account | None, setting: str) -> bool:
    """Return whether somebody else uses one of the words in a message that is there."""
    if not setting or message.deleted or (me is not None and message.author == me.id):
        return False
    pattern = _pattern(setting)
    return pattern is not None and pattern.search(message.body[:LOOKED_AT]) is not None


def is_for(message: Message, me: Account | None, setting: str) -> bool:
    """Return whether a message is for somebody: it names them, calls everybody, or has one of their words."""
    return calls(message, me) or highlights(message, me, setting)


def for_me(setting: str) -> tuple[str, tuple[str, ...]]:
    """Return what searches for all that is for somebody, and of their words those that it looks for.

    A query has room for so many of them, from the first on; what has neither letter nor digit cannot be searched for.
    """
    query, found, room = "mentions:me", list[str](), _SEARCHED
    for word in words_of(setting):
        bare = word.replace('"', " ")
        longer = f'{query} OR "{bare}"'
        # In a script without spaces each character is looked up, elsewhere each word.
        terms = len(re.findall(r"\w+", bare)) if bare.isascii() else len(bare)
        if any(char.isalnum() for char in bare) and len(longer) <= QUERY_CHARACTERS and terms <= room:
            query = longer
            room -= terms
            found.append(word)
    return query, tuple(found)


def words_shown(words: tuple[str, ...]) -> str:
    """Return words for people: `deploy or prod db`."""
    return drawable_line(" or ".join(words))


@lru_cache(maxsize=8)
def _pattern(setting: str) -> re.Pattern[str] | None:
    words = sorted(words_of(setting), key=len, reverse=True)
    if not words:
        return None
    either = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
