"""How steps look at a text: without its code, without case and marks. Pure, and linear in the text's length."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_IGNORED: Final = ("Mn", "Me", "Cf")
"""Categories of what can be put between letters without changing what is read."""
_HOST_ENDS: Final = "/?#:\\ ,;)>]}\"'"


def without_code(body: str) -> str:
    """Return a text without what stands between backquotes; one that is never closed opens nothing."""
    return _outside(_outside(body, "```"), "`")


def _outside(text: str, fence: str) -> str:
    parts = text.split(fence)
    return " ".join(part for at, part in enumerate(parts) if at % 2 == 0 or at == len(parts) - 1)


def folded(text: str) -> str:
    """Return a text so that those which read alike are the same: no case, no marks, nothing invisible."""
    text = text.casefold()
    if text.isascii():
        return text
    spread = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in spread if unicodedata.category(letter) not in _IGNORED).casefold()


def words_of(text: str) -> set[str]:
    """Return the different words of a folded text."""
    return set("".join(letter if letter.isalnum() else " " for letter in text).split())


def hosts_of(text: str) -> Iterator[str]:
    """Yield the hosts that links in a text lead to, in small letters."""
    for token in text.casefold().split():
        if token.lstrip("(<[\"'").startswith("www."):
            yield _host(token.lstrip("(<[\"'"))
        for piece in token.split("://")[1:]:
            yield _host(piece)


def _host(text: str) -> str:
    end = min((at for at in map(text.find, _HOST_ENDS) if at >= 0), default=len(text))
    return text[:end].rpartition("@")[2].strip(".!*_")
