"""A message's text as blocks: paragraphs, quotations, entries of lists, code; each with what is marked in it. Pure.

What is no mark stays where it stands, blank lines and indentation too. The text itself, as it was written, is what
`tail`, a copy and an export give out: its marks say there what the styles say here.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import groupby, pairwise
from typing import Final, Literal, NamedTuple

from chat_tui.views.clean import drawable
from chat_tui.views.emphasis import inline, masked
from chat_tui.views.inline import SPOILER, Mark, marks
from chat_tui.views.lines import Role

Kind = Literal["text", "quote", "entry", "code"]
"""`entry`: one of a list."""

_STARTS: Final = re.compile(r"^(?:>|```|~~~| {0,3}[`~]{3}| *(?:[-*+•]|\d{1,3}[.)]) )", re.MULTILINE)
_FENCE: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,}) *(?P<language>[\w+#.-]*) *$")
_ONE_LINE: Final = re.compile(r"```(?P<code>[^`\n]+)```$")
_QUOTE: Final = re.compile(r">(?: |$)")
_ENTRY: Final = re.compile(r"(?P<lead> *(?:[-*+•]|\d{1,3}[.)])) +(?=\S)")
_BULLET: Final = "•"


class Block(NamedTuple):
    """A part of a text that stands on lines of its own."""

    kind: Kind
    """What it is."""
    text: str
    """What is drawn, lines of it."""
    marks: list[Mark]
    """What in it has a meaning of its own, in order, apart."""
    lead: str = ""
    """What stands in front of an entry's first line."""
    language: str = ""
    """Of code; as written, empty: not said."""
    said: int = 0
    """Characters of the text that somebody said; what follows are words of ours."""


class Looks(NamedTuple):
    """How a text is looked at."""

    me: str = ""
    """Own name, or empty: no mentions."""
    channels: Container[str] = ()
    """`name_key`s of the channels that are known."""
    revealed: bool = False
    """Whether spoilers are shown."""
    words: str = ""
    """Words that are drawn as mentions, too, as a setting has them."""


def formatted(text: str, looks: Looks) -> list[Block]:
    """Return the blocks of a text, at least one.

    Args:
        text: safe for a terminal.
        looks: how it is looked at.
    """
    if _STARTS.search(text) is None:
        return [block("text", text, looks)]
    return [made for kind, part, language in _parts(text) for made in _made(kind, part, language, looks)]


def block(kind: Kind, text: str, looks: Looks, lead: str = "") -> Block:
    """Return a text as one block: only what stands within lines counts."""
    drawn, styled, fixed = inline(text, revealed=looks.revealed)
    found = marks(drawn, looks.me, looks.channels, looks.words)
    if styled or fixed:
        found = _flat(styled, _apart(fixed, found))
    return Block(kind, drawn, found, lead, said=len(drawn))


def ours(text: str, found: list[Mark]) -> Block:
    """Return words of ours, which are copied as if somebody had said them."""
    return Block("text", text, found, said=len(text))


def in_one_line(body: str, most: int) -> str:
    """Return how a text of anybody begins, in one line, without marks; what is hidden in it stays so.

    Args:
        body: as stored.
        most: characters of it that are looked at.
    """
    blocks = formatted(drawable(masked(body)[:most]), Looks())
    return " ".join(" ".join(f"{each.lead} {each.text}".split()) for each in blocks)


def is_fence(line: str) -> bool:
    """Whether a line begins or ends code."""
    return _FENCE.match(line) is not None


def mark_at_start(line: str) -> int:
    """Return which character of a line makes it code, a quotation or an entry of a list; -1: it is none of these."""
    entry = _ENTRY.match(line)
    if entry is not None:
        return entry.end("lead") - 1
    return len(line) - len(line.lstrip(" ")) if is_fence(line) or _ONE_LINE.match(line) or _QUOTE.match(line) else -1


def with_words(blocks: list[Block], words: str, role: Role) -> list[Block]:
    """Return blocks with words of ours behind the last one; behind code they stand on a line of their own."""
    last = blocks[-1]
    if last.kind == "code":
        return [*blocks, Block("text", words, [Mark(0, len(words), role)])]
    mark = Mark(len(last.text), len(last.text) + 1 + len(words), role)
    return [*blocks[:-1], last._replace(text=f"{last.text} {words}", marks=[*last.marks, mark])]


def _made(kind: Kind, part: list[str], language: str, looks: Looks) -> Iterator[Block]:
    match kind:
        case "code":
            code = "\n".join(part)
            yield Block("code", code, [], "", language, len(code))
        case "quote":
            yield block("quote", "\n".join(line[2:] for line in part), looks)
        case "entry":
            for line in part:
                match = _ENTRY.match(line)
                assert match is not None
                lead = match["lead"]
                bullet = lead if lead[-1] in ".)" else lead[:-1] + _BULLET
                yield block("entry", line[match.end() :], looks, bullet)
        case "text":
            yield block("text", "\n".join(part), looks)


def _parts(text: str) -> Iterator[tuple[Kind, list[str], str]]:
    """Yield runs of lines of one kind; code with its language, without its fences."""
    lines = text.split("\n")
    at = 0
    plain: list[str] = []
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        single = _ONE_LINE.match(lines[at])
        if fence is None and single is None:
            plain.append(lines[at])
            at += 1
            continue
        yield from _runs(plain)
        plain = []
        if single is not None:
            yield "code", [single["code"]], ""
            at += 1
        elif fence is not None:
            end = _fence_end(lines, at + 1, fence["fence"])
            yield "code", lines[at + 1 : end], fence["language"]
            at = end + 1
    yield from _runs(plain)


def _runs(lines: list[str]) -> Iterator[tuple[Kind, list[str], str]]:
    for kind, run in groupby(lines, _kind):
        yield kind, list(run), ""


def _kind(line: str) -> Kind:
    if _QUOTE.match(line):
        return "quote"
    return "entry" if _ENTRY.match(line) else "text"


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    """Return the line that ends code; without one it goes on to the end."""
    for at in range(start, len(lines)):
        line = lines[at].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return at
    return len(lines)


def _apart(fixed: list[Mark], found: list[Mark]) -> list[Mark]:
    """Return marks in order, without those that were found in what is fixed."""
    kept = list(fixed)
    at = 0
    for mark in found:
        while at < len(fixed) and fixed[at].end <= mark.start:
            at += 1
        if at == len(fixed) or mark.end <= fixed[at].start:
            kept.append(mark)
    kept.sort()
    return kept


def _flat(styled: list[Mark], apart: list[Mark]) -> list[Mark]:
    """Return marks that do not overlap: emphasis lies over what it holds."""
    if not styled:
        return apart
    changes: dict[int, list[tuple[int, Mark]]] = {}
    for mark in styled:
        changes.setdefault(mark.start, []).append((1, mark))
        changes.setdefault(mark.end, []).append((-1, mark))
    points = sorted({*changes, *(place for mark in apart for place in mark[:2])})
    active: dict[int, int] = {}
    flat: list[Mark] = []
    at = 0
    for start, end in pairwise(points):
        for by, mark in changes.get(start, ()):
            active[mark.emphasis] = active.get(mark.emphasis, 0) + by
        emphasis = 0
        for kind, count in active.items():
            emphasis |= kind if count else 0
        while at < len(apart) and apart[at].end <= start:
            at += 1
        if at < len(apart) and apart[at].start <= start:
            flat.append(apart[at]._replace(start=start, end=end, emphasis=emphasis))
        elif emphasis:
            flat.append(Mark(start, end, "spoiler-open" if emphasis & SPOILER else "text", "", emphasis))
    return flat
