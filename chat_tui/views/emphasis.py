"""The inline part of the formatting: which characters of a text are marks, and what stands between them. Pure.

An own parser instead of a Markdown library: it keeps every character where it stands (a pasted log stays a log), takes
time in proportion to the text, and is the quicker one (docs/performance.md). The rules are those of chats: a mark
counts at the edge of a word only, so `snake_case`, `2*3*4`, `a || b` and `__init__` stay as they are; all but a spoiler
end with their line; a backslash in front of a mark takes its meaning away.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from chat_tui.views.inline import BOLD, ITALIC, SPOILER, STRIKE, Mark, link_at

HIDDEN: Final = "▒"
"""Stands for each character of a spoiler that was not revealed."""

_ANY: Final = re.compile(r"[*_~`|\\\[]")
_TOKEN: Final = re.compile(
    r"(?P<escape>\\[*_~`|\[>]|(?<![^\n \\])\\[-+•](?= )|(?<=[\d\\])\\[.)](?= ))"
    r"|(?P<link>\b(?:https?://|mailto:))|(?P<code>`+)|(?P<mark>\*{1,3}|_+|~+|\|+)"
    r"|(?P<label>\[(?=[^\[\]\n]{1,200}\]\((?:https?://|mailto:)))|(?P<line>\n)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"\[([^\[\]\n]+)\]\(([^\s()<>\"`]+(?:\([^\s()<>\"`]*\)[^\s()<>\"`]*)*)\)")
_KINDS: Final = {"*": ITALIC, "_": ITALIC, "**": BOLD, "***": BOLD | ITALIC, "~~": STRIKE, "||": 0}
_LETTERS: Final = r"[^\W\u0e00-\u0eff\u1000-\u109f\u2e80-\ud7af\uf900-\ufaff\uff66-\uff9f]"
"""Languages written without spaces, or with endings put right behind a name, have no edges of words to go by."""


@cache
def _letter() -> re.Pattern[str]:
    """Return what matches a letter at the edge of a word; made when there is a mark, for that takes 3 ms."""
    return re.compile(_LETTERS)


class Inline(NamedTuple):
    """A text without its marks."""

    text: str
    """What is drawn."""
    styled: list[Mark]
    """Emphasised pieces, in any order; they may stand in one another."""
    fixed: list[Mark]
    """Code, spoilers and links with a label, in order and apart: in them nothing else is looked for."""


def hides(body: str) -> bool:
    """Whether something is hidden in a text."""
    return "||" in body and any(mark.role == "spoiler" for mark in inline(body).fixed)


class _Scan:
    """What was found so far: pairs by the places of their marks in the source."""

    def __init__(self, revealed: bool) -> None:
        self.revealed = revealed
        self.cuts: list[tuple[int, int, str]] = []
        """What is not drawn, and what is instead."""
        self.styled: list[Mark] = []
        self.fixed: list[Mark] = []
        self.open: dict[str, tuple[int, int]] = {}
        """Where each mark that waits for its other half stands; what was opened last is last."""


def inline(text: str, *, revealed: bool = False) -> Inline:
    """Return a text without its marks, and what they meant.

    Args:
        text: safe for a terminal.
        revealed: whether spoilers are shown.
    """
    if _ANY.search(text) is None:
        return Inline(text, [], [])
    return _result(text, _scanned(text, revealed))


def cut_out(text: str) -> list[tuple[int, int]]:
    """Return which pieces of a text are not drawn, because they are marks, in order."""
    return sorted((start, end) for start, end, _ in _scanned(text, True).cuts)


def masked(text: str) -> str:
    """Return any text as it is, mark for character, but for what is hidden in it."""
    if "||" not in text:
        return text
    return _hide(text, [mark for mark in _scanned(text, False).fixed if mark.role == "spoiler"])


def _scanned(text: str, revealed: bool) -> _Scan:
    scan = _Scan(revealed)
    at, end, no_code = 0, len(text), set[int]()
    while (match := _TOKEN.search(text, at, end)) is not None:
        start, at = match.span()
        if match["escape"]:
            scan.cuts.append((start, start + 1, ""))
        elif match["link"]:
            found = link_at(text, start)
            at = found.end if found is not None else at
        elif match["code"]:
            at = _code(text, start, at, scan, no_code)
        elif match["label"]:
            at = _label(text, start, scan)
        elif match["line"]:
            no_code.clear()
            scan.open = {mark: place for mark, place in scan.open.items() if mark == "||"}
        elif match["mark"] in _KINDS:
            _mark(text, start, at, scan)
    return scan


def _code(text: str, start: int, end: int, scan: _Scan, no_code: set[int]) -> int:
    """Take a piece of code; return where to go on. A length of marks that had no end once has none on this line."""
    length = end - start
    if length in no_code:
        return end
    stop = text.find("\n", end)
    stop = stop if stop >= 0 else len(text)
    at = end
    while (close := text.find("`", at, stop)) >= 0:
        at = close
        while at < stop and text[at] == "`":
            at += 1
        if at - close == length:
            if not text[end:close].strip():
                return at
            padded = close - end > 2 and text[end] == text[close - 1] == " "
            scan.cuts += [(start, end + padded, ""), (close - padded, at, "")]
            scan.fixed.append(Mark(end + padded, close - padded, "code"))
            return at
    no_code.add(length)
    return end


def _label(text: str, start: int, scan: _Scan) -> int:
    """Take a link with a label; where it leads is shown beside it, for a label may say anything."""
    match = _LABEL.match(text, start)
    link = link_at(text, match.start(2)) if match is not None else None
    if match is None or link is None or link.end != match.end(2):
        return start + 1
    label = match.span(1)
    host = host_of(link.link)
    named = host in match[1].lower() and "://" not in match[1]
    scan.cuts += [(start, label[0], ""), (label[1], match.end(), "" if named else f" ({host})")]
    scan.fixed.append(Mark(*label, "link", link.link))
    return match.end()


def host_of(url: str) -> str:
    """Return where a link leads, without what is in front of an `@`; never empty for a link."""
    try:
        parts = urlsplit(url)
        return parts.hostname or parts.path.rpartition("@")[2] or url
    except ValueError:
        return url


def _mark(text: str, start: int, end: int, scan: _Scan) -> None:
    """Take a mark: the end of what an earlier one began, else perhaps a beginning."""
    mark = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    closes = bool(before) and not before.isspace() and not _letter().match(after)
    if closes and mark in scan.open:
        place = scan.open[mark]
        while scan.open.popitem()[0] != mark:
            pass  # what was opened inside and not closed is text
        if place[1] < start:
            _pair(scan, mark, place, (start, end))
            return
    if after and not after.isspace() and not _letter().match(before):
        scan.open.pop(mark, None)
        scan.open[mark] = (start, end)


def _pair(scan: _Scan, mark: str, opening: tuple[int, int], closing: tuple[int, int]) -> None:
    scan.cuts += [(*opening, ""), (*closing, "")]
    if mark == "||" and scan.revealed:
        scan.styled.append(Mark(opening[1], closing[0], "text", "", SPOILER))
    elif mark == "||":
        while scan.fixed and scan.fixed[-1].start >= opening[1]:
            scan.fixed.pop()
        scan.fixed.append(Mark(opening[1], closing[0], "spoiler"))
    else:
        scan.styled.append(Mark(opening[1], closing[0], "text", "", _KINDS[mark]))


def _result(text: str, scan: _Scan) -> Inline:
    """Cut the marks out, and say where everything is then."""
    cuts = sorted(scan.cuts)
    hidden = [mark for mark in scan.fixed if mark.role == "spoiler"]
    if hidden:
        text, cuts = _hide(text, hidden), [_unsaid(cut, hidden) for cut in cuts]
    pieces: list[str] = []
    at = 0
    for start, end, instead in cuts:
        pieces += (text[at:start], instead)
        at = end
    pieces.append(text[at:])
    starts = [start for start, _, _ in cuts]
    shifts = list(accumulate((len(instead) - (end - start) for start, end, instead in cuts), initial=0))

    def moved(mark: Mark) -> Mark:
        start, end = (place + shifts[bisect_right(starts, place - 1)] for place in (mark.start, mark.end))
        return mark._replace(start=start, end=end)

    return Inline("".join(pieces), [moved(mark) for mark in scan.styled], [moved(mark) for mark in scan.fixed])


def _unsaid(cut: tuple[int, int, str], hidden: list[Mark]) -> tuple[int, int, str]:
    """Return a cut without words of ours, if it stands in something hidden."""
    at = bisect_right(hidden, cut[0], key=lambda mark: mark.start) - 1
    return (cut[0], cut[1], "") if cut[2] and at >= 0 and cut[0] < hidden[at].end else cut


def _hide(text: str, hidden: list[Mark]) -> str:
    pieces: list[str] = []
    at = 0
    for mark in hidden:
        pieces += (text[at : mark.start], re.sub(r"[^\n]", HIDDEN, text[mark.start : mark.end]))
        at = mark.end
    return "".join([*pieces, text[at:]])
