"""What a message is found by besides its words: who wrote it, whom it calls, whether there is a link in it. Pure.

Each such fact is a term beside the words, with a first character that no word has; so an index needs no column for it,
and a rare author's messages are found as fast as a rare word.
"""

from __future__ import annotations

import re
from typing import Final

from chat_core.server.store.search.words import words

LINK: Final = "_link"
EVERYONE: Final = "_everyone"
_LINK: Final = re.compile(r"\bhttps?://[^\s<>\"]|\bmailto:[^\s<>\"]", re.IGNORECASE)


def by(author: int) -> str:
    """Return the term of an author."""
    return f"_a{author}"


def naming(account: int) -> str:
    """Return the term of a member who is named."""
    return f"_m{account}"


def has_link(body: str) -> bool:
    """Return whether there is a link in a text."""
    return ":" in body and _LINK.search(body) is not None


def indexed_text(author: int, body: str, named: str = "", everyone: str = "") -> str:
    """Return what an index is given of a message: terms with blanks between them, the facts first.

    Args:
        author: who wrote it.
        body: its text.
        named: numbers of the members that it names, with blanks between them.
        everyone: whom it calls besides; empty: nobody.
    """
    terms = [by(author)]
    if has_link(body):
        terms.append(LINK)
    terms += (naming(int(account)) for account in named.split())
    if everyone:
        terms.append(EVERYONE)
    terms += (word.term for word in words(body))
    return " ".join(terms)
