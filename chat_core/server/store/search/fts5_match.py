"""What a search asks of the index, in its two languages: FTS5's own, and SQL over what FTS5 was given. Pure.

Both find the same. FTS5 goes straight to the hits; the text of a message is looked at where there are few to look at.
"""

from __future__ import annotations

from typing import Final

from chat_core.server.store.search.facts import EVERYONE, LINK, by, naming
from chat_core.server.store.searching import Choice, Phrase, Search

_OPEN: Final = "instr(text, ?)"
_CLOSED: Final = "instr(text || ' ', ?)"
_Sought = tuple[str, str]
"""A condition, and its value."""


def expression(search: Search) -> str:
    """Return what FTS5 is to match; empty: everything. Dates are not in it."""
    parts = [_phrase(phrase) for phrase in search.phrases]
    parts += [_choice(choice) for choice in search.either]
    if search.authors:
        parts.append("(" + " OR ".join(f'"{by(author)}"' for author in search.authors) + ")")
    if search.link:
        parts.append(f'"{LINK}"')
    if search.called is not None:
        parts.append(f"({_calling(search.called)})")
    return " AND ".join(parts)


def _choice(choice: Choice) -> str:
    either = [_phrase(phrase) for phrase in choice.phrases]
    if choice.called is not None:
        either.append(_calling(choice.called))
    return f"({' OR '.join(either)})"


def _calling(account: int) -> str:
    return f'"{naming(account)}" OR "{EVERYONE}"'


def _phrase(phrase: Phrase) -> str:
    # A term has no quote in it: it is made of letters, digits and signs.
    return f'"{" ".join(phrase.terms)}"{" *" if phrase.prefix else ""}'


def in_text(search: Search) -> tuple[str, list[str]]:
    """Return the same as a condition on the column `text` of a message's row, and the values that are bound in it."""
    # A text begins with its author, so every other term has a blank before it. What costs least comes first.
    parts = [[_sought(phrase)] for phrase in sorted(search.phrases, key=lambda phrase: not phrase.prefix)]
    parts += [_any_of(choice) for choice in search.either]
    if search.authors:
        parts.append([(f"{_CLOSED} = 1", f"{by(author)} ") for author in search.authors])
    if search.link:
        parts.append([(_CLOSED, f" {LINK} ")])
    if search.called is not None:
        parts.append(_called(search.called))
    conditions = (" OR ".join(condition for condition, _ in part) for part in parts)
    return " AND ".join(f"({each})" for each in conditions), [value for part in parts for _, value in part]


def _any_of(choice: Choice) -> list[_Sought]:
    either = [_sought(phrase) for phrase in choice.phrases]
    return either if choice.called is None else either + _called(choice.called)


def _called(account: int) -> list[_Sought]:
    return [(_CLOSED, f" {naming(account)} "), (_CLOSED, f" {EVERYONE} ")]


def _sought(phrase: Phrase) -> _Sought:
    terms = " ".join(phrase.terms)
    return (_OPEN, f" {terms}") if phrase.prefix else (_CLOSED, f" {terms} ")
