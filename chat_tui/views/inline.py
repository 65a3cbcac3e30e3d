"""What is found inside a message's text: links, mentions of oneself, channels. Pure; finds, does not draw.

A link is drawn as one only if a terminal can be given its address as it is: ASCII, no controls, a harmless scheme.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from typing import Final, NamedTuple

from chat_core.base.names import name_key
from chat_tui.views.highlighting import places
from chat_tui.views.lines import Role, Span

MAX_LINK: Final = 2_000
"""Longest address, in characters; a longer one is drawn as text."""

_FOUND = re.compile(
    r"(?P<link>\b(?:https?://|mailto:)[^\s<>\"`{}|\\^]+)|(?<![\w#&/.-])#(?P<channel>[^\W_](?:[\w.-]*\w)?)",
    re.IGNORECASE,
)
_HINT: Final = re.compile("[@#:]")
_SENTENCE_END: Final = ".,;:!?'*_~"
_PAIRS: Final = {")": "(", "]": "["}


BOLD: Final = 1
ITALIC: Final = 2
STRIKE: Final = 4
SPOILER: Final = 8
"""Kinds of emphasis; added up where several hold. The last one says that a piece stands in a spoiler."""


class Mark(NamedTuple):
    """A piece of a text with a meaning of its own."""

    start: int
    """First character."""
    end: int
    """Behind the last one."""
    role: Role
    """What it is."""
    link: str = ""
    """Where it leads."""
    emphasis: int = 0
    """How it is emphasised."""


def marks(text: str, me: str, channels: Container[str] = (), words: str = "") -> list[Mark]:
    """Find links, mentions and channels, in order, without overlaps.

    Args:
        text: safe for a terminal.
        me: one's own name, or empty: no mentions.
        channels: `name_key`s of the channels that are known, without `#`.
        words: further words that are drawn as mentions, as a setting has them.
    """
    if _HINT.search(text) is None and not words:
        return []
    found: list[Mark] = []
    for match in _FOUND.finditer(text):
        if match["link"] is not None:
            mark = _link(match.start(), match["link"])
            if mark is not None:
                found.append(mark)
        elif name_key(match["channel"]) in channels:
            found.append(Mark(match.start(), match.end(), "channel"))
    mentions = [match.span() for match in _mention(me).finditer(text)] if me and "@" in text else []
    if words:
        mentions += places(text, words)
    for start, end in mentions:
        if not any(start < other.end and other.start < end for other in found):
            found.append(Mark(start, end, "mention"))
    return sorted(found) if mentions else found


def is_link(url: str) -> bool:
    """Whether an address may be given to a terminal or a browser."""
    scheme = url.partition(":")[0].lower()
    return scheme in ("http", "https", "mailto") and url.isascii() and url.isprintable() and len(url) <= MAX_LINK


def laid_over(text: str, start: int, end: int, found: list[Mark], role: Role) -> list[Span]:
    """Return the spans of `text[start:end]`: the marks in it, and `role` for what is between them."""
    spans: list[Span] = []
    at = start
    for mark in found:
        if mark.end <= at or mark.start >= end:
            continue
        if mark.start > at:
            spans.append(Span(text[at : mark.start], role))
            at = mark.start
        stop = min(mark.end, end)
        spans.append(Span(text[at:stop], role if mark.role == "text" else mark.role, mark.link, mark.emphasis))
        at = stop
    if at < end:
        spans.append(Span(text[at:end], role))
    return spans


def link_at(text: str, start: int) -> Mark | None:
    """Return the link that begins at a place; None: what is there is none."""
    match = _FOUND.match(text, start)
    return _link(start, match["link"]) if match is not None and match["link"] is not None else None


def _link(start: int, url: str) -> Mark | None:
    while url:
        last = url[-1]
        opening = _PAIRS.get(last)
        if last not in _SENTENCE_END and (opening is None or url.count(opening) >= url.count(last)):
            break
        url = url[:-1]
    if not is_link(url) or len(url.partition(":")[2].lstrip("/")) == 0:
        return None
    return Mark(start, start + len(url), "link", url)


@lru_cache(maxsize=16)
def _mention(name: str) -> re.Pattern[str]:
    # The same rule as that of the unread mentions: "@ann-marie" is not ann, but "@ann." at the end of a sentence is.
    return re.compile(rf"(?<!\w)@{re.escape(name)}(?![\w]|[-.]+\w)", re.IGNORECASE)
