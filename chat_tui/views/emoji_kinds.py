"""Kinds of emoji of which terminals disagree how wide they are, and a simple form of each that is sure. Pure.

A simple form takes as many cells as the client counts for the emoji itself, so that nothing moves and no view has to
know: a thumb without its tone, a country by its two letters, the first of several people. It may say less; what an
emoji was is told by its name, where there is room for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

from rich.cells import cell_len

Kind = Literal["plain", "picture", "skin", "skin of a sign", "flag", "joined", "unicode 15", "unicode 16", "unicode 17"]

SAMPLES: Final[Mapping[Kind, str]] = {
    "plain": "\U0001f642",
    "picture": "\u2764\ufe0f",
    "skin": "\U0001f44d\U0001f3fd",
    "skin of a sign": "\u261d\U0001f3fd",
    "flag": "\U0001f1e9\U0001f1ea",
    "joined": "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "unicode 15": "\U0001fae8",
    "unicode 16": "\U0001fae9",
    "unicode 17": "\U0001faea",
}
"""One of each. Who draws this one as wide as the client counts does so with the others."""
ALL: Final = frozenset(SAMPLES)
DISPUTED: Final = ALL - {"plain"}
"""Those of which terminals in use today disagree."""
LOSSY: Final = ALL - {"picture", "skin", "skin of a sign", "flag"}
"""Those whose simple form does not say what the emoji was."""

_NEW: Final = {
    "15": "\U0001f6dc\U0001fa75-\U0001fa77\U0001fa87\U0001fa88\U0001faad-\U0001faaf\U0001fabb-\U0001fabd\U0001fabf"
    "\U0001face\U0001facf\U0001fada\U0001fadb\U0001fae8\U0001faf7\U0001faf8",
    "16": "\U0001fa89\U0001fa8f\U0001fabe\U0001fac6\U0001fadc\U0001fadf\U0001fae9",
    "17": "\U0001f6d8\U0001f6d9\U0001fa8a-\U0001fa8e\U0001fac8\U0001facc\U0001facd\U0001fadd\U0001faea"
    "\U0001faeb\U0001faef\U0001faf9\U0001fafa",
}
"""What came with a version of Unicode; what comes after the last of these counts as new with it."""
_SIGNS: Final = "\u261d\u26f9\u270c\u270d\U0001f3cb\U0001f3cc\U0001f574\U0001f575\U0001f590"
"""Pictures that are narrow signs unless they are asked for as pictures, and can have a tone."""
_PICTURES: Final = "\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_TONES: Final = "\U0001f3fb-\U0001f3ff"
_LETTERS: Final = "\U0001f1e6-\U0001f1ff"
"""Letters, of which two make a flag."""
_A: Final = 0x1F1E6
_AS_PICTURE: Final = "\ufe0f"
_MARK: Final = "[]"
"""Stands for an emoji of which nothing simpler is left."""


def differing(widths: Mapping[Kind, int]) -> frozenset[Kind]:
    """Return the kinds that a terminal draws in other widths than the client counts.

    Args:
        widths: cells that the samples took; a terminal that was not asked for one of them has no opinion on it.
    """
    return frozenset(kind for kind, cells in widths.items() if cells != cell_len(SAMPLES[kind]))


def simple(text: str, kinds: frozenset[Kind]) -> str:
    """Return a text as wide as it was, with simple forms of the emoji that are of some kinds."""
    if text.isascii():
        return text
    return _emoji().sub(lambda found: _as_wide(found[0], kinds) if kinds_of(found[0]) & kinds else found[0], text)


def kinds_of(emoji: str) -> frozenset[Kind]:
    """Return the kinds that one emoji is of: one that is joined of others is of theirs, too; empty: of none."""
    kinds: set[Kind] = set()
    for part in emoji.split("\u200d"):
        kinds |= _kinds_of_part(part)
    if "\u200d" in emoji or "\U000e007f" in emoji:
        kinds.add("joined")
    return frozenset(kinds)


def _kinds_of_part(part: str) -> set[Kind]:
    found = _emoji().fullmatch(part)
    if found is None:
        return set()
    kinds: set[Kind] = set()
    first = part[0]
    if _AS_PICTURE in part:
        kinds.add("picture")
    if found["skin"]:
        kinds.add("skin of a sign" if first in _SIGNS else "skin")
    if found["flag"]:
        kinds.add("flag")
    if (kind := _since().get(first)) is not None:
        kinds.add(kind)
    if cell_len(first) > 1 or found["flag"]:
        kinds.add("plain")
    return kinds


def _as_wide(emoji: str, kinds: frozenset[Kind]) -> str:
    cells = cell_len(emoji)
    form = _simplest(emoji, kinds)
    if not form or cell_len(form) > cells:
        form = _MARK if cells > 1 else "?"
    return form[:cells].ljust(cells) if form.isascii() else form + " " * (cells - cell_len(form))


def _simplest(emoji: str, kinds: frozenset[Kind]) -> str:
    """Return a form in which nothing is of some kinds; empty: there is none."""
    first = emoji[0]
    if len(emoji) == 2 and all(_A <= ord(each) < _A + 26 for each in emoji):
        return "".join(chr(ord(each) - _A + ord("A")) for each in emoji)
    return "" if _kinds_of_part(first) & kinds else first


@lru_cache(maxsize=1)
def _emoji() -> re.Pattern[str]:
    """Return what finds whole emoji; made when the first text needs it, which the first frame seldom does."""
    part = f"[{_PICTURES}]{_AS_PICTURE}?[{_TONES}]?"
    return re.compile(
        f"(?P<flag>[{_LETTERS}]{{2}})"
        f"|(?P<joined>{part}(?:\u200d[{_PICTURES}]{_AS_PICTURE}?[{_TONES}]?)+{_AS_PICTURE}?"
        "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
        f"|(?P<skin>[{_PICTURES}]{_AS_PICTURE}?[{_TONES}])"
        f"|(?P<picture>[{_PICTURES}#*0-9\u00a9\u00ae]{_AS_PICTURE}\u20e3?)"
        f"|(?P<plain>[{_PICTURES}])"
    )


@lru_cache(maxsize=1)
def _since() -> Mapping[str, Kind]:
    """Return with which version of Unicode an emoji came, for those that came with one of the last."""
    names: Sequence[tuple[str, Kind]] = (("15", "unicode 15"), ("16", "unicode 16"), ("17", "unicode 17"))
    every = [chr(code) for code in (*range(0x1F6D8, 0x1F6DD), *range(0x1FA70, 0x1FB00))]
    return {each: kind for name, kind in names for each in every if re.match(f"[{_NEW[name]}]", each)}
