"""The one text boundary: what a stranger wrote becomes text that is safe to store and to draw. Pure.

The server cleans on the way in, every client cleans again on the way to a terminal: neither trusts the other.
Every function here takes any string at all, takes time in proportion to its length, and changes nothing when it is
given its own result again. What goes and what stays:

- control characters (C0, C1, DEL) go, but for newline and tab; ESC becomes a visible mark;
- invisible characters go (Unicode's Default_Ignorable_Code_Point: fillers, tags, variation selectors …), but for
  joiners between two characters that may join, emoji presentation, and, in bodies, marks of writing direction;
- these are closed at the end of their line, so that nothing bleeds into the next; overrides go;
- combining marks are cut to a few per base, and get a base where they have none: no text draws beyond its cells;
- lone surrogates and noncharacters become U+FFFD. Unassigned characters stay: they may be next year's emoji;
- a body has a few blank lines in a row and some hundred lines at most: nobody pushes all others off the screen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

MAX_COMBINING: Final = 8
"""Combining marks kept on one base character; more is decoration that covers the neighbouring lines."""
MAX_JOINED: Final = 8
"""Characters joined to one by ZWJ or ZWNJ; no emoji in use has more than four parts."""
MAX_DIRECTIONS: Final = 16
"""Direction marks and openings kept in one line."""

MAX_LINES: Final = 500
"""Lines of one body; what stands in further ones is kept, in the last one."""
MAX_BLANK: Final = 3
"""Blank lines in a row in one body."""

ESC_MARK: Final = "\u241b"
"""U+241B SYMBOL FOR ESCAPE stands for an ESC, so that a pasted colour code stays visible instead of vanishing."""
NEWLINE_MARK: Final = "\u23ce"
"""U+23CE RETURN SYMBOL stands for a newline where there is room for one line only."""
MARK_BASE: Final = "\u25cc"
"""U+25CC DOTTED CIRCLE carries a combining mark that would else land on what we drew before the text."""

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_START = re.compile("(?:[ \t]*\n)+")
_PLAIN = (
    "\t\x20-\x7e\xa1-\xac\xae-\u02ff"  # Latin
    "\u0391-\u03a9\u03b1-\u03c9\u0400-\u0482\u048a-\u052f\u05d0-\u05ea\u0621-\u064a"  # Greek, Cyrillic, Hebrew, Arabic
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2328\u232b-\u2adb"  # punctuation, arrows, boxes, symbols
    "\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"  # Chinese, Japanese, Korean
    "\U0001f000-\U0001f3fa\U0001f400-\U0001faff"  # emoji, without the tones of skin
)
"""Characters that are kept as they are, whatever stands beside them: nearly all text is made of nothing else."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
# Controls, then Default_Ignorable_Code_Point (Unicode 16) without what `_Tamer` decides on: joiners, directions,
# VS15 and VS16, and the Mongolian selectors.
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u200b\u2060-\u2065\u206a-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u202d\u202e]"
)
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u2800 \t\n\xa0\u3000"
_CLOSER = dict.fromkeys("\u202a\u202b", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs of Arabic, Syriac and Kaithi that Unicode calls format characters though they are drawn."""
_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_JOIN = frozenset(("Lo", "Mn", "Mc", "So", "Sk", "Sm", "Cn"))
"""Categories a joiner may stand between: scripts without case, emoji, and what is not assigned yet."""
_PRESENTED = frozenset(("So", "Sm", "Po", "Pd", "Cn"))
"""Categories of characters that have a text and an emoji form."""


@cache
def _suspect() -> re.Pattern[str]:
    """Return what finds a character that has to be looked at; made when it is needed, for that takes 3 ms."""
    return re.compile(f"[^{_PLAIN}\n]")


@cache
def _piece() -> re.Pattern[str]:
    """Return what divides text into runs of the others, and those; made when it is needed, too."""
    return re.compile(f"[{_PLAIN}]+|[^{_PLAIN}]")


def clean_body(text: str) -> str:
    r"""Return a message body as it is stored: NFC, `\n` line ends, no controls but newline and tab, right-stripped.

    Indentation at the start of the first line is kept (a log line may begin with it), blank lines around are not.
    Text of which nothing can be seen becomes empty.
    """
    text = _clean(text, directions=True).rstrip()
    if blank := _BLANK_START.match(text):
        text = text[blank.end() :]
    return without_flood(text) if text.strip(_INVISIBLE) else ""


def clean_line(text: str) -> str:
    """Return a one-line label (topic, name, reason): as `clean_body`, but single-spaced and without direction marks."""
    line = " ".join(_clean(text, directions=False).split())
    return line if line.strip(_INVISIBLE) else ""


def for_terminal(text: str, *, tab: int = 4, directions: bool = True) -> str:
    """Return text that a terminal may be given: as `clean_body`, tabs expanded, not stripped.

    Args:
        text: anything, from anywhere.
        tab: distance of tab stops in characters.
        directions: keep marks of writing direction; not where a stranger's words stand among our own.
    """
    return _clean(text, directions=directions).expandtabs(tab)


def line_for_terminal(text: str) -> str:
    """Return `for_terminal` in one line: newlines become a visible mark, so that no text can fake a second line."""
    return for_terminal(text).replace("\n", NEWLINE_MARK)


def without_flood(text: str) -> str:
    """Return cleaned text with `MAX_BLANK` blank lines in a row and `MAX_LINES` lines at most.

    The newlines that are too many become a visible mark; no other character that can be seen is lost.
    """
    if text.count("\n") <= MAX_BLANK:
        return text
    kept: list[str] = []
    blank = 0
    for line in text.split("\n"):
        blank = 0 if line.strip(_INVISIBLE) else blank + 1
        if blank <= MAX_BLANK:
            kept.append(line)
    if len(kept) <= MAX_LINES:
        return "\n".join(kept)
    kept[MAX_LINES - 1 :] = [NEWLINE_MARK.join(kept[MAX_LINES - 1 :])]
    return _clean("\n".join(kept), directions=True).rstrip()  # the last line may hold more than a line may


def _clean(text: str, *, directions: bool) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _NEWLINES.sub("\n", text)
    if _suspect().search(text) is None:
        return text
    if _SURROGATE.search(text):
        # Two halves of a pair become the character they mean.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _DROPPED.sub("", text.replace("\x1b", ESC_MARK))
    text = _NONCHARACTER.sub("\ufffd", text)
    if not directions:
        text = _DIRECTION.sub("", text)
    # Taming comes first: composing takes quadratic time in the number of marks on one base. It may also take
    # characters apart, into more marks than are allowed.
    text = _Tamer().tame(text)
    composed = unicodedata.normalize("NFC", text)
    return text if composed == text else _Tamer().tame(composed)


class _Tamer:
    """Goes once through a text and decides on each character by what was kept before it."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._last = "\n"
        self._marks = 0
        self._joiner = ""
        self._joined = 0
        self._directions = 0
        self._owed: list[str] = []

    def tame(self, text: str) -> str:
        """Return what is kept of the text."""
        for piece in _piece().findall(text):
            if len(piece) > 1:
                self._base(piece)
            else:
                self._decide(piece)(self, piece)
        self._end_line()
        return "".join(self._out)

    @staticmethod
    def _decide(char: str) -> Callable[[_Tamer, str], None]:
        if (rule := _RULES.get(char)) is not None:
            return rule
        category = unicodedata.category(char)
        if category[0] == "M" or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7fb":
            return _Tamer._mark  # the jamo that are drawn over the one before them behave like marks
        if category == "Cf" and char not in _VISIBLE_FORMATS:
            return _Tamer._drop
        return _Tamer._base

    def _base(self, run: str) -> None:
        """Keep one or more characters that stand for themselves."""
        if self._joiner and self._joined < MAX_JOINED and _may_join(run[0]):
            self._out.append(self._joiner)
            self._joined = self._joined + 1 if len(run) == 1 else 0
        else:
            self._joined = 0
        self._joiner = ""
        self._marks = 0
        self._out.append(run)
        self._last = run[-1]

    def _mark(self, char: str) -> None:
        if self._marks >= MAX_COMBINING:
            return
        if self._last.isspace():
            self._base(MARK_BASE)
        self._out.append(self._joiner + char)
        self._joiner = ""
        self._marks += 1
        self._last = char

    def _join(self, char: str) -> None:
        if not self._joiner and _may_join(self._last):
            self._joiner = char

    def _presentation(self, char: str) -> None:
        """Decide on VS15 and VS16, which choose between the text and the emoji form of one character."""
        last = self._last
        if last in "0123456789#*\u2139" or (not last.isascii() and unicodedata.category(last) in _PRESENTED):
            self._select(char)

    def _mongolian(self, char: str) -> None:
        """Decide on a selector or separator of Mongolian letters."""
        if "\u1820" <= self._last <= "\u18aa":
            self._select(char)

    def _select(self, char: str) -> None:
        """Keep a character that says how to draw the one before it."""
        self._joiner = ""
        self._out.append(char)
        self._last = char

    def _direction(self, char: str) -> None:
        """Decide on a mark of direction; the openings among them owe a closing."""
        self._joiner = ""
        if self._directions < MAX_DIRECTIONS:
            self._directions += 1
            self._out.append(char)
            if closer := _CLOSER.get(char):
                self._owed.append(closer)

    def _close(self, char: str) -> None:
        self._joiner = ""
        if self._owed and self._owed[-1] == char:
            self._out.append(self._owed.pop())

    def _newline(self, char: str) -> None:
        self._end_line()
        self._base(char)

    def _end_line(self) -> None:
        """Close what is open: the next line owes nothing to this one."""
        self._out.extend(reversed(self._owed))
        self._owed.clear()
        self._directions = 0

    def _drop(self, char: str) -> None:
        pass


_RULES: Final[Mapping[str, Callable[[_Tamer, str], None]]] = (
    {"\n": _Tamer._newline}
    | dict.fromkeys("\u200c\u200d", _Tamer._join)
    | dict.fromkeys(_TONES, _Tamer._select)
    | dict.fromkeys("\ufe0e\ufe0f", _Tamer._presentation)
    | dict.fromkeys("\u180b\u180c\u180d\u180e\u180f", _Tamer._mongolian)
    | dict.fromkeys("\u061c\u200e\u200f\u202a\u202b\u2066\u2067\u2068", _Tamer._direction)
    | dict.fromkeys("\u202c\u2069", _Tamer._close)
)


def _may_join(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char) in _JOIN
