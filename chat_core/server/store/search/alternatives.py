"""OR and brackets of a query: from its pieces to what must hold, of which each is a choice of alternatives. Pure.

OR joins what stands beside it, more tightly than what merely stands together: `disk full OR broken` is `disk`, and
`full` or `broken`. Whatever is in brackets comes out as a list of choices too: `(a b) OR c` is `a OR c` and `b OR c`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from chat_core.server.store.search.words import phrase
from chat_core.server.store.searching import Phrase

MAX_TERMS: Final = 60
"""Words of all phrases together, as they are looked up; a mention counts as one."""

Alternative = Phrase | Literal["me"]
"""Words, or that a message mentions whoever asks."""
Clause = tuple[Alternative, ...]
"""One of these must hold."""


class BadQuery(Exception):
    """A query that means nothing; `str()` is one sentence that says where and why."""


class Piece(NamedTuple):
    """A part of a query."""

    kind: Literal["words", "filter", "or", "open", "close"]
    place: int
    """Its first character, counted from 1."""
    text: str = ""
    """Words as written, or what a filter is given."""
    name: str = ""
    """Of the filter."""
    prefix: bool = False
    """Whether the last word may go on."""


def choices(pieces: Sequence[Piece], take: Callable[[Piece], None]) -> list[Clause]:
    """Return what must hold of the words of a query, all of it.

    Args:
        pieces: the query.
        take: is given each filter that stands for itself.

    Raises:
        BadQuery: a bracket or an OR has nothing to belong to, or there is too much.
    """
    return _Reading(pieces, take).together(None)


class _Reading:
    """Goes once through the pieces."""

    def __init__(self, pieces: Sequence[Piece], take: Callable[[Piece], None]) -> None:
        self._pieces = pieces
        self._take_filter = take
        self._at = 0

    def together(self, opened: Piece | None) -> list[Clause]:
        """Return what stands together, up to the end or the bracket that closes `opened`."""
        found: list[Clause] = []
        while (piece := self._next()) is not None:
            if piece.kind == "close":
                if opened is None:
                    raise BadQuery(f"The ) at character {piece.place} closes nothing: leave it out.")
                return found
            if piece.kind == "filter" and opened is None and self._kind() != "or":
                self._take_filter(piece)
            else:
                found += self._joined(piece)
                _check(found)
        if opened is not None:
            raise BadQuery(f"The ( at character {opened.place} is not closed: close it, or leave it out.")
        return found

    def _joined(self, piece: Piece) -> list[Clause]:
        """Return a piece with all that OR joins to it."""
        found = self._operand(piece)
        while self._kind() == "or":
            sign = self._next()
            other = self._next()
            if sign is None or other is None or other.kind in ("or", "close"):
                raise _lonely(piece if sign is None else sign)
            more = self._operand(other)
            if not found or not more:
                raise _lonely(sign)
            found = [tuple(dict.fromkeys((*one, *another))) for one in found for another in more]
            _check(found)  # before the next OR makes as many of each
        return found

    def _operand(self, piece: Piece) -> list[Clause]:
        match piece.kind:
            case "open":
                return self.together(piece)
            case "filter" if piece.name == "mentions" and piece.text.lower() in ("me", "@me"):
                return [("me",)]
            case "filter":
                raise BadQuery(
                    f"{piece.name}: at character {piece.place} stands beside OR or in brackets, where only words and "
                    "mentions:me may; of several from: or in: one is enough without it."
                )
            case "words":
                words = phrase(piece.text, prefix=piece.prefix)
                return [] if words is None else [(words,)]  # a dash between words, and the like, counts for nothing
            case _:
                raise _lonely(piece)

    def _kind(self) -> str:
        return self._pieces[self._at].kind if self._at < len(self._pieces) else ""

    def _next(self) -> Piece | None:
        if self._at == len(self._pieces):
            return None
        self._at += 1
        return self._pieces[self._at - 1]


def _lonely(sign: Piece) -> BadQuery:
    return BadQuery(f'OR at character {sign.place} needs words on both sides; for the word itself, write "or".')


def _check(found: Sequence[Clause]) -> None:
    terms = sum(len(each.terms) if isinstance(each, Phrase) else 1 for choice in found for each in choice)
    if terms > MAX_TERMS:
        raise BadQuery("The query is too long: leave some words out.")
