"""Words and patterns that a place does not want.

No regular expressions: a pattern is a word with stars, matched piece by piece in one pass, so that nobody's pattern and
nobody's text can take long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat_core.server.manners import Manners
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.moderation.texts import folded, words_of
from chat_core.server.rules.judging import Draft


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list of words, ready to be looked for."""

    plain: frozenset[str]
    patterns: tuple[tuple[str, ...], ...]
    """The pieces between the stars of each."""


@lru_cache(maxsize=256)
def parse(listed: str) -> Wanted:
    """Return what a setting lists; a star alone would mean every word, and counts for nothing."""
    words = [word for word in folded(listed).split() if word.strip("*")]
    patterns = tuple(tuple(word.split("*")) for word in words if "*" in word)
    plain = frozenset(word for word in words if "*" not in word)
    return Wanted(plain, patterns)


def fits(word: str, pieces: Sequence[str]) -> bool:
    """Return whether a word is what a pattern says, in time that grows with the word's length only."""
    first, *middle, last = pieces
    if len(word) < len(first) + len(last) or not word.startswith(first) or not word.endswith(last):
        return False
    at, end = len(first), len(word) - len(last)
    for piece in middle:
        found = word.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def check(draft: Draft, manners: Manners, past: Sequence[Said]) -> str:
    """Object to a word of the list."""
    wanted = parse(manners.words_list)
    text = folded(f"{draft.body}\n{draft.file}\n{draft.called}")
    words = words_of(text)
    if not wanted.plain.isdisjoint(words) or _any_fits(wanted, text, words):
        return "There is a word in it that is not wanted here."
    return ""


def _any_fits(wanted: Wanted, text: str, words: set[str]) -> bool:
    # Most patterns are not there at all, which one search in the whole text tells.
    likely = [pieces for pieces in wanted.patterns if max(pieces, key=len) in text]
    return any(fits(word, pieces) for pieces in likely for word in words)


WORDS = Step("words", check, edits=True, spoils=True)
