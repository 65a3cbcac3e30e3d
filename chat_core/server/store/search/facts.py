"""What a message is found by besides its words: who wrote it, whom it names, whether there is a link in it. Pure.

Each such fact is a term beside the words, with a first character that no word has; so an index needs no column for it,
and a rare author's messages are found as fast as a rare word.
"""

from __future__ import annotations

import re
from typing import Final

from chat_core.base.names import MAX_ACCOUNT, name_key
from chat_core.server.store.search.words import words

LINK: Final = "_link"
_LONGEST: Final = 2 * MAX_ACCOUNT
"""Longest key of a name, in characters: folding may double some of them."""
_LINK: Final = re.compile(r"\bhttps?://[^\s<>\"]|\bmailto:[^\s<>\"]", re.IGNORECASE)
_NAMED: Final = re.compile(r"(?<!\w)@(\w+(?:[-.]+\w+)*)([-.]*)")


def by(author: int) -> str:
    """Return the term of an author."""
    return f"_a{author}"


def naming(key: str) -> str:
    """Return the term of somebody who is mentioned, by `name_key`."""
    return f"@{key}"


def has_link(body: str) -> bool:
    """Return whether there is a link in a text."""
    return ":" in body and _LINK.search(body) is not None


def named_in(body: str) -> set[str]:
    """Return the `name_key`s that are mentioned in a text, as `@name`, whether or not there are such accounts.

    A name may end with a point, and so may a sentence: both readings count.
    """
    if "@" not in body:
        return set()
    found: set[str] = set()
    for match in _NAMED.finditer(name_key(body)):
        name, rest = match.groups()
        found.update(name + rest[:length] for length in range(min(len(rest), _LONGEST - len(name)) + 1))
    return found


def indexed_text(author: int, body: str) -> str:
    """Return what an index is given of a message: terms with blanks between them, the facts first."""
    terms = [by(author)]
    if has_link(body):
        terms.append(LINK)
    terms += (naming(key) for key in sorted(named_in(body)))
    terms += (word.term for word in words(body))
    return " ".join(terms)
