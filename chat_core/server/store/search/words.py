"""From a text to the words that it is found by: one way for messages and for queries. Pure.

Case and accents do not count. A script that is written without spaces (Chinese, Japanese, Thai ...) has no words that a
program could see: each two neighbouring characters of it are one, and so is the last one of a run. So any two
characters are found wherever they stand, and a single one by the beginning of a word. A sign, such as an emoji, is a
word of its own. All other characters only part words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from chat_core.server.store.searching import Phrase

VERSION: Final = 1
"""Raised when the same text would give other words than before: an index made with another one is made anew."""

Kind = Literal["break", "letter", "dense", "sign", "silent"]

_ASCII: Final = re.compile("[0-9a-z]+")
_DENSE: Final = re.compile(
    "[\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003134f]"
)
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_TONE: Final = re.compile("[\U0001f3fb-\U0001f3ff]")


class Word(NamedTuple):
    """A word, and where it stands."""

    term: str
    """Folded; has neither blanks nor quotes."""
    start: int
    """First character of the text."""
    end: int
    """Behind the last one."""


def words(text: str) -> list[Word]:
    """Return the words of a text, in order."""
    if text.isascii():
        return [Word(found.group(), *found.span()) for found in _ASCII.finditer(text.lower())]
    return list(_words(text))


def phrase(text: str, *, prefix: bool = False) -> Phrase | None:
    """Return what finds a text, wherever it stands; None: there is no word in it.

    Args:
        text: words that stand beside each other.
        prefix: whether the last word may go on.
    """
    found = words(text)
    if not found:
        return None
    last = found[-1]
    if is_dense(last.term):
        if len(found) > 1 and found[-2].end == last.end:
            found.pop()  # the two characters before it say the same, and in a message the run may go on
        else:
            prefix = True
    return Phrase(tuple(word.term for word in found), prefix)


def is_dense(term: str) -> bool:
    """Return whether a word is of a script without spaces."""
    return _DENSE.match(term) is not None


def goes_on(char: str) -> bool:
    """Return whether a character is drawn with the one before it: an accent, a vowel sign, the tone of a sign."""
    return _FOLDS[char][0] == "silent" or unicodedata.category(char)[0] == "M"


def _words(text: str) -> Iterator[Word]:
    run: list[tuple[str, int]] = []
    kind: Kind = "break"
    end = 0
    for at, char in enumerate(text):
        its, folded = _FOLDS[char]
        if its == "silent":
            continue
        if its != kind or its == "sign":
            yield from _closed(kind, run, end)
            run.clear()
            kind = its
        run.append((folded, at))
        end = at + 1
    yield from _closed(kind, run, end)


def _closed(kind: Kind, run: list[tuple[str, int]], end: int) -> Iterator[Word]:
    """Return the words of a run of characters of one kind; `end` is behind its last one."""
    if not run or kind == "break":
        return
    if kind != "dense":
        yield Word("".join(folded for folded, _ in run), run[0][1], end)
        return
    for (first, start), (second, at) in pairwise(run):
        yield Word(first + second, start, at + 1)
    yield Word(run[-1][0], run[-1][1], end)


class _Folds(dict[str, tuple[Kind, str]]):
    """What each character is, and its folded form; found out when it is first met."""

    def __missing__(self, char: str) -> tuple[Kind, str]:
        found = self[char] = _fold(char)
        return found


def _fold(char: str) -> tuple[Kind, str]:
    category = unicodedata.category(char)
    if _ACCENT.match(char) or _TONE.match(char) or category == "Cf" or "\ufe00" <= char <= "\ufe0f":
        return "silent", ""
    if category == "So":
        return "sign", char
    if category[0] not in "LNM":
        return "break", ""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    if is_dense(char):
        return "dense", composed
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", composed))
    kept = "".join(each for each in bare if unicodedata.category(each)[0] in "LNM")
    return ("letter", kept) if kept else ("break", "")


_FOLDS: Final = _Folds()
