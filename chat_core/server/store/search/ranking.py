"""How well a message answers a search: often what was asked for, in few words. Pure.

This is BM25 without its weight of rare words: every hit has every word, so they would only be weighed among each other,
and finding out how rare a word is costs more than all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chat_core.server.store.searching import Phrase

_SATURATION: Final = 1.2
_LENGTH_WEIGHT: Final = 0.75
_USUAL_WORDS: Final = 12
"""Words of a usual message."""


def score(indexed: str, phrases: Sequence[Phrase]) -> float:
    """Return how good a hit is, from 0 on; 0 without phrases.

    Args:
        indexed: its `facts.indexed_text`.
        phrases: what was looked for.
    """
    padded = f" {indexed} "
    length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * padded.count(" ") / _USUAL_WORDS
    total = 0.0
    for phrase in phrases:
        often = padded.count(f" {' '.join(phrase.terms)}{'' if phrase.prefix else ' '}")
        total += often * (_SATURATION + 1) / (often + _SATURATION * length)
    return total
