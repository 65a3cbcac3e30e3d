"""The styles of a terminal's cells as small numbers, and the shortest way from one to another. Pure.

A style is what the toolkit writes before a text: parameters of "select graphic rendition", and a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

DEFAULT: Final = 0
"""The style in which a terminal begins."""
_MANY: Final = 4_000
"""From so many on, sequences that were read and ways between styles are found anew; the styles stay."""
_TOO_MANY: Final = 10_000
"""From so many styles on it is time for another `Styles`: a picture has a thousand, and nobody sees so many at once."""

_ENDS: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""What ends an attribute. Those that are not here end with everything else only."""
_SEEN_ON_BLANKS: Final = frozenset(("4", "5", "7", "9", "21", "51", "52", "53"))
"""Attributes that can be seen where no letter is."""


class _Style(NamedTuple):
    """It."""

    link: str
    attributes: frozenset[str]
    fore: str
    back: str


class Styles:
    """All styles that were met, numbered. A number means its style for ever, so none is forgotten: see `full`."""

    def __init__(self) -> None:
        self._all = [_Style("", frozenset(), "", "")]
        self._numbers = {self._all[0]: DEFAULT}
        self._read: dict[tuple[str, str], int] = {("", ""): DEFAULT}
        self._blanks = [DEFAULT]
        self._ways: dict[tuple[int, int, bool], tuple[str, int]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    @property
    def blanks(self) -> Sequence[int]:
        """For each style the one that looks the same where no letter is."""
        return self._blanks

    @property
    def full(self) -> bool:
        """Whether there are so many that others should be begun, and all numbers forgotten."""
        return len(self._all) > _TOO_MANY

    def number(self, parameters: str, link: str) -> int:
        """Return the number of a style.

        Args:
            parameters: of the sequence, without what is around them.
            link: what stands between `8;` and its end; empty: none.
        """
        known = self._read.get((parameters, link))
        if known is None:
            if len(self._read) > _MANY:
                self._read.clear()
            known = self._read[parameters, link] = self._of(_parsed(parameters, link))
        return known

    def turn(self, now: int, wanted: int, blank: bool) -> tuple[str, int]:
        """Return what leads from one style to another, and the style that this is then.

        Args:
            now: as it is.
            wanted: as it is to be.
            blank: whether a blank follows, so that only what one sees there has to be so.
        """
        way = self._ways.get((now, wanted, blank))
        if way is None:
            if len(self._ways) > _MANY:
                self._ways.clear()
            way = self._ways[now, wanted, blank] = self._way(now, wanted, blank)
        return way

    def written(self, runs: Iterable[tuple[int, str]]) -> str:
        """Return what writes texts in their styles, from the one in which a terminal begins back to it."""
        out: list[str] = []
        now = DEFAULT
        for style, text in runs:
            sequence, now = self.turn(now, style, blank=False)
            out += (sequence, text)
        return "".join(out) + self.turn(now, DEFAULT, blank=False)[0]

    def _of(self, style: _Style) -> int:
        number = self._numbers.get(style)
        if number is None:
            number = self._numbers[style] = len(self._all)
            self._all.append(style)
            self._blanks.append(number)
            if not style.attributes & _SEEN_ON_BLANKS:
                self._blanks[number] = self._of(style._replace(attributes=frozenset(), fore=""))
        return number

    def _way(self, now: int, wanted: int, blank: bool) -> tuple[str, int]:
        if now == wanted or (blank and self._blanks[now] == wanted):
            return "", now
        before, after = self._all[now], self._all[wanted]
        if blank and not (before.attributes | after.attributes) & _SEEN_ON_BLANKS:
            after = after._replace(attributes=before.attributes, fore=before.fore)
        link = f"\x1b]8;{after.link or ';'}\x1b\\" if after.link != before.link else ""
        return link + _sequence(before, after), self._of(after)


def _sequence(before: _Style, after: _Style) -> str:
    """Return the shortest sequence for the attributes and colours."""
    whole = [*sorted(after.attributes), after.fore, after.back]
    all_new = "\x1b[0m" + _sgr(whole)
    gone = before.attributes - after.attributes
    if not gone <= _ENDS.keys() or (after == DEFAULT_STYLE):
        return all_new if before[1:] != after[1:] else ""
    ends = sorted({_ENDS[each] for each in gone})
    # Bold and faint end together.
    begins = sorted(each for each in after.attributes if each not in before.attributes or _ENDS.get(each) in ends)
    fore = (after.fore or "39") if after.fore != before.fore else ""
    back = (after.back or "49") if after.back != before.back else ""
    return min(_sgr([*ends, *begins, fore, back]), all_new, key=len)


DEFAULT_STYLE: Final = _Style("", frozenset(), "", "")


def _sgr(parameters: list[str]) -> str:
    joined = ";".join(each for each in parameters if each)
    return f"\x1b[{joined}m" if joined else ""


def _parsed(parameters: str, link: str) -> _Style:
    """Read the parameters of a style."""
    attributes: set[str] = set()
    colours = {"3": "", "4": ""}
    codes = iter(parameters.split(";") if parameters else ())
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes, "")
            more = [next(codes, "") for _ in range(3 if kind == "2" else 1)]
            colours[code[0]] = ";".join((code, kind, *more))
        elif len(code) == 2 and code[0] in "34" and code[1] in "01234567":
            colours[code[0]] = code
        elif len(code) in (2, 3) and code[:-1] in ("9", "10"):
            colours["3" if code[0] == "9" else "4"] = code
        elif code in ("39", "49"):
            colours[code[0]] = ""
        else:
            attributes.add(code)
    return _Style(link, frozenset(attributes), colours["3"], colours["4"])
