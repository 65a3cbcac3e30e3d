"""From a line as people write it to what they mean: words, "phrases", OR, and filters such as `from:ann`. Pure.

Knows the form only: whether there is an `ann`, and who asks, is for others to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from chat_core.base.text import clean_line
from chat_core.server.store.search.alternatives import MAX_TERMS, BadQuery, Clause, Piece, choices
from chat_core.server.store.search.words import phrase
from chat_core.server.store.searching import Phrase

MAX_PARTS: Final = MAX_TERMS
"""Words, phrases, filters and brackets in one query."""

_DAY_MS: Final = 24 * 3600 * 1000
_PART: Final = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<open>")|(?P<bare>[^\s"]+))')
_FILTER: Final = re.compile(r"(?P<name>from|in|before|after|on|has|mentions):(?P<value>.*)", re.IGNORECASE)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(slots=True)
class Wanted:
    """What a query asks for; all of it must hold, but one author and one place are enough."""

    phrases: list[Phrase] = field(default_factory=list)
    either: list[Clause] = field(default_factory=list)
    """Of each, one is enough."""
    authors: list[str] = field(default_factory=list)
    """Names as written, without `@`; `me` is whoever asks."""
    places: list[str] = field(default_factory=list)
    """TARGETs as written."""
    since_ms: int | None = None
    until_ms: int | None = None
    link: bool = False
    mentions_me: bool = False


def parse(text: str, zone_min: int) -> Wanted:
    """Return what a query means.

    Args:
        text: as written.
        zone_min: what to add to UTC to get the asker's time, in minutes: dates are days of theirs.

    Raises:
        BadQuery: it is empty, or a part of it is ill-formed.
    """
    wanted = Wanted()
    pieces: list[Piece] = []
    for piece in _pieces(text):
        pieces.append(piece)
        if len(pieces) > MAX_PARTS:
            raise BadQuery(f"A query has at most {MAX_PARTS} words, phrases and filters; leave some out.")
    for choice in choices(pieces, lambda each: _FILTERS[each.name](wanted, each.text, each.place, zone_min)):
        match choice:
            case (Phrase() as only,):
                wanted.phrases.append(only)
            case _:
                wanted.either.append(choice)
    if wanted == Wanted():
        raise _nothing(text)
    return wanted


def _pieces(text: str) -> Iterator[Piece]:
    at = inside = 0
    while (match := _PART.match(text, at)) is not None:
        at = match.end()
        if match["open"] is not None:
            place = match.start("open") + 1
            raise BadQuery(f"The quote at character {place} is not closed: close it, or leave it out.")
        if match["quoted"] is not None:
            yield Piece("words", match.start("quoted"), match["quoted"])
        else:
            for piece in _bare(match["bare"], match.start("bare") + 1, inside):
                inside = max(0, inside + piece.text.count("(") - piece.text.count(")"))
                yield piece


def _bare(bare: str, place: int, inside: int) -> Iterator[Piece]:
    """Yield what is written without a blank: brackets at its ends are ones, unless they belong to words, or to a face.

    Args:
        bare: what is written.
        place: its first character, counted from 1.
        inside: brackets that were opened within words before it, as in `print(a, b)`.
    """
    if phrase(bare) is None and bare.strip("()"):
        yield Piece("words", place, bare)
        return
    inner = bare.lstrip("(")
    opened = len(bare) - len(inner)
    while inner.endswith(")") and inner.count(")") > inner.count("(") + inside:
        inner = inner[:-1]
    yield from (Piece("open", place + index) for index in range(opened))
    if inner:
        yield _words_or_filter(inner, place + opened)
    behind = opened + len(inner)
    yield from (Piece("close", place + index) for index in range(behind, len(bare)))


def _words_or_filter(text: str, place: int) -> Piece:
    if text == "OR":
        return Piece("or", place)
    known = _FILTER.fullmatch(text)
    if known is not None:
        return Piece("filter", place, known["value"], known["name"].lower())
    return Piece("words", place, text, prefix=text.endswith("*"))


def _nothing(text: str) -> BadQuery:
    """Return the refusal of a query that asks for nothing."""
    shown = clean_line(text.strip())[:40]
    if not shown:
        return BadQuery("The query is empty: write words, or a filter such as from:ann.")
    place = len(text) - len(text.lstrip()) + 1
    return BadQuery(f"There is no word in '{shown}' at character {place}: only letters, digits and signs are found.")


def _from(wanted: Wanted, value: str, place: int, _zone: int) -> None:
    name = value.removeprefix("@")
    if not name:
        raise BadQuery(f"from: at character {place} needs a name, as in from:ann.")
    wanted.authors.append(name)


def _in(wanted: Wanted, value: str, place: int, _zone: int) -> None:
    if value[:1] not in ("#", "@", "&") or len(value) < 2:
        raise BadQuery(f"in: at character {place} needs a conversation, as in in:#ops, in:@ann or in:&12.")
    wanted.places.append(value)


def _before(wanted: Wanted, value: str, place: int, zone_min: int) -> None:
    _until(wanted, _midnight_ms("before", value, place, zone_min))


def _after(wanted: Wanted, value: str, place: int, zone_min: int) -> None:
    _since(wanted, _midnight_ms("after", value, place, zone_min) + _DAY_MS)


def _on(wanted: Wanted, value: str, place: int, zone_min: int) -> None:
    begin = _midnight_ms("on", value, place, zone_min)
    _since(wanted, begin)
    _until(wanted, begin + _DAY_MS)


def _has(wanted: Wanted, value: str, place: int, _zone: int) -> None:
    if value.lower() not in ("link", "links"):
        raise BadQuery(f"has: at character {place} knows has:link only.")
    wanted.link = True


def _mentions(wanted: Wanted, value: str, place: int, _zone: int) -> None:
    if value.lower() not in ("me", "@me"):
        raise BadQuery(f'mentions: at character {place} knows mentions:me only; for others search "@name".')
    wanted.mentions_me = True


def _since(wanted: Wanted, ms: int) -> None:
    wanted.since_ms = ms if wanted.since_ms is None else max(ms, wanted.since_ms)


def _until(wanted: Wanted, ms: int) -> None:
    wanted.until_ms = ms if wanted.until_ms is None else min(ms, wanted.until_ms)


def _midnight_ms(name: str, value: str, place: int, zone_min: int) -> int:
    """Return when a day begins for the asker, in milliseconds since 1970."""
    try:
        day = date.fromisoformat(value if _DATE.fullmatch(value) else "")
    except ValueError:
        raise BadQuery(
            f"{name}: at character {place} needs a day that exists, written as in {name}:2026-01-31."
        ) from None
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (begin - timedelta(minutes=zone_min)) // timedelta(milliseconds=1)


_FILTERS: Final[dict[str, Callable[[Wanted, str, int, int], None]]] = {
    "from": _from,
    "in": _in,
    "before": _before,
    "after": _after,
    "on": _on,
    "has": _has,
    "mentions": _mentions,
}
