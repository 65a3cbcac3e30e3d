"""What is said where a search finds nothing: what was not looked at, or what the query did not mean. Pure.

Only the server knows what a query means; here are but the habits of other searches, which nothing is made of there.
"""

from __future__ import annotations

import re
from typing import Final

from chat_core.protocol.requests.search import SearchResults

_QUOTED: Final = re.compile(r'"[^"]*"')
_LEFT_OUT: Final = re.compile(r"(?:^|(?<=\s))(?:NOT(?=\s)|[-!](?=\w)\S+)")
_AND: Final = re.compile(r"(?:^|(?<=\s))(?:AND|&&?)(?=\s)")
_OR: Final = re.compile(r"(?<=\s)(?:or|\|\|?)(?=\s)")
_STAR: Final = re.compile(r"\*\w")
_IN: Final = re.compile(r"(?:^|(?<=\s))in:", re.IGNORECASE)
_HABITS: Final = (
    (_LEFT_OUT, "Nothing can be left out of a search: '{}' is looked for, too."),
    (_AND, "All words must be there anyway: '{}' between them is not needed."),
    (_OR, "Where one of two words is enough, write OR in capitals between them, not '{}'."),
    (_STAR, "A * stands at the end of a word, as in depl*: it is for how the word goes on."),
)


def nothing_found(query: str, found: SearchResults, *, everywhere: bool = True) -> str:
    """Return what to say where a search found nothing.

    Args:
        query: what was looked for.
        found: the answer, without any hits.
        everywhere: whether no conversation was named besides.
    """
    if found.partial:
        return "Nothing was found in time: narrow the search, as with in:#ops or from:ann."
    if found.behind:
        events = "1 event is" if found.behind == 1 else f"{found.behind} events are"
        return f"Nothing was found; the newest {events} not indexed yet and could not be found."
    bare = _QUOTED.sub('""', query)
    for habit, sentence in _HABITS:
        if (match := habit.search(bare)) is not None:
            return f"Nothing was found. {sentence.format(match.group())}"
    named = not everywhere or _IN.search(bare) is not None
    return "Nothing was found." if named else "Nothing was found in the conversations that you are in."
