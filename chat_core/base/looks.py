"""What a name looks like: the skeleton of Unicode's UTS 39, so that nobody passes for another. Pure.

Two names whose skeletons are equal may be mistaken for each other: `ann` and `аnn` with a Cyrillic letter, `bill` and
`bi11`, `mona` and `rnona`. The table is the package's `confusable_homoglyphs`; it is read at the first question about a
name beyond ASCII (some 60 ms): on a server, when an account is made or renamed, or a channel is made; in a client, when
such a name is drawn beside those of people whom one knows.

Names that differ in case only are one name here, so what looks like a name in either case looks like it. Capital I
looks like l, and is an i: hence i and l are one letter in a skeleton.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from chat_core.base.names import without_punctuation
from chat_core.base.reserved import RESERVED

_ROUNDS: Final = 4
"""Passes until nothing changes: 0 looks like O, which folds to o. No name needs more than three."""
_ASCII: Final = str.maketrans({"0": "O", "1": "l", "I": "l", "m": "rn"})
"""The part of the table that is about the letters and digits of ASCII."""
_AS_ONE: Final = {ord("i"): "l"}
_BOXED: Final = {
    first + number: chr(ord("A") + number) for first in (0x1F150, 0x1F170, 0x1F1E6) for number in range(26)
}
"""Letters on a dark circle, on a dark square, and those of flags, which Unicode does not say to be letters."""
_TOO_NEAR: Final = frozenset(("all",))
"""Reserved words that look like an honest name (`ali`): only the word itself is reserved."""


def skeleton(name: str) -> str:
    """Return what a name looks like; equal for names that people would mistake for each other.

    Args:
        name: checked by `names`; its length is the only bound on the work.
    """
    looks: Mapping[int, str] = _ASCII if name.isascii() else _prototypes()
    seen = name
    for _ in range(_ROUNDS):
        # As written first: capital I looks like l, and folded it does no more.
        drawn = unicodedata.normalize("NFKD", seen).translate(looks)
        folded = unicodedata.normalize("NFKD", drawn.casefold()).translate(_AS_ONE)
        if folded == seen:
            break
        seen = folded
    return seen


def unboxed(text: str) -> str:
    """Return a text with the letters in circles, boxes and brackets (`🅰nn`, `ⓐnn`, `🇦nn`) as what they are read as."""
    return text if text.isascii() else "".join(map(_unboxed, text))


def looks_reserved(name: str) -> str | None:
    """Return the reserved word that a name would be taken for; None if there is none."""
    return _reserved_by_looks().get(skeleton(without_punctuation(name)))


def _unboxed(char: str) -> str:
    letter = _BOXED.get(ord(char), char)
    if letter == char and unicodedata.category(char) == "So":
        letter = unicodedata.normalize("NFKC", char).strip("()")
    return letter if len(letter) == 1 else char


@cache
def _reserved_by_looks() -> Mapping[str, str]:
    return {skeleton(word): word for word in RESERVED if word not in _TOO_NEAR}


@cache
def _prototypes() -> Mapping[int, str]:
    """Return for each character with look-alikes the one, or the sequence, that stands for all of them.

    The package tells who looks like whom, both ways; Unicode's table behind it maps each character to one prototype,
    which itself maps nowhere. So whoever has several look-alikes is a prototype, and of two that have only each
    other, either can be it; but a sequence must be, as only single characters are replaced.
    """
    from confusable_homoglyphs.utils import load  # not `confusables`: that loads the table of scripts, too

    alike = load("confusables.json")
    table: dict[int, str] = {}
    for raw, others in alike.items():
        char, other = _bare(raw), _bare(others[0]["c"])
        if len(char) > 1 or len(others) > 1:
            continue
        if len(other) > 1 or len(alike[others[0]["c"]]) > 1 or other < char:
            table[ord(char)] = unicodedata.normalize("NFKD", other)
    return table


def _bare(text: str) -> str:
    """Return a character of the table: letters written from right to left stand between two marks of direction."""
    return text.strip("\u200e")
