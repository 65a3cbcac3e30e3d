"""Whom a text mentions: one rule, used by client and server alike. Pure; whether there is such a name it cannot know.

`@name` counts unless it stands in code, in a quoted line, or behind a letter, as in an address of e-mail. What is drawn
as code is not meant for anybody, and who quotes a call does not call again.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from chat_core.base.names import MAX_ACCOUNT, name_key

MAX_NAMES: Final = 50
"""Different names of one message that count; more are text."""

_FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
_CODE: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_MARKS: Final = ("Mn", "Mc")


class Mentions(NamedTuple):
    """What a text calls."""

    names: tuple[str, ...] = ()
    """What stands behind an `@`, as names are compared, each once, in order; not `here` and `channel`."""
    here: bool = False
    """Whether it calls those who are here."""
    channel: bool = False
    """Whether it calls the whole channel."""


NOBODY: Final = Mentions()


def mentions_in(body: str) -> Mentions:
    """Return whom a text mentions."""
    if "@" not in body:
        return NOBODY
    names: dict[str, None] = {}
    for spelled in _spelled(_said(body)):
        # A sentence may end behind a name, and a name may end with the same sign: both are looked for.
        for name in {spelled: None, spelled.rstrip("-."): None}:
            if name and len(names) < MAX_NAMES + 2:
                names[name_key(name)] = None
    here, channel = "here" in names, "channel" in names
    names.pop("here", None)
    names.pop("channel", None)
    return Mentions(tuple(names)[:MAX_NAMES], here, channel)


def _spelled(text: str) -> list[str]:
    """Return what may be names, as they are spelled."""
    found: list[str] = []
    at = text.find("@")
    while at >= 0:
        end = at + 1
        # One more than a name may have: then it is none, and not the beginning of one.
        while end < len(text) and end - at <= MAX_ACCOUNT + 1 and _in_name(text[end]):
            end += 1
        if end > at + 1 and not (at and _in_word(text[at - 1])):
            found.append(text[at + 1 : end])
        at = text.find("@", end)
    return found


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char) in _MARKS


def _in_name(char: str) -> bool:
    return char in "-." or _in_word(char)


def _said(body: str) -> str:
    """Return a text without its code and what it quotes."""
    if "`" not in body and "~~~" not in body and ">" not in body:
        return body
    lines: list[str] = []
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark is not None and mark[1].startswith(fence):
                fence = ""
        elif mark is not None and mark[1][0] not in line[mark.end() :]:
            fence = mark[1]
        elif not line.lstrip().startswith(">"):
            lines.append(line)
    return _CODE.sub(" ", "\n".join(lines))
